"""The layers of every network as a drawing shows them, and the drawing itself."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
import torch
from torch import nn

from ae_core import checkpoints
from ae_core.evaluation import architecture
from ae_core.models import FAMILIES, FAMILY_OF, Autoencoder, ImageShape, parameter_count, preset
from pages.ui.models import network as drawing

MNIST_SHAPE: ImageShape = (1, 28, 28)

VARIANTS = [
    (name, recipe) for name, of in FAMILY_OF.items() for recipe in FAMILIES[of].presets[name]
]
each_variant = pytest.mark.parametrize(("name", "recipe"), VARIANTS)


def build(name: str, recipe: str = "fast", shape: ImageShape = MNIST_SHAPE) -> Autoencoder:
    return checkpoints.build(FAMILY_OF[name], preset(name, recipe).config, shape).eval()


def parsed(markup: str) -> ET.Element:
    return ET.fromstring(markup)  # noqa: S314 - the markup is ours


@each_variant
def test_layers_go_from_image_over_code_to_image_and_hold_every_weight(
    name: str, recipe: str
) -> None:
    model = build(name, recipe)
    layers = architecture.layers(model)
    assert sum(layer.parameters for layer in layers) == parameter_count(model)
    assert (layers[0].shape, layers[0].kind) == (MNIST_SHAPE, "Image")
    assert (layers[-1].shape, layers[-1].kind) == (MNIST_SHAPE, "Image")
    codes = [layer for layer in layers if layer.part == "code"]
    assert [layer.shape for layer in codes] == [(model.latent_dim,)]
    parts = [layer.part for layer in layers]
    assert parts == sorted(parts, key=["encoder", "code", "decoder"].index)
    assert [layer.step for layer in layers if layer.part == "decoder"] == list(
        range(codes[0].step + 1, layers[-1].step + 1)
    )


def test_layers_of_an_image_of_another_shape_start_with_that_shape() -> None:
    layers = architecture.layers(build("residual-32", shape=(3, 32, 32)))
    assert layers[0].shape == layers[-1].shape == (3, 32, 32)


def test_activations_norms_and_pools_are_folded_into_the_layer_before() -> None:
    first = architecture.layers(build("conv-silu-49"))[1]
    assert (first.kind, first.then) == ("Conv 7 x 7", ("pool", "SiLU"))
    assert first.shape == (64, 14, 14)
    assert architecture.layers(build("residual-32"))[1].then == ("norm", "SiLU")


def test_mean_and_spread_of_a_cloud_lie_side_by_side() -> None:
    layers = {layer.name: layer for layer in architecture.layers(build("vae-2"))}
    assert layers["mean"].step == layers["log_variance"].step == layers["code"].step - 1


def test_classifier_lies_beside_the_encoder_and_not_in_its_way() -> None:
    layers = {layer.name: layer for layer in architecture.layers(build("conditional-vae-12"))}
    assert layers["classifier.0"].step == layers["encoder.0"].step == 1


def test_looking_leaves_the_model_as_it_was() -> None:
    model = build("dense-49").requires_grad_(False)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    architecture.layers(model)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert not any(parameter.requires_grad for parameter in model.parameters())
    assert not any(module._forward_hooks for module in model.modules())


def test_layer_of_an_unknown_kind_is_called_by_its_class() -> None:
    model = build("dense-49")
    model.decoder.append(nn.PReLU(784))
    layers = architecture.layers(model)
    assert layers[-2].kind == "PReLU"
    assert sum(layer.parameters for layer in layers) == parameter_count(model)


@each_variant
def test_drawing_shows_every_layer_once_inside_its_frame(name: str, recipe: str) -> None:
    layers = architecture.layers(build(name, recipe))
    markup = drawing.svg(layers)
    assert "\n\n" not in markup
    root = parsed(markup)
    frame = root.find("svg")
    assert frame is not None
    boxes = [box for group in frame.iter("g") for box in group.iter("rect")]
    assert len(boxes) == len(layers)
    _, _, width, height = map(float, frame.attrib["viewBox"].split())
    for box in boxes:
        x, y, wide, tall = (float(box.attrib[key]) for key in ("x", "y", "width", "height"))
        assert 0 <= x <= x + wide <= width
        assert 0 <= y <= y + tall <= height
    assert all(0 < float(text.attrib["y"]) < height for text in frame.iter("text"))


def test_boxes_of_one_drawing_do_not_overlap() -> None:
    root = parsed(drawing.svg(architecture.layers(build("conditional-vae-12"))))
    places = [(box.attrib["x"], box.attrib["y"]) for box in root.iter("rect")]
    assert len(set(places)) == len(places)


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0"), (950, "950"), (20_096, "20.1k"), (402_000, "402k"), (1_234_567, "1.23M")],
)
def test_counts_have_three_digits(count: int, text: str) -> None:
    assert drawing.short_count(count) == text


def test_drawing_can_be_read_aloud() -> None:
    words = drawing.words(architecture.layers(build("dense-49", "published")))
    image = "image of 28\u00d728"
    assert words == f"The network: {image}, dense to 49, code of 49, dense to 784, {image}."

"""The contract that every family keeps, and the published networks to the last parameter."""

from __future__ import annotations

import importlib
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from ae_core import checkpoints, models
from ae_core.errors import UserError
from ae_core.image_sets import ImageSet
from ae_core.models import FAMILIES, FAMILY_OF, Autoencoder, ImageShape, parameter_count, preset
from ae_core.models.vae_conv import VAEConv
from ae_core.optimisers import initialise
from ae_core.options import Option
from ae_core.types import Images

MNIST_SHAPE: ImageShape = (1, 28, 28)
COLOUR_SHAPE: ImageShape = (3, 32, 32)

VARIANTS = [
    (name, recipe) for name, of in FAMILY_OF.items() for recipe in FAMILIES[of].presets[name]
]
each_variant = pytest.mark.parametrize(("name", "recipe"), VARIANTS)
each_shape = pytest.mark.parametrize("shape", [MNIST_SHAPE, COLOUR_SHAPE], ids=str)

OPTIONS = [(name, option) for name in FAMILIES for option in FAMILIES[name].config.declared()]


def each_option(chosen: list[tuple[str, Option]]) -> pytest.MarkDecorator:
    names = [f"{family}-{option.name}" for family, option in chosen]
    return pytest.mark.parametrize(("family", "option"), chosen, ids=names)


each_bounded_option = each_option([each for each in OPTIONS if each[1].low is not None])
each_choice = each_option([each for each in OPTIONS if each[1].choices])


def build(name: str, recipe: str = "fast", shape: ImageShape = MNIST_SHAPE) -> Autoencoder:
    """The network of a preset, its first weights drawn as its recipe says."""
    chosen = preset(name, recipe)
    model = checkpoints.build(FAMILY_OF[name], chosen.config, shape)
    generator = torch.Generator().manual_seed(0)
    initialise(model, chosen.recipe, torch.full(shape, 0.13), generator)
    return model


def pictures(shape: ImageShape, count: int = 5) -> Images:
    return torch.rand(count, *shape, generator=torch.Generator().manual_seed(1))


def whole(family: str, option: Option, value: float) -> dict[str, object]:
    """A config with one value out of place, a list where the option takes a list."""
    kind = int if option.kind is tuple else option.kind
    return {option.name: [kind(value)] if option.kind is tuple else kind(value)}


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        # 784 * 49 + 49 and 49 * 784 + 784
        ("dense-49", 77_665),
        # 784-147-98-49 and back
        ("deep-49", 270_235),
        # 784-128-64-12-3 and back: (100,480 + 8,256 + 780 + 39) + (48 + 832 + 8,320 + 101,136)
        ("tanh-3", 219_891),
        # Keras' example "Variational AutoEncoder": encoder 69,076 and decoder 65,089
        ("vae-conv-2", 134_165),
    ],
)
def test_a_published_network_has_as_many_parameters_as_its_source(
    name: str, parameters: int
) -> None:
    assert parameter_count(build(name, "published")) == parameters


def test_the_variational_network_has_its_parameters_where_keras_has_them() -> None:
    model = build("vae-conv-2", "published")
    assert isinstance(model, VAEConv)
    heads = parameter_count(model.mean) + parameter_count(model.log_variance)
    assert parameter_count(model.encoder) + heads == 69_076
    assert parameter_count(model.decoder) == 65_089


@each_variant
def test_the_number_in_a_presets_name_is_the_length_of_its_code(name: str, recipe: str) -> None:
    assert build(name, recipe).latent_dim == int(name.rpartition("-")[2])


@each_variant
@each_shape
def test_images_become_codes_and_codes_become_images(
    name: str, recipe: str, shape: ImageShape
) -> None:
    model, x = build(name, recipe, shape), pictures(shape)
    z = model.encode(x)
    assert z.shape == (5, model.latent_dim)
    assert model.decode(z).shape == x.shape
    assert model.pixels == x[0].numel()
    torch.testing.assert_close(model(x), model.decode_logits(z).sigmoid())


@each_variant
def test_a_decoded_image_is_between_black_and_white_for_any_code(name: str, recipe: str) -> None:
    model = build(name, recipe)
    for size in (0.0, 1.0, 1e4):
        image = model.decode(torch.full((2, model.latent_dim), size))
        assert 0 <= image.min().item() <= image.max().item() <= 1


@each_variant
def test_one_image_gives_the_same_code_alone_and_among_others(name: str, recipe: str) -> None:
    model, x = build(name, recipe).eval(), pictures(MNIST_SHAPE)
    torch.testing.assert_close(model.encode(x[2:3]), model.encode(x)[2:3])


@each_variant
def test_the_loss_reaches_every_parameter(name: str, recipe: str, digits: ImageSet) -> None:
    model = build(name, recipe)
    x = digits.train[:32].float() / 255
    parts = model.loss(x, x, torch.Generator().manual_seed(0))
    sum(parts.values(), torch.zeros(())).backward()
    for parameter_name, parameter in model.named_parameters():
        assert parameter.grad is not None, parameter_name
        assert bool(parameter.grad.isfinite().all()), parameter_name
        assert float(parameter.grad.abs().max()) > 0, parameter_name


@each_variant
def test_the_loss_compares_with_the_clean_image_and_encodes_the_seen_one(
    name: str, recipe: str
) -> None:
    model, x = build(name, recipe), pictures(MNIST_SHAPE)

    def reconstruction(seen: Images, clean: Images) -> float:
        return model.loss(seen, clean, torch.Generator().manual_seed(0))[model.config.loss].item()

    assert reconstruction(x, x) != reconstruction(x, 1 - x)
    assert reconstruction(x, x) != reconstruction(1 - x, x)


@pytest.mark.parametrize("family", FAMILIES)
def test_an_unknown_option_is_refused_and_the_known_ones_are_named(family: str) -> None:
    with pytest.raises(UserError, match=r"There is no option 'wings'\. There are: ") as refused:
        checkpoints.build(family, {"wings": 2}, MNIST_SHAPE)
    for option in FAMILIES[family].config.declared():
        assert option.name in str(refused.value)


@each_bounded_option
def test_an_option_out_of_its_bounds_is_refused_and_the_bounds_are_named(
    family: str, option: Option
) -> None:
    assert option.low is not None and option.high is not None
    bounds = rf"{option.name} is .*; it can be {option.low} to {option.high}\."
    for value in (option.low - 1, option.high + 1):
        with pytest.raises(UserError, match=bounds):
            checkpoints.build(family, whole(family, option, value), MNIST_SHAPE)


@each_choice
def test_an_unknown_choice_is_refused_and_the_choices_are_named(
    family: str, option: Option
) -> None:
    with pytest.raises(UserError) as refused:
        checkpoints.build(family, {option.name: "magic"}, MNIST_SHAPE)
    assert str(refused.value) == f"{option.name} is 'magic'; it can be {', '.join(option.choices)}."


@each_bounded_option
def test_a_network_can_be_built_at_the_low_end_of_every_option(family: str, option: Option) -> None:
    assert option.low is not None
    model = checkpoints.build(family, whole(family, option, option.low), MNIST_SHAPE)
    assert model(pictures(MNIST_SHAPE, 2)).shape == (2, *MNIST_SHAPE)


def test_an_unknown_family_is_refused_and_the_known_ones_are_named() -> None:
    with pytest.raises(UserError) as refused:
        checkpoints.build("zebra", {}, MNIST_SHAPE)
    known = ", ".join(FAMILIES)
    assert str(refused.value) == f"There is no model family 'zebra'. There are: {known}."


def test_an_unknown_model_or_recipe_is_refused_and_the_known_ones_are_named() -> None:
    with pytest.raises(UserError, match=r"no model 'dense-50'\. There are: .*dense-49"):
        preset("dense-50")
    with pytest.raises(UserError, match=r"no recipe 'slow'\. It has: published, fast\."):
        preset("dense-49", "slow")


@pytest.mark.parametrize("family", FAMILIES)
def test_every_option_has_help_and_every_number_has_bounds(family: str) -> None:
    for option in FAMILIES[family].config.declared():
        assert option.help, option.name
        if option.kind in (int, float, tuple):
            assert option.low is not None and option.high is not None, option.name


@pytest.mark.parametrize("family", FAMILIES)
def test_every_preset_is_published_and_fast(family: str) -> None:
    for recipes in FAMILIES[family].presets.values():
        assert list(recipes) == ["published", "fast"]


def test_a_file_dropped_into_the_folder_is_a_family(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "copied_models"
    shutil.copytree(Path(models.__file__).parent, folder)
    source = (folder / "dense.py").read_text()
    (folder / "wide.py").write_text(source.replace('"dense-49"', '"wide-49"'))
    monkeypatch.syspath_prepend(tmp_path)
    found = importlib.import_module("copied_models")
    assert list(found.FAMILIES) == sorted([*FAMILIES, "wide"])
    assert found.FAMILY_OF == {**FAMILY_OF, "wide-49": "wide"}
    assert found.preset("wide-49").config.latent_dim == 49


def test_every_file_in_the_folder_is_a_family_or_said_to_be_none() -> None:
    files = {path.stem for path in Path(models.__file__).parent.glob("*.py")} - {"__init__"}
    assert files == {*FAMILIES, *models.NOT_FAMILIES}


def test_a_variational_loss_is_the_evidence_bound_in_nats_an_image() -> None:
    model, x = build("vae-conv-2", "published"), pictures(MNIST_SHAPE)
    assert isinstance(model, VAEConv)
    parts = model.loss(x, x, torch.Generator().manual_seed(3))
    mean, log_variance = model.posterior(x)
    noise = torch.randn(mean.shape, generator=torch.Generator().manual_seed(3))
    output = model.decode(mean + noise * (log_variance / 2).exp())
    bce = torch.nn.functional.binary_cross_entropy(output, x, reduction="sum") / len(x)
    kl = 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).sum() / len(x)
    torch.testing.assert_close(parts["bce"], bce, rtol=1e-4, atol=1e-3)
    torch.testing.assert_close(parts["kl"], kl)


def test_beta_weighs_the_pull_towards_the_prior() -> None:
    model, x = build("vae-conv-2"), pictures(MNIST_SHAPE)
    plain = model.loss(x, x, torch.Generator().manual_seed(0))
    model.config = replace(model.config, beta=4.0)
    pulled = model.loss(x, x, torch.Generator().manual_seed(0))
    torch.testing.assert_close(pulled["kl"], 4 * plain["kl"])
    assert torch.equal(pulled["bce"], plain["bce"])


def test_a_variational_code_is_the_middle_of_the_posterior_and_draws_nothing() -> None:
    model, x = build("vae-conv-2"), pictures(MNIST_SHAPE)
    assert isinstance(model, VAEConv)
    before = torch.random.get_rng_state()
    assert torch.equal(model.encode(x), model.posterior(x)[0])
    assert torch.equal(torch.random.get_rng_state(), before)


def test_the_log_variance_stays_where_its_exponential_is_a_number() -> None:
    model = build("vae-conv-2")
    assert isinstance(model, VAEConv)
    for pushed, end in ((1e6, 6.0), (-1e6, -12.0)):
        torch.nn.init.constant_(model.log_variance.bias, pushed)
        assert set(model.posterior(pictures(MNIST_SHAPE))[1].flatten().tolist()) == {end}


@pytest.mark.parametrize("shape", [(1, 30, 28), (1, 28, 27), (1, 2, 2)], ids=str)
def test_a_convolutional_network_says_which_image_sizes_it_takes(shape: ImageShape) -> None:
    with pytest.raises(UserError, match="sides are multiples of 4"):
        checkpoints.build("vae_conv", {}, shape)

"""The contract that every family keeps, and the published networks to the last parameter."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
import sklearn.decomposition
import torch

from ae_core import checkpoints, models
from ae_core.errors import UserError
from ae_core.image_sets import ImageSet
from ae_core.models import (
    FAMILIES,
    FAMILY_OF,
    Autoencoder,
    ImageShape,
    families,
    parameter_count,
    preset,
)
from ae_core.models.base import Batch
from ae_core.models.families.conditional_vae import ConditionalVAE
from ae_core.models.families.contractive import Contractive
from ae_core.models.families.conv import UpsampledConv2d
from ae_core.models.families.vae_conv import VAEConv
from ae_core.options import Option
from ae_core.training.optimisers import initialise
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
        # 784-32-784
        ("undercomplete-32", 50_992),
        # 784-64-64-64-784: 50,240 + 4,160 + 4,160 + 50,960
        ("agarap-64", 109_520),
        # 784-784-256-128-256-784: 615,440 + 200,960 + 32,896 + 33,024 + 201,488
        ("deep-128", 1_100_320),
        # 6,400 + 16,416 + 1,569 each way
        ("conv-49", 48_770),
        # 784-48-32-16-32-48-784
        ("sparse-16", 80_320),
        ("denoising-49", 77_665),
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
@pytest.mark.one_in(2)
def test_images_become_codes_and_codes_become_images(
    name: str, recipe: str, shape: ImageShape
) -> None:
    model, x = build(name, recipe, shape), pictures(shape)
    z = model.encode(x)
    assert z.shape == (5, model.latent_dim)
    assert model.decode(z).shape == x.shape
    assert model.pixels == x[0].numel()
    torch.testing.assert_close(model(x), model.draw(model.decode_logits(z)))


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
    labels = digits.train_labels[:32] if model.takes_labels else None
    parts = model.loss(Batch.of(x, labels, torch.Generator().manual_seed(0)))
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
        generator = torch.Generator().manual_seed(0)
        return model.loss(Batch(seen, clean, generator=generator))[model.config.loss].item()

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


PUBLISHED = {
    "agarap-64", "conv-49", "deep-128", "deep-49", "dense-49", "denoising-49", "sparse-16",
    "tanh-3", "undercomplete-32", "vae-conv-2",
}  # fmt: skip


def test_every_preset_is_fast_and_every_published_system_is_published_too() -> None:
    for name, family in FAMILY_OF.items():
        recipes = FAMILIES[family].presets[name]
        assert list(recipes) == (["published", "fast"] if name in PUBLISHED else ["fast"])
    assert set(FAMILY_OF) >= PUBLISHED


def test_a_file_dropped_into_the_folder_is_a_family(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = (Path(families.__path__[0]) / "dense.py").read_text()
    (tmp_path / "wide.py").write_text(re.sub(r'"([a-z-]+)-(49|32)"', r'"wide-\1-\2"', source))
    monkeypatch.setattr(families, "__path__", [*families.__path__, str(tmp_path)])
    found = models.find_families()
    assert list(found) == sorted([*FAMILIES, "wide"])
    presets = {f"wide-{name}" for name, family in FAMILY_OF.items() if family == "dense"}
    assert set(found["wide"].presets) == presets
    assert found["wide"].presets["wide-dense-49"]["fast"].config.latent_dim == 49


def test_a_variational_loss_is_the_evidence_bound_in_nats_an_image() -> None:
    model, x = build("vae-conv-2", "published"), pictures(MNIST_SHAPE)
    assert isinstance(model, VAEConv)
    parts = model.loss(Batch.of(x, generator=torch.Generator().manual_seed(3)))
    mean, log_variance = model.posterior(x)
    noise = torch.randn(mean.shape, generator=torch.Generator().manual_seed(3))
    output = model.decode(mean + noise * (log_variance / 2).exp())
    bce = torch.nn.functional.binary_cross_entropy(output, x, reduction="sum") / len(x)
    kl = 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).sum() / len(x)
    torch.testing.assert_close(parts["bce"], bce, rtol=1e-4, atol=1e-3)
    torch.testing.assert_close(parts["kl"], kl)


def test_beta_weighs_the_pull_towards_the_prior() -> None:
    model, x = build("vae-conv-2"), pictures(MNIST_SHAPE)
    plain = model.loss(Batch.of(x, generator=torch.Generator().manual_seed(0)))
    model.config = replace(model.config, beta=4.0)
    pulled = model.loss(Batch.of(x, generator=torch.Generator().manual_seed(0)))
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


def test_an_upsampled_convolution_is_that_of_an_image_with_its_pixels_repeated() -> None:
    layer = UpsampledConv2d(5, 3, 7, padding=3)
    x = torch.rand(2, 5, 7, 9)
    repeated = torch.nn.functional.interpolate(x, scale_factor=2)
    expected = torch.nn.functional.conv2d(repeated, layer.weight, layer.bias, padding=3)
    torch.testing.assert_close(layer(x), expected)


def test_principal_components_are_those_of_scikit_learn(digits: ImageSet) -> None:
    x = digits.train.float() / 255
    model = checkpoints.build("pca", {"latent_dim": 8}, MNIST_SHAPE)
    assert model.solved_at_once
    model.solve(digits.train)
    theirs = sklearn.decomposition.PCA(8, svd_solver="full").fit(x.flatten(1).double().numpy())
    expected = theirs.inverse_transform(theirs.transform(x.flatten(1).double().numpy()))
    torch.testing.assert_close(
        model(x).flatten(1).double(), torch.from_numpy(expected).clamp(0, 1), atol=1e-4, rtol=0
    )
    spread = model.encode(x).var(0)
    assert spread.tolist() == sorted(spread.tolist(), reverse=True)


def test_a_quantised_code_holds_only_its_levels() -> None:
    model = checkpoints.build("fsq", {"levels": 5}, MNIST_SHAPE)
    z = model.encode(pictures(MNIST_SHAPE, 64))
    levels = torch.tensor([-1.0, -0.5, 0.0, 0.5, 1.0])
    assert bool(((z.unsqueeze(-1) - levels).abs().min(-1).values < 1e-6).all())
    torch.testing.assert_close(model.decode(z + 0.2), model.decode(z))


def test_contraction_is_the_squared_norm_of_the_jacobian() -> None:
    model = checkpoints.build("contractive", {"latent_dim": 6}, MNIST_SHAPE)
    assert isinstance(model, Contractive)
    x = pictures(MNIST_SHAPE, 2)
    jacobian = torch.autograd.functional.jacobian(model.encode, x)
    squares = [jacobian[i, :, i].square().sum() for i in range(2)]
    torch.testing.assert_close(model.jacobian_norm(model.encode(x)), sum(squares) / 2)


def test_sparsity_is_paid_by_the_size_of_the_code() -> None:
    model, x = build("sparse-16", "published"), pictures(MNIST_SHAPE)
    expected = 1e-5 * model.encode(x).abs().sum()
    torch.testing.assert_close(model.loss(Batch.of(x))["l1"], expected)
    model.config = replace(model.config, summed="image")
    torch.testing.assert_close(model.loss(Batch.of(x))["l1"], expected / len(x))


def test_a_conditional_code_is_a_style_and_one_class(digits: ImageSet) -> None:
    model = build("conditional-vae-12")
    assert isinstance(model, ConditionalVAE)
    x = digits.train[:8].float() / 255
    z = model.encode(x)
    assert torch.equal(z[:, 2:].argmax(1), model.read_class(x))
    assert torch.equal(z[:, 2:].sum(1), torch.ones(8))
    told = model.loss(Batch.of(x, digits.train_labels[:8]))
    assert set(told) == {"bce", "kl", "class"}
    assert set(model.loss(Batch.of(x))) == {"bce", "kl"}


def test_a_rectified_picture_takes_no_cross_entropy() -> None:
    with pytest.raises(UserError, match="Choose the loss mse"):
        checkpoints.build("rectified", {"loss": "bce"}, MNIST_SHAPE)


@pytest.mark.parametrize("shape", [(1, 28, 28), (1, 32, 32), (3, 64, 64)], ids=str)
def test_the_residual_network_takes_small_and_large_grey_and_colour(shape: ImageShape) -> None:
    model = checkpoints.build("residual", {"latent_dim": 5}, shape)
    x = pictures(shape, 2)
    assert model.encode(x).shape == (2, 5)
    assert model(x).shape == x.shape


@pytest.mark.parametrize("shape", [(1, 30, 28), (1, 28, 27), (1, 2, 2)], ids=str)
def test_a_convolutional_network_says_which_image_sizes_it_takes(shape: ImageShape) -> None:
    with pytest.raises(UserError, match="sides are multiples of 4"):
        checkpoints.build("vae_conv", {}, shape)

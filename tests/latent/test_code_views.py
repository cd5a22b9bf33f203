"""What is read off codes: parts, steps, near zeros, maxima, clouds, movement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
import torch

from ae_core import checkpoints
from ae_core.checkpoints.cards import Card
from ae_core.image_sets import ImageSet
from ae_core.latent import code_views, sparsity
from ae_core.models import Autoencoder
from ae_core.models.families.pca import PCA
from ae_core.models.families.vae import VAE

SHAPE = (1, 28, 28)


def built(family: str, config: Mapping[str, Any] = {}) -> Any:
    torch.manual_seed(0)
    return checkpoints.build(family, config, SHAPE).eval().requires_grad_(False)


def card(name: str, family: str, latent_dim: int, **changes: Any) -> Card:
    shipped = checkpoints.card("digits-dense-49")
    ends = [0.0] * latent_dim, [1.0] * latent_dim
    return replace(
        shipped, name=name, family=family, code_low=ends[0], code_high=ends[1], **changes
    )


def test_class_is_changed_and_the_style_stays() -> None:
    model: Autoencoder = built("conditional_vae", {"style_dim": 3, "classes": 4})
    z = torch.tensor([[0.1, -2.0, 3.0, 0.0, 1.0, 0.0, 0.0]])
    assert model.free_numbers == 3
    assert model.class_of(z).tolist() == [1]
    changed = model.with_class(z, torch.tensor([3]))
    assert changed.tolist() == [[z[0, 0].item(), -2.0, 3.0, 0.0, 0.0, 0.0, 1.0]]


def test_all_numbers_move_freely_where_no_class_is_named() -> None:
    model: Autoencoder = built("deep", {"latent_dim": 7})
    z = torch.randn(3, 7)
    assert model.free_numbers == 7
    assert torch.equal(model.nearest_possible(z), z)


def test_mixed_class_becomes_the_strongest_and_wild_numbers_become_steps() -> None:
    told: Autoencoder = built("conditional_vae", {"style_dim": 1, "classes": 3})
    mixed = torch.tensor([[9.0, 0.2, 0.5, 0.3]])
    assert told.nearest_possible(mixed).tolist() == [[9.0, 0.0, 1.0, 0.0]]
    stepped: Autoencoder = built("fsq", {"latent_dim": 3, "levels": 5})
    wild = torch.tensor([[-7.0, 0.3, 99.0]])
    assert stepped.nearest_possible(wild).tolist() == [[-1.0, 0.5, 1.0]]


@pytest.mark.parametrize("levels", [2, 4, 5, 64])
def test_steps_are_counted_from_the_lowest_level(levels: int) -> None:
    model: Autoencoder = built("fsq", {"latent_dim": levels, "levels": levels})
    z = torch.linspace(-1, 1, levels).unsqueeze(0)
    assert code_views.level_numbers(model, z).tolist() == [list(range(levels))]


def test_bits_of_a_code_and_of_an_image() -> None:
    model: Autoencoder = built("fsq", {"latent_dim": 16, "levels": 4})
    assert code_views.code_bits(model) == pytest.approx(32)
    assert code_views.image_bits(model) == 6272


def test_near_zero_is_judged_by_the_largest_that_each_number_becomes() -> None:
    codes = torch.tensor([[1.0, -100.0, 0.0], [0.5, 4.9, 0.0]])
    assert sparsity.near_zero(codes, codes).tolist() == [[False, False, True], [False, True, True]]


def test_sparsity_does_not_change_when_a_number_of_the_code_is_scaled() -> None:
    codes = torch.randn(200, 4, generator=torch.Generator().manual_seed(0)).relu()
    codes[:, 3] = 0
    found = sparsity.sparsity(codes)
    scaled = sparsity.sparsity(codes * torch.tensor([1e-3, 1.0, 50.0, 7.0]))
    assert (scaled.near_zero, scaled.alive) == (found.near_zero, found.alive)
    assert found.alive == 0.75
    assert 0.6 < found.near_zero < 0.7  # a half of three numbers, and all of the fourth


def test_hoyers_measure_is_one_for_a_single_number_and_zero_for_equal_ones() -> None:
    assert sparsity.sparsity(torch.eye(9)).hoyer == pytest.approx(1)
    assert sparsity.sparsity(torch.ones(3, 9)).hoyer == pytest.approx(0, abs=1e-6)
    assert sparsity.sparsity(torch.zeros(3, 9)).hoyer == 1


def test_k_sparse_code_has_no_more_numbers_than_it_keeps() -> None:
    model: Autoencoder = built("k_sparse", {"latent_dim": 12, "kept": 5})
    z = model.encode(torch.rand(20, 1, 28, 28))
    assert ((z > 0).sum(1) <= 5).all() and (z >= 0).all()
    assert torch.equal(model.nearest_possible(z), z)
    more = model.nearest_possible(torch.arange(12.0).unsqueeze(0))
    assert more.tolist() == [[0.0] * 7 + [7.0, 8.0, 9.0, 10.0, 11.0]]


def test_each_number_in_turn_is_at_its_maximum_and_the_rest_at_the_mean() -> None:
    codes = torch.tensor([[0.0, 4.0], [2.0, 0.0]])
    assert code_views.each_at_maximum(codes).tolist() == [[2.0, 2.0], [1.0, 4.0]]
    assert code_views.each_alone(codes).tolist() == [[2.0, 0.0], [0.0, 4.0]]


@pytest.mark.parametrize(
    ("limit", "counts"),
    [(1, [1]), (2, [1, 2]), (3, [1, 2, 3]), (8, [1, 2, 4, 8]), (49, [1, 2, 4, 8, 16, 32, 49])],
)
def test_counts_double_up_to_the_limit(limit: int, counts: list[int]) -> None:
    assert code_views.doubling(limit) == counts


def test_image_of_a_pca_is_built_up_from_the_mean_to_the_reconstruction(digits: ImageSet) -> None:
    model: PCA = built("pca", {"latent_dim": 8})
    model.solve(digits.train)
    x = digits.test[:1].float().div(255)
    z = model.encode(x)[0]
    steps = model.decode(code_views.first_numbers(z, [0, *code_views.doubling(8)]))
    mean = digits.train.float().div(255).mean(0)
    assert torch.allclose(steps[0], mean, atol=1e-4)
    assert torch.allclose(steps[-1:], model(x), atol=1e-4)
    errors = (steps - x).square().mean((1, 2, 3))
    assert errors[-1] < errors[0]


def test_components_of_a_pca_are_pictures_that_reach_one(digits: ImageSet) -> None:
    model: PCA = built("pca", {"latent_dim": 4})
    model.solve(digits.train)
    pictures = code_views.components(model)
    assert pictures.shape == (4, *SHAPE)
    assert torch.allclose(pictures.abs().amax((1, 2, 3)), torch.ones(4))
    directions = model.encoder.weight / model.encoder.weight.abs().amax(1, keepdim=True)
    assert torch.allclose(pictures.flatten(1), directions, atol=1e-5)


def test_code_of_a_convolution_is_a_picture_in_reading_order() -> None:
    model: Autoencoder = built("conv", {"outer_channels": 1, "inner_channels": 1})
    z = torch.arange(49.0).unsqueeze(0)
    small = code_views.as_pictures(model, z, z)
    assert small.shape == (1, 7, 7)
    assert torch.equal(small.flatten().argsort(stable=True), torch.arange(49))
    assert small.min() >= 0
    assert small.max() <= 1
    assert code_views.as_pictures(model, 0 * z, 0 * z).isfinite().all()


def test_number_that_follows_the_prior_whatever_the_image_says_nothing(digits: ImageSet) -> None:
    model: VAE = built("vae", {"latent_dim": 3})
    for head in (model.mean, model.log_variance):
        head.weight[1] = 0
        head.bias[1] = 0
    kl = code_views.kl_of_each(model, digits.test[:130])
    mean, log_variance = model.posterior(digits.test[:130].float().div(255))
    expected = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).mean(0)
    assert torch.allclose(kl, expected, atol=1e-5)
    assert kl[1] == 0
    assert kl[1] < code_views.DEAD_NATS


def test_draws_have_the_mean_and_the_width_of_their_cloud() -> None:
    mean, sigma = torch.tensor([1.0, -2.0]), torch.tensor([0.5, 0.1])
    drawn = code_views.draws(mean, 2 * sigma.log(), 4000, torch.Generator().manual_seed(0))
    assert torch.allclose(drawn.mean(0), mean, atol=0.05)
    assert torch.allclose(drawn.std(0), sigma, atol=0.05)
    again = code_views.draws(mean, 2 * sigma.log(), 4000, torch.Generator().manual_seed(0))
    assert torch.equal(drawn, again)


def test_strangest_corner_is_one_that_its_own_image_does_not_lead_back_to() -> None:
    found = checkpoints.load("digits-tanh-3")
    assert found.codes is not None
    z = code_views.strangest_corner(found.model, found.codes)
    spread = found.codes.std(0)
    assert torch.allclose((z - found.codes.mean(0)).abs() / spread, torch.full((3,), 6.0))
    image = found.model.decode(z.unsqueeze(0))
    real = found.model.decode(found.codes[:50])
    own = (found.model(image) - image).square().mean()
    usual = (found.model(real) - real).square().mean()
    assert own > usual


@pytest.mark.parametrize("latent_dim", [1, 2, 5])
def test_corner_is_found_for_codes_of_a_few_numbers(latent_dim: int) -> None:
    model = built("deep", {"latent_dim": latent_dim, "widths": [4]})
    assert code_views.strangest_corner(model, torch.randn(20, latent_dim)).shape == (latent_dim,)


def test_shift_moves_the_ink_one_pixel_to_the_right() -> None:
    image = torch.zeros(1, 1, 2, 3, dtype=torch.uint8)
    image[0, 0, 0, 0] = image[0, 0, 1, 2] = 9
    assert code_views.shifted(image)[0, 0].tolist() == [[0, 9, 0], [0, 0, 0]]


def test_movement_is_none_for_the_same_images_and_one_for_as_far_as_others(
    digits: ImageSet,
) -> None:
    model = built("deep", {"latent_dim": 5})
    x = digits.test[:2]
    assert code_views.movement(model, x, x) == 0
    assert code_views.movement(model, x, x.flip(0)) == pytest.approx(1, rel=1e-3)
    assert code_views.movement(model, x[:1], x[:1]) == 0


def test_nearest_plain_model_is_of_the_same_images_without_noise_and_of_like_size() -> None:
    own = card("own", "contractive", 64)
    noise = checkpoints.card("digits-denoising-49").noise
    others = [
        card("sparse", "sparse", 64),
        card("taught", "dense", 64, noise=noise),
        card("elsewhere", "dense", 64, image_set="mnist"),
        card("deep-49", "deep", 49),
        card("dense-49", "dense", 49),
        card("dense-2", "dense", 2),
    ]
    nearest = code_views.nearest_plain(own, others)
    assert nearest is not None
    assert nearest.name == "dense-49"
    assert code_views.nearest_plain(own, others[:3]) is None

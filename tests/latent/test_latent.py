"""Codes: ranges, grids, walks, directions and what people type."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import Generator, Tensor

from ae_core import checkpoints, latent
from ae_core.errors import UserError
from ae_core.image_sets import ImageSet
from ae_core.types import Latents


def codes(count: int = 500, dimensions: int = 3, seed: int = 0) -> Latents:
    """Codes that spread 3, 1.5, 1, ... along directions that are not the axes."""
    generator = Generator().manual_seed(seed)
    spread = 3 / torch.arange(1, dimensions + 1)
    turned, _ = torch.linalg.qr(torch.randn(dimensions, dimensions, generator=generator))
    return torch.randn(count, dimensions, generator=generator) * spread @ turned + 2


def test_a_set_is_encoded_and_reconstructed_in_batches_as_it_would_be_at_once(
    tiny: str, digits: ImageSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, images = checkpoints.load(tiny).model, digits.test[:25]
    x = images.float() / 255
    monkeypatch.setattr("ae_core.models.batches.BATCH", 10)
    z = latent.encode(model, images)
    torch.testing.assert_close(z, model.encode(x))
    torch.testing.assert_close(latent.reconstruct(model, images), model(x))
    torch.testing.assert_close(latent.decode(model, z), model.decode(z))
    assert not z.requires_grad


@pytest.mark.parametrize("walk", [latent.straight_walk, latent.spherical_walk])
@pytest.mark.parametrize("steps", [2, 3, 9])
def test_a_walk_begins_and_ends_at_its_ends(walk, steps: int) -> None:
    a, b = codes()[:2]
    between = walk(a, b, steps)
    assert between.shape == (steps, 3)
    torch.testing.assert_close(between[0], a)
    torch.testing.assert_close(between[-1], b)


@pytest.mark.parametrize("walk", [latent.straight_walk, latent.spherical_walk])
@pytest.mark.parametrize("steps", [1, 0, -3])
def test_a_walk_of_less_than_two_steps_is_a_mistake(walk, steps: int) -> None:
    with pytest.raises(ValueError, match=f"not {steps} steps"):
        walk(torch.zeros(2), torch.ones(2), steps)


def test_a_straight_walk_has_even_steps() -> None:
    walked = latent.straight_walk(torch.tensor([0.0, 2.0]), torch.tensor([4.0, 0.0]), 5)
    expected = [[0.0, 2.0], [1.0, 1.5], [2.0, 1.0], [3.0, 0.5], [4.0, 0.0]]
    torch.testing.assert_close(walked, torch.tensor(expected))


def test_an_arc_between_codes_of_one_length_keeps_it_and_turns_evenly() -> None:
    a = torch.tensor([3.0, 0.0, 4.0])
    b = torch.tensor([0.0, -5.0, 0.0])
    walked = latent.spherical_walk(a, b, 7)
    torch.testing.assert_close(walked.norm(dim=1), torch.full((7,), 5.0))
    turns = (walked[1:] * walked[:-1]).sum(1) / 25
    torch.testing.assert_close(turns, torch.full((6,), math.cos(math.pi / 2 / 6)))


def test_an_arc_between_codes_of_different_length_changes_it_evenly() -> None:
    walked = latent.spherical_walk(torch.tensor([1.0, 0.0]), torch.tensor([0.0, 3.0]), 5)
    torch.testing.assert_close(walked.norm(dim=1), torch.tensor([1.0, 1.5, 2.0, 2.5, 3.0]))
    torch.testing.assert_close(walked[2], torch.tensor([2.0, 2.0]) / math.sqrt(2))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ([1.0, 2.0], [1.0, 2.0]),
        ([1.0, 2.0], [3.0, 6.0]),
        ([1.0, 2.0], [-1.0, -2.0]),
        ([0.0, 0.0], [1.0, 2.0]),
        ([1.0, 2.0], [0.0, 0.0]),
        ([0.0, 0.0], [0.0, 0.0]),
    ],
    ids=["the same", "one direction", "opposite", "from zero", "to zero", "nowhere"],
)
def test_codes_with_no_single_arc_between_them_get_the_straight_line(
    a: list[float], b: list[float]
) -> None:
    ends = torch.tensor(a), torch.tensor(b)
    torch.testing.assert_close(
        latent.spherical_walk(*ends, 5), latent.straight_walk(*ends, 5), atol=1e-6, rtol=0
    )


def test_an_arc_of_a_single_number_is_a_straight_line() -> None:
    walked = latent.spherical_walk(torch.tensor([-1.0]), torch.tensor([3.0]), 3)
    torch.testing.assert_close(walked, torch.tensor([[-1.0], [1.0], [3.0]]))


def test_the_first_row_of_a_grid_is_the_top_and_its_first_column_the_left() -> None:
    grid = latent.grid((-1.0, -10.0), (1.0, 10.0), 3, 3)
    assert grid.shape == (3, 3, 2)
    assert grid[0].tolist() == [[-1, 10], [0, 10], [1, 10]]
    assert grid[2].tolist() == [[-1, -10], [0, -10], [1, -10]]


@pytest.mark.parametrize("spacing", ["linear", "gaussian"])
def test_a_grid_need_not_be_square(spacing) -> None:
    grid = latent.grid((-1.0, -1.0), (1.0, 1.0), 2, 3, spacing=spacing)
    assert grid.shape == (2, 3, 2)
    torch.testing.assert_close(grid[0, :, 0], -grid[0, :, 0].flip(0))
    assert grid[0, 0, 1].item() == -grid[1, 0, 1].item() > 0


def test_a_gaussian_grid_stands_for_equal_shares_of_the_prior() -> None:
    grid = latent.grid((9.0, 9.0), (9.0, 9.0), 4, 4, spacing="gaussian")
    across = grid[0, :, 0].double()
    shares = 0.5 * (1 + torch.erf(across / math.sqrt(2)))
    torch.testing.assert_close(shares, torch.tensor([0.125, 0.375, 0.625, 0.875]).double())
    torch.testing.assert_close(grid[:, 0, 1], grid[0, :, 0].flip(0))
    assert grid[0, 0].tolist() == pytest.approx([-1.15035, 1.15035], abs=1e-4)


@pytest.mark.parametrize("spacing", ["linear", "gaussian"])
def test_a_grid_of_one_is_a_single_code(spacing) -> None:
    grid = latent.grid((-2.0, -2.0), (2.0, 2.0), 1, 1, spacing=spacing)
    assert grid.shape == (1, 1, 2)
    assert bool(grid.isfinite().all())


def test_a_sliders_range_holds_nearly_all_codes_and_not_the_strays() -> None:
    spread = torch.stack([torch.linspace(-1, 1, 1001), torch.linspace(0, 50, 1001)], dim=1)
    spread[0, 0], spread[-1, 1] = -500, 500
    low, high = latent.slider_ranges(spread)
    assert low == pytest.approx([-1.19, -4.7], abs=0.02)
    assert high == pytest.approx([1.19, 54.7], abs=0.02)


def test_a_dimension_that_never_moves_still_gets_a_slider() -> None:
    still = torch.tensor([[1.0, 0.0, -3.0]]).expand(50, 3)
    low, high = latent.slider_ranges(still)
    assert low == pytest.approx([0.5, -0.5, -3.5])
    assert high == pytest.approx([1.5, 0.5, -2.5])


def test_the_range_of_a_single_code_is_about_it() -> None:
    low, high = latent.slider_ranges(torch.tensor([[7.0]]))
    assert (low, high) == ([6.5], [7.5])


@pytest.mark.parametrize("dimensions", [1, 2, 3, 8])
def test_principal_axes_are_those_of_the_singular_value_decomposition(dimensions: int) -> None:
    z = codes(dimensions=dimensions)
    centre, axes, shares = latent.principal_axes(z, count=2)
    centred = z.double().numpy() - z.double().numpy().mean(0)
    _, singular, directions = np.linalg.svd(centred, full_matrices=False)
    count = min(2, dimensions)
    assert axes.shape == (count, dimensions)
    np.testing.assert_allclose(centre, z.mean(0), rtol=1e-6)
    np.testing.assert_allclose(shares, (singular**2 / (singular**2).sum())[:count], rtol=1e-5)
    for axis, direction in zip(axes.numpy(), directions[:count], strict=True):
        assert abs(axis @ direction) == pytest.approx(1, abs=1e-5)
        assert axis[np.abs(axis).argmax()] > 0


def test_turning_the_codes_round_does_not_flip_the_axes() -> None:
    z = codes()
    _, axes, _ = latent.principal_axes(z)
    _, mirrored, _ = latent.principal_axes(-z)
    torch.testing.assert_close(axes, mirrored, atol=1e-5, rtol=1e-5)


def test_codes_that_are_all_the_same_have_axes_all_the_same() -> None:
    centre, axes, shares = latent.principal_axes(torch.ones(10, 3))
    assert centre.tolist() == [1, 1, 1]
    torch.testing.assert_close(axes @ axes.T, torch.eye(2))
    assert shares == pytest.approx([0, 0])


def test_the_nearest_codes_come_nearest_first() -> None:
    z = torch.tensor([[0.0, 0.0], [5.0, 0.0], [1.0, 0.0], [0.0, 2.0]])
    assert latent.nearest(z, torch.tensor([0.9, 0.1])).tolist() == [2]
    assert latent.nearest(z, torch.tensor([0.1, 0.1]), 3).tolist() == [0, 2, 3]
    assert latent.nearest(z, torch.tensor([0.1, 0.1]), 99).tolist() == [0, 2, 3, 1]


@pytest.mark.parametrize(
    "text",
    [
        "0.02 -0.543 -0.012",
        "0.02,-0.543,-0.012",
        "  0.02 ,  -0.543\t-0.012\n",
        "[0.02, -0.543, -0.012]",
        "(0.02 -0.543 -0.012)",
        "+2e-2 -543e-3 -.012",
    ],
)
def test_a_code_can_be_typed_in_any_usual_way(text: str) -> None:
    z = latent.parse_code(text, 3)
    assert z.dtype == torch.float32
    torch.testing.assert_close(z, torch.tensor([0.02, -0.543, -0.012]))


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "[]",
        ",,",
        "1 2",
        "1 2 3 4",
        "1 2 x",
        "1 2 nan",
        "1 2 inf",
        "1 2 -Infinity",
        "1 2 1e9",
        "1 2 10001",
        "1 2 1e400",
        "1;2;3",
        "1.2.3 4 5",
        "0x10 1 2",
        "1 2 3" * 100_000,
    ],
    ids=lambda text: text[:20],
)
def test_what_is_no_code_is_refused_and_a_code_described(text: str) -> None:
    with pytest.raises(UserError) as refused:
        latent.parse_code(text, 3)
    assert str(refused.value) == (
        "A code of this model is 3 numbers between -10,000 and 10,000, divided by commas or spaces."
    )


def test_the_largest_numbers_of_a_code_are_allowed() -> None:
    assert latent.parse_code("-10000 10000", 2).tolist() == [-10_000, 10_000]


def test_a_code_of_one_number_is_described_as_such() -> None:
    assert latent.parse_code("7", 1).tolist() == [7]
    with pytest.raises(UserError, match="is 1 number between"):
        latent.parse_code("7 8", 1)


def test_the_usual_distance_is_that_to_the_nearest_other_code() -> None:
    along = torch.arange(200.0).unsqueeze(1) * torch.tensor([[3.0, 4.0]])
    assert latent.usual_distance(along) == pytest.approx(5, rel=1e-3)


def test_a_few_strays_do_not_make_the_usual_distance() -> None:
    z = torch.cat([torch.arange(1000.0), torch.tensor([1e6])]).unsqueeze(1)
    assert latent.usual_distance(z, sample=2000) == pytest.approx(1, rel=0.1)


@pytest.mark.parametrize("count", [100, 399, 400, 401, 5000])
def test_the_usual_distance_is_a_number_for_any_number_of_codes(count: int) -> None:
    distance = latent.usual_distance(codes(count))
    assert distance is not None
    assert math.isfinite(distance)
    assert distance > 0


@pytest.mark.parametrize("count", [1, 2, 13, 99])
def test_few_codes_do_not_tell_what_distance_is_usual(count: int) -> None:
    assert latent.usual_distance(codes(count)) is None


def test_gaussian_samples_have_the_mean_and_the_covariance_of_the_codes() -> None:
    z = codes(400)
    generator = Generator().manual_seed(0)
    drawn = torch.stack([latent.gaussian_sample(z, generator) for _ in range(4000)])
    torch.testing.assert_close(drawn.mean(0), z.mean(0), atol=0.15, rtol=0)
    torch.testing.assert_close(drawn.T.cov(), z.T.cov(), atol=0.6, rtol=0.1)


def test_a_gaussian_sample_follows_from_its_generator() -> None:
    def drawn(seed: int) -> Tensor:
        return latent.gaussian_sample(codes(), Generator().manual_seed(seed))

    assert torch.equal(drawn(1), drawn(1))
    assert not torch.equal(drawn(1), drawn(2))


def test_a_gaussian_sample_of_one_code_is_that_code() -> None:
    sample = latent.gaussian_sample(torch.tensor([[3.0, -1.0]]), Generator().manual_seed(0))
    assert sample.tolist() == [3, -1]


def test_typical_code_of_a_class_is_its_own_code_nearest_to_its_mean() -> None:
    codes = torch.tensor([[0.0, 0.0], [1.0, 0.0], [5.0, 0.0], [9.0, 9.0], [8.0, 8.0], [7.0, 7.0]])
    labels = torch.tensor([4, 4, 4, 2, 2, 2])
    assert latent.typical_codes(codes, labels).tolist() == [[8.0, 8.0], [1.0, 0.0]]

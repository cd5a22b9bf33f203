"""The shapes: the same bytes everywhere, and drawn as their factors say."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from ae_core import image_sets
from ae_core.image_sets import ImageSet, shapes

SHA256 = "b778f699ebeeb11b6aabbcb6442b6b3fe3b18fe6082b8e672546a2ee14f0d9fb"

AREAS = {"ellipse": 0.6 * math.pi, "rectangle": 1.7, "triangle": 1.19,
         "heart": 1.1**2 + math.pi * 0.55**2}  # fmt: skip
"""Of a shape in the unit circle."""

Array = NDArray[np.float64]


@pytest.fixture(scope="module")
def drawn() -> ImageSet:
    return image_sets.load("shapes")


def covered(factors: Array, side: int = 64) -> Array:
    """How much of each pixel is covered, by the strongest channel: one of a hue is always full."""
    return shapes.draw(factors, side=side).max(1) / 255


def one(**given: float) -> Array:
    """The factors of one image: a red rectangle in the middle, and what is given."""
    usual = {"shape": 1.0, "hue": 0.0, "size": 0.5, "angle": 0.0, "across": 0.5, "up": 0.5}
    return np.array([list({**usual, **given}.values())])


def test_shapes_are_always_the_same_bytes(drawn: ImageSet) -> None:
    assert drawn.sha256 == SHA256
    assert (drawn.name, drawn.title, drawn.image_shape) == ("shapes", "Shapes", (3, 32, 32))
    assert drawn.classes == image_sets.class_names("shapes") == tuple(AREAS)
    assert (len(drawn.train), len(drawn.test)) == (8_000, 2_000)


def test_shapes_are_drawn_in_less_than_two_seconds() -> None:
    began = time.process_time()
    image_sets.load("shapes")
    assert time.process_time() - began < 2
    began = time.process_time()
    assert shapes.draw(shapes.sample(2_000, seed=1), side=64).shape == (2_000, 3, 64, 64)
    assert time.process_time() - began < 2


def test_factors_fill_their_ranges_independently_of_each_other(drawn: ImageSet) -> None:
    assert drawn.factors is not None
    values, each = drawn.factors.train, drawn.factors.each
    assert [factor.id for factor in each] == ["shape", "hue", "size", "angle", "across", "up"]
    for column, factor in zip(values.T, each, strict=True):
        low, high = (0.0, 3.0) if factor.is_discrete else (factor.low, factor.high)
        assert low <= float(column.min()) and float(column.max()) <= high
        assert float(column.mean()) == pytest.approx((low + high) / 2, abs=0.02 * (high - low))
    assert (values.T.corrcoef() - torch.eye(6)).abs().max() < 0.04
    assert torch.equal(values[:, 0].long(), drawn.train_labels)
    assert torch.equal(drawn.factors.test[:, 0].long(), drawn.test_labels)
    assert not {tuple(row) for row in values.tolist()} & {
        tuple(row) for row in drawn.factors.test.tolist()
    }


@pytest.mark.parametrize("shape", AREAS)
def test_a_shape_has_its_size_whole_at_every_corner_and_angle(shape: str) -> None:
    number = float(list(AREAS).index(shape))
    for size in (0.34, 0.62):
        for angle, across, up in ((-60, 0.325, 0.325), (0, 0.675, 0.5), (60, 0.675, 0.675)):
            image = covered(one(shape=number, size=size, angle=angle, across=across, up=up))
            area = AREAS[shape] * (size / 2) ** 2 * 64**2
            assert image.sum() == pytest.approx(area, rel=0.02), "cut off, or of another size"


@pytest.mark.parametrize(("across", "up"), [(0.325, 0.675), (0.5, 0.5), (0.6, 0.4)])
def test_a_shape_lies_where_its_factors_say(across: float, up: float) -> None:
    image = covered(one(across=across, up=up))[0]
    middles = (np.arange(64) + 0.5) / 64
    assert (image.sum(0) @ middles) / image.sum() == pytest.approx(across, abs=1e-3)
    assert 1 - (image.sum(1) @ middles) / image.sum() == pytest.approx(up, abs=1e-3)


@pytest.mark.parametrize("angle", [-60, -17, 0, 45, 60])
def test_a_shape_is_turned_counter_clockwise_by_its_angle(angle: int) -> None:
    image = covered(one(angle=angle))[0]
    x = (np.arange(64) + 0.5) / 64 - 0.5
    y = -x[:, None]
    spread = [(image * product).sum() for product in (x * x, y * y, x * y)]
    along = 0.5 * math.degrees(math.atan2(2 * spread[2], spread[0] - spread[1]))
    assert (along - 90 - angle + 90) % 180 - 90 == pytest.approx(0, abs=0.5)


@pytest.mark.parametrize(
    ("hue", "colour"),
    [(0, (255, 51, 51)), (60, (255, 255, 51)), (120, (51, 255, 51)), (240, (51, 51, 255))],
)
def test_a_hue_runs_from_red_over_green_to_blue(hue: float, colour: tuple[int, ...]) -> None:
    assert tuple(shapes.draw(one(hue=hue))[0, :, 16, 16].tolist()) == colour


def test_large_and_small_pictures_are_of_the_same_shapes() -> None:
    factors = shapes.sample(20)
    large = torch.from_numpy(shapes.draw(factors, side=64)).float()
    small = torch.from_numpy(shapes.draw(factors)).float()
    halved = torch.nn.functional.avg_pool2d(large, 2)
    assert (halved - small).abs().mean() < 1
    assert not np.array_equal(shapes.sample(20, seed=1), factors)


def test_what_is_cut_or_not_drawn_by_code_has_no_factors(digits: ImageSet) -> None:
    assert digits.factors is None
    assert image_sets.select("shapes").factors is not None
    for cut in ({"hold_out": 100}, {"classes": ["heart"]}, {"part": "all"}):
        assert image_sets.select("shapes", **cut).factors is None

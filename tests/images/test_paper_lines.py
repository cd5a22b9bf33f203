"""A digit on lines, on squares, in a box or by a pale marker becomes the digit alone."""

from __future__ import annotations

import io

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw
from sklearn.datasets import load_digits

from ae_core.images import reading
from ae_core.images.digit_form import digit_steps, to_mnist_form
from ae_core.images.paper_lines import Ink, lines_and_frames
from benchmarks.own_digits import KINDS


@pytest.fixture(scope="module")
def digits() -> np.ndarray:
    """One digit of each class in MNIST's form, (10, 28, 28), uint8."""
    small = torch.from_numpy(load_digits().images[:10]).float().div(16).unsqueeze(1)
    return to_mnist_form(small)[:, 0].mul(255).round().byte().numpy()


def form(kind: str, digit: np.ndarray, seed: int = 0) -> np.ndarray:
    picture = reading.read(KINDS[kind](digit, np.random.default_rng(seed)), kind)
    return digit_steps(picture)[-1].image / 255


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.one_in(4)
def test_every_kind_gives_the_digit_as_on_plain_paper(kind: str, digits: np.ndarray) -> None:
    plain = np.stack([form("on the pad", digit) for digit in digits])
    for number in (2, 4, 7):
        found = form(kind, digits[number], seed=number)
        errors = ((plain - found) ** 2).mean(axis=(1, 2))
        assert errors[number] < 0.04
        assert errors.argmin() == number


def drawn(*lines: list[tuple[int, int]], width: int = 20) -> Ink:
    """Strokes on a sheet of 400 x 300."""
    sheet = Image.new("L", (300, 400))
    for line in lines:
        ImageDraw.Draw(sheet).line(line, fill=255, width=width, joint="curve")
    return np.asarray(sheet) > 0


SIX = [(200, 60), (110, 200), (110, 320), (190, 320), (190, 230), (110, 230)]
BOX = [(60, 40), (240, 40), (240, 360), (60, 360), (60, 30)]


def test_strokes_stay_where_they_cross_lines() -> None:
    six = drawn(SIX)
    ruled = drawn(*[[(0, y), (300, y + 9)] for y in range(15, 400, 40)], width=3)
    removed = lines_and_frames(six | ruled)
    assert (removed & ~six).sum() > 0.97 * (ruled & ~six).sum()
    assert (removed & six).sum() < 0.01 * six.sum()


def test_a_frame_goes_with_all_that_is_outside() -> None:
    outside = drawn([(10, 10), (30, 10)], width=6)
    six, frame = drawn(SIX), drawn(BOX, width=6)
    removed = lines_and_frames(six | frame | outside)
    assert (removed & outside).sum() == outside.sum()
    assert (removed & frame).sum() > 0.99 * frame.sum()
    assert not (removed & six).any()


@pytest.mark.parametrize(
    "strokes",
    [
        [BOX],  # a square zero
        [BOX, [(60, 200), (240, 200)]],  # the eight of a clock
        [[(0, 50), (300, 50), (150, 400)]],  # a seven from edge to edge
        [[(150, 0), (150, 400)]],  # a one, too
        [[(60, 40), (60, 200), (240, 200)], [(240, 40), (240, 360)]],
        [SIX],
    ],
)
@pytest.mark.parametrize("width", [6, 20, 40])
def test_a_digits_own_straight_strokes_are_no_lines(
    strokes: list[list[tuple[int, int]]], width: int
) -> None:
    assert not lines_and_frames(drawn(*strokes, width=width)).any()


def test_a_dark_square_is_no_frame() -> None:
    square = np.zeros((400, 300), bool)
    square[40:360, 40:260] = True
    assert not lines_and_frames(square & ~drawn(SIX)).any()


def test_a_pale_marker_is_told_by_its_colour_and_that_is_said() -> None:
    written = io.BytesIO()
    picture = Image.new("RGB", (300, 400), "white")
    ImageDraw.Draw(picture).line(SIX, fill=(250, 240, 90), width=20, joint="curve")
    picture.save(written, "PNG")
    step = digit_steps(reading.read(written.getvalue(), "marker"))[0]
    assert step.explanation == "The ink is pale, so colour counts here instead of brightness."
    assert np.ptp(step.image) > 120

"""The numbers of a drawing, and the picture that they make."""

from __future__ import annotations

import numpy as np
import pytest

from ae_core.errors import UserError
from ae_core.images import strokes
from pages.ui.state.declared import Drawing
from pages.ui.state.values import MOST_DRAWN


def test_strokes_are_read_from_their_numbers() -> None:
    numbers = [26, 3, 10, 20, 20, -5, -35, 285, 36, 1, 0, 0]
    assert list(strokes.read(numbers)) == [(26, [(10, 20), (30, 15), (-5, 300)]), (36, [(0, 0)])]
    assert list(strokes.read(())) == []


def test_a_stroke_is_as_wide_as_its_width_and_round_at_its_ends() -> None:
    drawn = np.asarray(strokes.picture([20, 2, 140, 60, 0, 100])) / 255
    assert drawn.shape == (strokes.SIDE, strokes.SIDE)
    assert drawn[110].sum() == pytest.approx(20, abs=1)
    assert drawn[:, 140].sum() == pytest.approx(120, abs=1)
    dot = np.asarray(strokes.picture([20, 1, 140, 140])) / 255
    assert dot.sum() == pytest.approx(np.pi * 100, rel=0.05)


@pytest.mark.parametrize(
    "numbers",
    [
        [20],
        [20, 0],
        [20, 1],
        [20, 1, 5],
        [20, 2, 5, 5],
        [20, -1, 5, 5],
        [0, 1, 5, 5],
        [strokes.WIDEST + 1, 1, 5, 5],
        [20, 1, -strokes.SIDE - 1, 0],
        [20, 2, 0, 0, 0, 2 * strokes.SIDE + 1],
        [20, 1, 5, 5, 7],
        [20, 5000, *[0] * 10_000],
    ],
)
def test_what_is_no_drawing_is_refused(numbers: list[int]) -> None:
    with pytest.raises(UserError, match="Clear the pad"):
        strokes.picture(numbers)


def test_what_a_page_keeps_is_what_can_be_read() -> None:
    assert Drawing.declaration("strokes").most == strokes.MOST_NUMBERS == MOST_DRAWN

"""A drawing as the drawing pad keeps it: the numbers of its strokes, and the picture they make."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PIL import Image, ImageDraw

from ae_core.errors import UserError
from ae_core.texts import N_, _

SIDE = 280
"""Pixels of the pad; a stroke may leave it by as much on each side."""

WIDEST = 100
MOST_NUMBERS = 10_000
TIMES = 2
"""How many times larger it is drawn, so that its edges are soft."""

WRONG = N_("The drawing did not arrive whole. Clear the pad and draw again.")

Stroke = tuple[int, list[tuple[int, int]]]


def read(numbers: Sequence[int]) -> Iterator[Stroke]:
    """Width and points of each stroke, as `frontend/src/drawing/strokes.ts` writes them.

    Of each stroke there is its width, how many points it has, the first of them, and the steps from
    each to the next, all in pixels of the pad.

    Raises:
        UserError: these are no strokes.
    """
    rest = list(numbers)
    if len(rest) > MOST_NUMBERS:
        raise UserError(_(WRONG))
    while rest:
        (width, count), steps = rest[:2] if len(rest) > 1 else (0, 0), rest[2:]
        if not (0 < width <= WIDEST and 0 < 2 * count <= len(steps)):
            raise UserError(_(WRONG))
        x, y, points = 0, 0, []
        for across, down in zip(steps[0 : 2 * count : 2], steps[1 : 2 * count : 2], strict=True):
            x, y = x + across, y + down
            points.append((x, y))
        if not all(-SIDE <= each <= 2 * SIDE for point in points for each in point):
            raise UserError(_(WRONG))
        rest = steps[2 * count :]
        yield width, points


def are_strokes(numbers: Sequence[int]) -> bool:
    """Whether `read` can read them."""
    try:
        return bool([*read(numbers)]) or not numbers
    except UserError:
        return False


def picture(numbers: Sequence[int]) -> Image.Image:
    """The strokes in white on black, `SIDE` pixels wide and high, in mode "L".

    Raises:
        UserError: these are no strokes.
    """
    large = Image.new("L", (TIMES * SIDE, TIMES * SIDE))
    pen = ImageDraw.Draw(large)
    for width, points in read(numbers):
        corners = [(TIMES * x, TIMES * y) for x, y in points]
        pen.line(corners, fill=255, width=TIMES * width)
        for corner in corners:
            pen.circle(corner, TIMES * width / 2, fill=255)
    return large.resize((SIDE, SIDE), Image.Resampling.BOX)

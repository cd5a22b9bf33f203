"""Finds what a digit is written on or in: ruled lines, squares, a frame around it.

Lines go from edge to edge of the picture, as in a photo of a sheet; a frame is a box with ink
inside. Both may be a few degrees askew. Where a digit crosses a line its own stroke stays: only
runs of ink across the line that are about as short as the line is thick are taken out (as staff
lines are removed from music: Fujinaga 2004, "Staff detection and removal").
"""

# scikit-image declares no types.
# mypy: disallow-untyped-calls=False

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import find_objects
from skimage.measure import label, regionprops
from skimage.morphology import dilation, footprint_rectangle, skeletonize

Ink = NDArray[np.bool_]
"""Where there is ink, shape (h, w)."""

SMALLEST = 48
"""Side in pixels of a picture in which there is room for lines beside a digit."""

SLOPES = np.linspace(-0.12, 0.12, 49)
"""Of lines: up to 7 degrees, in steps of a pixel at the end of a line of 400."""

LEAST_COVERAGE = 0.8
"""Share of the picture's width in which a line is seen."""

APART = 6
"""Pixels between two lines, at least."""

BESIDE = 3
"""Pixels around a line in which its ink is looked for: where it crosses a digit, what has most ink
is a little askew."""

MOST_LINES = 80

THICKEST = 1 / 40
"""Thickness of a line over the picture's longer side."""

MANY = 4
"""So many lines are paper, however thick they are; fewer are thinner than the digit's stroke."""

THINNER = 0.75

BAND = 0.12
"""Share of a frame's side in which its ink may wander, crooked or askew."""

SHORTEST = 0.3
"""A frame's shorter side over its longer one."""

LEAST_SIDE = 0.93
"""Share of a frame's side that is drawn. A round digit fills two thirds of such a band."""

LEAST_INSIDE = 0.25
"""Height of what is in a frame over the frame's."""


def lines_and_frames(ink: Ink) -> Ink:
    """The ink that belongs to lines or frames, and what lies outside a frame."""
    if min(ink.shape) < SMALLEST:
        return np.zeros_like(ink)
    removed = _rulings(ink)
    for _number in range(2):  # a frame may have two borders
        framed = _frame(ink & ~removed)
        if not framed.any():
            break
        removed |= framed
    return removed


def stroke_width(ink: Ink) -> float:
    """The mean width of strokes, in pixels."""
    return float(ink.sum() / max(1, skeletonize(ink).sum()))


@dataclass(frozen=True)
class _Runs:
    """Each pixel's vertical run of ink: its number (0 is none), and the length of each run."""

    numbers: NDArray[np.int64]
    lengths: NDArray[np.int64]

    @classmethod
    def of(cls, ink: Ink) -> _Runs:
        columns = ink.T
        begins = columns & ~np.pad(columns, ((0, 0), (1, 0)))[:, :-1]
        numbers = np.where(columns, np.cumsum(begins).reshape(columns.shape), 0).T
        return cls(numbers, np.bincount(numbers.ravel()))


def _rulings(ink: Ink) -> Ink:
    """The ink of lines that go all the way across, both ways."""
    across, thickness, rows = _straight(ink)
    down, thickness_down, columns = _straight((ink & ~across).T)
    removed = across | down.T
    rest = ink & ~removed
    is_paper = max(rows, columns) >= MANY or (
        max(thickness, thickness_down) < THINNER * stroke_width(rest)
    )
    return removed if is_paper and rest.any() else np.zeros_like(ink)


def _straight(ink: Ink) -> tuple[Ink, float, int]:
    """The ink of lines from left to right, their thickness in pixels, and how many there are."""
    height, width = ink.shape
    none = np.zeros_like(ink)
    wide = dilation(ink, footprint_rectangle((3, 1)))
    y, x = np.nonzero(wide)
    from_middle = x - width / 2
    margin = int(np.ceil(SLOPES[-1] * width / 2))
    counts = np.stack(
        [
            np.bincount(
                np.rint(y - slope * from_middle).astype(int) + margin,
                minlength=height + 2 * margin + 1,
            )
            for slope in SLOPES
        ]
    )
    runs = _Runs.of(ink)
    edge = max(1, width // 20)
    columns = np.arange(width)
    met: list[NDArray[np.int64]] = []
    for _number in range(MOST_LINES):
        slope, place = np.unravel_index(counts.argmax(), counts.shape)
        if counts[slope, place] < LEAST_COVERAGE * width:
            break
        counts[:, max(0, int(place) - APART) : int(place) + APART + 1] = 0
        line = np.rint(place - margin + SLOPES[slope] * (columns - width / 2)).astype(int)
        line = line.clip(BESIDE, height - 1 - BESIDE)
        found = runs.numbers[line + np.arange(-BESIDE, BESIDE + 1)[:, None], columns]
        is_met = found.any(axis=0)
        if min(is_met[:edge].mean(), is_met[-edge:].mean()) > 0.5:
            met.append(found)
    if not met:
        return none, 0.0, 0
    numbers = np.unique(np.concatenate(met))
    numbers = numbers[numbers > 0]
    thickness = float(np.median(runs.lengths[numbers]))
    if thickness > THICKEST * max(ink.shape):
        return none, 0.0, 0
    is_line = np.zeros(len(runs.lengths), bool)
    is_line[numbers[runs.lengths[numbers] <= 1.6 * thickness + 1]] = True
    return is_line[runs.numbers], thickness, len(met)


def _frame(ink: Ink) -> Ink:
    """The ink of a frame and outside it, if the ink is in one."""
    regions = label(ink, connectivity=2)
    large = [each for each in regionprops(regions) if max(each.image.shape) > max(ink.shape) / 4]
    boxes = [each.slice for each in sorted(large, key=lambda each: -each.image.size)]
    if ink.any():
        boxes.insert(0, find_objects(ink.astype(np.uint8))[0])
    for box in boxes:
        sides = ink[box].shape
        if min(sides) < SHORTEST * max(sides):
            continue
        inside = _inside(ink[box], _cut_sides(box, ink.shape))
        if inside is not None:
            removed = ink.copy()
            removed[box] &= ~inside
            return removed
    return np.zeros_like(ink)


def _cut_sides(box: tuple[slice, ...], shape: tuple[int, ...]) -> list[bool]:
    """Which sides of a box lie on the picture's edge: top, bottom, left, right."""
    (rows, columns), (height, width) = box, shape
    return [rows.start == 0, rows.stop == height, columns.start == 0, columns.stop == width]


def _inside(ink: Ink, is_cut: list[bool]) -> Ink | None:
    """What is left of the ink in a box without its sides, or None if it is not a frame."""
    inside, missing = ink.copy(), 0
    sides = (lambda a: a, lambda a: a[::-1], lambda a: a.T, lambda a: a.T[::-1])
    for side, may_be_cut in zip(sides, is_cut, strict=True):
        seen, left = side(ink), side(inside)
        band = max(1, round(BAND * seen.shape[0]))
        if seen[:band].any(axis=0).mean() < LEAST_SIDE:
            missing += 1
            if missing > 1 or not may_be_cut:
                return None
            continue
        runs, thickness = _first_runs(left, band)
        if thickness > band:
            return None
        left &= ~runs
    height = np.ptp(np.flatnonzero(inside.any(axis=1))) if inside.any() else 0
    return inside if height >= LEAST_INSIDE * len(ink) else None


def _first_runs(ink: Ink, band: int) -> tuple[Ink, float]:
    """Of each column the first run that begins in the band, and their median length, in pixels.

    Where a digit's stroke goes on from the side, only as much as the side is thick.
    """
    reach = np.arange(len(ink))[:, None]
    first = np.where(ink[:band].any(axis=0), ink.argmax(axis=0), len(ink))
    is_after = ~ink & (reach >= first)
    ends = np.where(is_after.any(axis=0), is_after.argmax(axis=0), len(ink))
    thickness = float(np.median((ends - first)[first < len(ink)]))
    ends = np.where(ends - first <= 1.6 * thickness + 1, ends, first + round(thickness))
    return (reach >= first) & (reach < ends), thickness

"""Finds the ink of one digit in a grey picture of paper, board or screen."""

# scikit-image declares no types.
# mypy: disallow-untyped-calls=False

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from skimage.filters import gaussian, threshold_otsu
from skimage.measure import label
from skimage.morphology import dilation, disk, footprint_rectangle, opening

from ae_core.errors import UserError
from ae_core.images import paper_lines
from ae_core.texts import N_, _

Grey = NDArray[np.floating[Any]]
"""A picture, shape (h, w), in [0, 1]."""

LEAST_CONTRAST = 0.12
"""Of ink with its paper. A hard pencil has 0.2; what shading leaves of a blank sheet has less."""

UNEVEN = 0.15
"""Share of the ink's contrast that shading left in a photo reaches; a drawing has none."""

FAINT = 0.18
"""Share of the strongest ink that a stroke has at least. Less is an edge, or what light left."""

EDGES, SOFT = footprint_rectangle((5, 5)), footprint_rectangle((9, 9))
"""How far edges of ink reach around it: of printed lines, and of strokes out of focus."""

NO_INK = N_(
    "Found no ink in the picture. Choose one with a single dark digit on plain paper, or a light"
    " one on a dark ground."
)


def level(grey: Grey) -> Grey:
    """Light ink on black: 0 is the paper around it, 1 the strongest contrast there can be.

    Dark ink takes a share of the light that its paper gets; light ink adds to its ground.
    """
    side = max(grey.shape)
    # Ink is rarer than paper and stands out further from its surroundings, whichever of the two
    # is lighter. The brightness of the border alone misleads where the corners are in shadow.
    contrast = grey - gaussian(grey, sigma=side / 8, mode="nearest")
    is_dark = (contrast**3).sum() < 0
    light = gaussian(1 - grey if is_dark else grey, sigma=side / 400, mode="nearest")
    # An opening takes out what is narrower than its window and so leaves the paper, with the
    # edges of shadows.
    reach = side // 5
    window = footprint_rectangle((2 * reach + 1, 2 * reach + 1), decomposition="separable")
    paper = opening(np.pad(light, 2 * reach, mode="edge"), window)
    paper = paper[2 * reach :, 2 * reach :][: grey.shape[0], : grey.shape[1]]
    return np.asarray((light - paper) / (np.maximum(1 - paper, 0.05) if is_dark else 1))


def strength(levelled: Grey) -> float:
    """How far the strongest ink stands out from the paper, in [0, 1]; 0 where nothing does."""
    try:
        return _separated(levelled).contrast
    except UserError:
        return 0.0


def cut_out(levelled: Grey) -> Grey:
    """The digit alone, in the smallest box, its soft edges kept and its strongest ink at 1.

    What it is written on or in goes: the lines of the paper, a frame.

    Raises:
        UserError: nothing stands out from the paper.
    """
    found = _separated(levelled)
    strokes = found.soft > FAINT
    others = paper_lines.lines_and_frames(strokes)
    if others.any():
        without = dilation(others, EDGES) & ~(strokes & ~others)
        found = _separated(np.where(without, np.median(levelled), levelled))
    is_clean = not (found.is_photo or others.any())
    kept = np.where(_digit(found, is_clean=is_clean), found.soft, 0)
    rows, columns = np.flatnonzero(kept.any(axis=1)), np.flatnonzero(kept.any(axis=0))
    if max(len(rows), len(columns)) < max(levelled.shape) / 40:
        raise UserError(_(NO_INK))
    return kept[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def thicken(ink: Grey, *, thinnest: float, usual: float) -> Grey:
    """Widen strokes narrower than `thinnest` to `usual`, both as shares of the longer side."""
    core = ink > 0.5
    stroke = paper_lines.stroke_width(core)
    reach = round((usual * max(ink.shape) - stroke) / 2)
    if stroke >= thinnest * max(ink.shape) or not reach:
        return ink
    return np.asarray(dilation(np.pad(ink, reach), disk(reach, decomposition="sequence")))


@dataclass(frozen=True)
class _Separated:
    """Ink apart from paper.

    `soft` is the ink, 1 where it is strongest; `core` where there is surely ink. `contrast` is that
    of the strongest ink with the paper.
    """

    soft: Grey
    core: NDArray[np.bool_]
    contrast: float
    is_photo: bool


def _separated(levelled: Grey) -> _Separated:
    """Tell ink from the paper's noise.

    Raises:
        UserError: nothing stands out from the paper.
    """
    # Two low percentiles give the deviation of the paper's noise, were it normal, however much
    # ink there is.
    lowest, low, middle = np.percentile(levelled, [5, 40, 60])
    floor = low + 4.25 * (low - lowest) / 1.39
    above = levelled[levelled > floor]
    if not above.size:
        raise UserError(_(NO_INK))
    core = levelled >= threshold_otsu(above)
    top = np.percentile(levelled[core], 90)
    if top - floor < max(LEAST_CONTRAST, floor - low):
        raise UserError(_(NO_INK))
    is_photo = bool(middle > 0)
    if is_photo:
        floor = max(floor, low + UNEVEN * (top - low))
    soft = ((levelled - floor) / (top - floor)).clip(0, 1)
    return _Separated(soft, core, float(top - low), is_photo)


def _digit(found: _Separated, *, is_clean: bool) -> NDArray[np.bool_]:
    """The largest region of ink and those at least a tenth of it.

    In a photo, what its edge cuts is a table or a shadow; a drawing may touch the edge. Where a
    picture is not clean, faint remains of shadows and lines do not join regions.

    Raises:
        UserError: the ink is scattered all over the picture.
    """
    regions = label(found.soft > (0 if is_clean else FAINT), connectivity=2)
    sizes = np.bincount(regions[found.core], minlength=regions.max() + 1)
    if found.is_photo:
        whole = sizes.copy()
        whole[np.concatenate([regions[0], regions[-1], regions[:, 0], regions[:, -1]])] = 0
        sizes = whole if whole.max() >= sizes.max() / 10 else sizes
    if sizes.max() < sizes.sum() / 4:
        raise UserError(_(NO_INK))
    chosen = (sizes >= sizes.max() / 10)[regions] & (regions > 0)
    return np.asarray(chosen if is_clean else dilation(chosen, SOFT))

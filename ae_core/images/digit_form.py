"""Converts a picture of one digit to MNIST's form: white on black, 20 pixels long, centred."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Float
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from ae_core.texts import _
from ae_core.types import Images

FRAME = 28
BOX = 20

WORKING_SIDE = 400
"""Longer side, in pixels, of the picture in which the digit is searched."""

THINNEST = 1.8 / BOX
"""Stroke width over the digit's longer side that 5 % of MNIST's digits stay below."""

USUAL = 2.5 / BOX
"""What thinner strokes are widened to. MNIST's mean is 2.9."""

PALE = 0.4
"""Contrast of a marker's ink in grey, at most."""

LEAST_COLOUR = 0.15

Framed = Float[Tensor, "n c {size} {size}"]
SmallDigits = Float[Tensor, "n 1 8 8"]
Digits = Float[Tensor, "n 1 28 28"]


@dataclass(frozen=True)
class Step:
    """One step on the way to MNIST's form. `image` is grey, shape (h, w), uint8."""

    title: str
    explanation: str
    image: NDArray[np.uint8]


def digit_steps(picture: Image.Image) -> list[Step]:
    """Convert a photo, scan or drawing of one digit to MNIST's form; the last step is 28 x 28.

    Raises:
        UserError: no ink is found.
    """
    from ae_core.images import ink  # scikit-image takes half a second to import

    grey = _grey(picture)
    levelled = ink.level(grey)
    why_grey = _("Only brightness matters: MNIST knows no colour.")
    if picture.mode == "RGB" and (faint := ink.strength(levelled)) < PALE:
        colourless = _colourless(picture)
        by_colour = ink.level(colourless)
        if ink.strength(by_colour) > max(LEAST_COLOUR, 0.8 * faint):
            grey, levelled = colourless, by_colour
            why_grey = _("The ink is pale, so colour counts here instead of brightness.")
    digit = ink.cut_out(levelled)
    is_small = max(digit.shape) <= BOX
    sized = _sized(digit if is_small else ink.thicken(digit, thinnest=THINNEST, usual=USUAL))
    centred = centre_by_mass(torch.from_numpy(sized)[None, None])[0, 0].numpy()
    return [
        _step(_("Grey"), why_grey, grey),
        _step(
            _("Light on dark"),
            _(
                "Shadows are taken out by comparing each spot with the paper around it, and dark"
                " ink becomes light."
            ),
            levelled,
        ),
        _step(
            _("Ink"),
            _("Specks, lines and frames are dropped and the digit is cut out, soft edges kept."),
            digit,
        ),
        _step(_("Size"), _("The longer side becomes 20 pixels; a thin pen is thickened."), sized),
        _step(
            _("Centre"),
            _("The centre of the ink's mass moves to the middle of 28 x 28."),
            centred,
        ),
    ]


def to_mnist_form(x8: SmallDigits) -> Digits:
    """Convert scikit-learn's 8 x 8 digits to MNIST's form.

    The contrast is raised after the enlargement: 51 % of the ink is then saturated (MNIST 44 %)
    and 15 % of the frame is ink (MNIST 13 %); before it, it is 23 % and 15 %.
    """
    return centre_by_mass(((_resized(x8, BOX, BOX) - 0.35) / 0.4).clamp(0, 1), size=FRAME)


def centre_by_mass(x: Images, size: int = FRAME) -> Framed:
    """Move each image by whole pixels until its centre of mass is at `size // 2`.

    That is where MNIST has it, to half a pixel, in every image. What is smaller than the frame
    stays whole in it; what is larger loses its edges.
    """
    mass = x.sum(dim=1)
    rows = _source(mass.sum(dim=2), size)
    columns = _source(mass.sum(dim=1), size)
    edged = F.pad(x, (1, 1, 1, 1))
    image = torch.arange(len(x), device=x.device)[:, None, None]
    moved = edged[image, :, rows[:, :, None], columns[:, None, :]]
    return moved.permute(0, 3, 1, 2).contiguous()


def _source(profile: Tensor, size: int) -> Tensor:
    """For each place in the frame its place along the profile, 0 or one past it if outside."""
    length = profile.shape[1]
    places = torch.arange(length, device=profile.device, dtype=profile.dtype)
    total = profile.sum(dim=1)
    middle = torch.where(total > 0, profile @ places / total, (length - 1) / 2)
    start = torch.round(size // 2 - middle).long()
    if length < size:
        start = start.clamp(0, size - length)
    return (torch.arange(size, device=profile.device) - start[:, None]).clamp(-1, length) + 1


def _grey(picture: Image.Image) -> NDArray[np.floating[Any]]:
    grey = picture.convert("L")
    grey.thumbnail((WORKING_SIDE, WORKING_SIDE))
    return np.asarray(grey, dtype=np.float32) / 255


def _colourless(picture: Image.Image) -> NDArray[np.floating[Any]]:
    """How grey each pixel is: 1 on white paper in light and in shadow, less where it has colour."""
    small = picture.copy()
    small.thumbnail((WORKING_SIDE, WORKING_SIDE))
    pixels = np.asarray(small, dtype=np.float32) / 255 + 0.05
    return np.asarray(pixels.min(axis=2) / pixels.max(axis=2))


def _sized(digit: NDArray[Any]) -> NDArray[np.floating[Any]]:
    h, w = (max(1, round(side * BOX / max(digit.shape))) for side in digit.shape)
    x = _resized(torch.from_numpy(digit.astype(np.float32))[None, None], h, w)
    return np.asarray((x / x.max())[0, 0])


def _resized(x: Tensor, h: int, w: int) -> Tensor:
    if x.shape[2:] == (h, w):
        return x
    return F.interpolate(x, (h, w), mode="bicubic", antialias=True).clamp(0, 1)


def _step(title: str, explanation: str, image: NDArray[Any]) -> Step:
    return Step(title, explanation, np.rint(image.clip(0, 1) * 255).astype(np.uint8))

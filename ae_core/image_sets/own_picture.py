"""A picture that somebody brings, in the form of a set's images, step by step.

Digits are found and centred as MNIST's are (`images.digit_form`); any other picture becomes what
the set's own pictures became.
"""

from __future__ import annotations

import numpy as np
import torch
from jaxtyping import Float
from PIL import Image
from torch import Tensor

from ae_core.errors import UserError
from ae_core.image_sets.base import ImageSet
from ae_core.images import digit_form
from ae_core.images.digit_form import Step
from ae_core.images.form import LIGHT, is_inverted, stages
from ae_core.texts import _, joined
from ae_core.types import Pixels
from ae_core.uploads.collection import small
from ae_core.wording import shape as sizes

OF_DIGITS = ("mnist", "digits")
"""The sets whose images are digits in MNIST's form."""

SHOWN = 400
"""Longer side, in pixels, at which a picture is shown as it came."""

LOOKED_AT = 100
"""Images of a set that tell whether it is light on dark."""

ImageShape = tuple[int, int, int]


def steps(
    picture: Image.Image, name: str, image_shape: ImageShape, found: ImageSet | None = None
) -> list[Step]:
    """Every step from a picture, mode "L" or "RGB", to an image like those of a set.

    Args:
        picture: what somebody brings.
        name: the set's.
        image_shape: of its images: channels, height, width.
        found: the set, where it is here; else pictures are cropped and not inverted.

    Returns:
        Images (h, w), or (h, w, 3) in colour; the last one has the shape of the set's.

    Raises:
        UserError: no digit is found, or the set's images are not square.
    """
    if name in OF_DIGITS:
        return digit_form.digit_steps(picture)
    channels, height, width = image_shape
    if height != width:
        raise UserError(
            _("This model takes images of {size}. Pictures become square ones here.",
              size=sizes((width, height)))
        )  # fmt: skip
    pads = found is not None and found.fit == "pad"
    kept = small(picture)  # as a set's pictures are kept before they get their form
    invert = _is_to_invert(kept, found)
    made = stages(kept, image_shape, fit="pad" if pads else "crop", invert=invert)
    known = found is not None and bool(found.fit)
    way_known = "" if known else _("How the set's pictures were made is not known.")
    shown = picture.copy()
    shown.thumbnail((SHOWN, SHOWN))
    whole = [_step(_("As it came"), _("{size} pixels.", size=sizes(picture.size)), shown)]
    if channels == 1 and kept.mode == "RGB":
        explanation = _("Only brightness is left: the model knows no colour.")
        whole.append(_step(_("Grey"), explanation, made["coloured"]))
    if kept.width != kept.height:
        padded = _("Padded with the colour of its edge, as the set's pictures were.")
        cropped = _("Cropped around the middle, as the set's pictures were.")
        if not known:
            cropped = joined(_("Cropped around the middle."), way_known)
        whole.append(_step(_("Square"), padded if pads else cropped, made["square"]))
    explanation = _("{size} pixels, as large as the model's images.", size=sizes((width, height)))
    whole.append(_step(_("Size"), explanation, made["resized"]))
    if invert:
        explanation = _("Light and dark are swapped, as the set's pictures were.")
        if not known:
            explanation = _("Light and dark are swapped: the set's images are light on dark.")
        whole.append(_step(_("Light and dark"), explanation, made["inverted"]))
    return whole


def painted(picture: Image.Image, image_shape: ImageShape) -> Pixels:
    """What was painted as an image of this shape, (1, c, h, w): nothing is changed but the size."""
    resized = np.array(stages(picture, image_shape, fit="crop", invert=False)["resized"])
    pixels = torch.from_numpy(resized)
    return pixels[None, None] if pixels.ndim == 2 else pixels.permute(2, 0, 1)[None]


def image_of(whole: list[Step]) -> Pixels:
    """The last of these steps as a batch of one image, (1, c, h, w), uint8."""
    pixels = torch.from_numpy(np.array(whole[-1].image))
    return pixels[None, None] if pixels.ndim == 2 else pixels.permute(2, 0, 1)[None]


def ground(found: ImageSet) -> Float[Tensor, " c"]:
    """The usual shade of the edges of a set's images, per channel, from 0 to 255."""
    some = found.test[:LOOKED_AT].float()
    edges = torch.cat([some[:, :, 0], some[:, :, -1], some[..., 0], some[..., -1]], dim=2)
    return edges.transpose(0, 1).flatten(1).median(1).values


def _is_to_invert(picture: Image.Image, found: ImageSet | None) -> bool:
    """As the set's pictures were; where that is not known, ink on paper for a set on dark."""
    if found is None or found.fit:
        return found is not None and found.invert
    on_dark = found.image_shape[0] == 1 and float(ground(found)[0]) < LIGHT
    return on_dark and is_inverted(picture)


def _step(title: str, explanation: str, picture: Image.Image) -> Step:
    return Step(title, explanation, np.asarray(picture))

"""A brush for models of any images, in their colours, on paper of their usual shade.

The pad for digits (`live_drawing`) finds the ink and centres it as MNIST's is; here what is painted
is the image itself. The server draws it again once the brush is lifted.
"""

from __future__ import annotations

from base64 import b64decode
from binascii import Error
from pathlib import Path

import streamlit as st

from ae_core.checkpoints.cards import Card
from ae_core.errors import UserError
from ae_core.image_sets import own_picture
from ae_core.image_sets.own_picture import ImageShape
from ae_core.images.form import LIGHT
from ae_core.texts import _
from ae_core.types import Pixels
from ae_core.uploads.separate.reading import read_picture
from pages.ui.browser.components import component
from pages.ui.shared import cached

_BRUSH = component(Path(__file__).parent, "brush")


def show(card: Card, *, key: str) -> Pixels | None:
    """What was painted, as an image for the model, (1, c, h, w); None of empty paper.

    Whoever leaves the page finds it again on coming back.

    Raises:
        UserError: the browser sent something that is no picture.
    """
    ground, pen = _shades(card)
    kept = f"{key}-{card.image_set}"
    before = st.session_state.get(kept, "")
    channels = card.image_shape[0]
    words = {
        "paper": _("Paper to paint on with mouse, pen or finger"),
        "keys": _(
            "Paper to paint on. Arrow keys move the brush, Home, End, Page up and Page down"
            " slantwise, with Shift less far; Space puts it down or lifts it, Delete clears."
        ),
        "down": _("Brush down."), "lifted": _("Brush lifted."), "cleared": _("Cleared."),
        "shade": _("Colour") if channels == 3 else _("Shade"),
        "width": _("Width"), "undo": _("undo"), "clear": _("clear"),
    }  # fmt: skip
    data = {"key": card.image_set, "ground": ground, "pen": pen, "colour": channels == 3,
            "before": before, "words": words}  # fmt: skip
    result = _BRUSH(
        key=f"{key}-{card.image_set}-brush", data=data, default={"drawing": before},
        on_drawing_change=lambda: None,
    )  # fmt: skip
    address = st.session_state[kept] = str(result.drawing or "")
    return _painted(address, card.image_shape) if address else None


def _shades(card: Card) -> tuple[str, str]:
    """The usual shade of the edges of the model's images, and one that is seen on it."""
    found = cached.own_images(card)
    shades = own_picture.ground(found).int().tolist() if found else [0]
    ground = "#" + "".join(f"{shade:02x}" for shade in (shades * 3)[:3])
    return ground, "#000000" if sum(shades) / len(shades) >= LIGHT else "#ffffff"


def _painted(address: str, image_shape: ImageShape) -> Pixels:
    try:
        data = b64decode(address.partition(",")[2], validate=True)
    except Error as failure:
        raise UserError(
            _("The drawing did not arrive whole. Clear the pad and draw again.")
        ) from failure
    return own_picture.painted(read_picture(data, _("drawing")), image_shape)

"""A picture of one's own, drawn, taken or uploaded: the way to the model's form, the result."""

from __future__ import annotations

import streamlit as st
from PIL import Image

from ae_core import latent
from ae_core.checkpoints.cards import Card
from ae_core.evaluation import metrics
from ae_core.image_sets import own_picture
from ae_core.image_sets.own_picture import OF_DIGITS
from ae_core.images import formats, reading
from ae_core.images.digit_form import Step
from ae_core.settings import MAX_IMAGE_BYTES
from ae_core.texts import _, joined, ngettext
from ae_core.types import Pixels
from ae_core.uploads.separate.reading import read_picture
from pages.ui.browser import brush, built, camera, live_drawing, mounting, told
from pages.ui.drawing import new_pictures, pictures, views
from pages.ui.live_map import code_control
from pages.ui.shared import cached, widgets

MAX_UPLOADS = 10
TAKEN = "reconstruct:taken"


def form_of(card: Card, picture: Image.Image) -> list[Step]:
    """Every step from a picture to the form of the model's images.

    Raises:
        UserError: it cannot be brought into that form.
    """
    found = None if card.image_set in OF_DIGITS else cached.own_images(card)
    return own_picture.steps(picture, card.image_set, card.image_shape, found)


def one_picture(card: Card, image: Pixels, number: int = 0) -> None:
    """One picture as the model sees it, (1, c, h, w), as it draws it again, and the difference.

    `number` tells it from others on the page.
    """
    x = image.float().div(255)
    x_hat = cached.load(card).model(x)
    left, middle, right = st.columns(3)
    with left:
        pictures.big(views.digits(x)[0], _("The picture as the model sees it"))
        st.caption(_("What the model sees"))
    with middle:
        pictures.big(views.digits(x_hat)[0], _("The picture as the model draws it again"))
        st.caption(
            ngettext(
                "What it draws again, from {count:,} number",
                "What it draws again, from {count:,} numbers",
                card.latent_dim,
            )
        )
    with right:
        lost = pictures.difference(views.digits(x_hat)[0], views.digits(x)[0])
        pictures.big(lost, _("The difference between the two"))
        error, usual = float(metrics.mse(x_hat, x)), card.metrics["mse"]
        st.caption(
            _(
                "Difference: MSE {error:.4f}, {times:.1f} times the usual {usual:.4f} (lower is"
                " better)",
                error=error,
                times=error / usual,
                usual=usual,
            )
        )
    if st.button(_("Its place on the map"), icon=":material/map:", key=f"place-{number}"):
        code_control.move(card, latent.encode(cached.load(card).model, image)[0])
        st.switch_page("../latent_space.py")


@st.fragment
def drawing(card: Card) -> None:
    """The drawing pad and what becomes of the drawing; in the browser, where that can."""
    if card.image_set not in OF_DIGITS:
        _painting(card)
        return
    if not built.files():
        without = _("Without it there is no pad: upload a picture instead.")
        st.info(joined(mounting.why_not(), without))
        return
    with widgets.shown_errors():
        reason = mounting.why_not()
        st.caption(
            reason
            or _(
                "Draw one digit, as large as the pad, and watch what the model makes of it, stroke"
                " by stroke."
            )
        )
        pad = st.container(key="drawing-place")
        cards = [] if reason else [card, *told.beside(card)]
        with pad:
            drawn = live_drawing.show(cards)
        if drawn is None:
            st.info(_("Draw a digit on the pad."), icon=":material/draw:")
            return
        steps = form_of(card, drawn)
        if reason:
            one_picture(card, own_picture.image_of(steps))
        new_pictures.way_there(steps)


def _painting(card: Card) -> None:
    """A brush in the colours of the model's images, and what it makes of what was painted."""
    with widgets.shown_errors():
        st.caption(_("Paint a picture like those that the model learned from."))
        image = brush.show(card, key="painting")
        if image is not None:
            one_picture(card, image)


@st.fragment
def upload(card: Card) -> None:
    """Pictures from a person's own device."""
    of_digits = card.image_set in OF_DIGITS
    label = _("A photo, scan or drawing of one digit each ({formats})", formats=formats.named())
    if not of_digits:
        label = _(
            "Pictures like those that the model learned from ({formats})", formats=formats.named()
        )
    files = st.file_uploader(
        label,
        type=list(formats.ENDINGS),
        accept_multiple_files=True,
        max_upload_size=MAX_IMAGE_BYTES >> 20,
        key="files",
    )
    if not files:
        _what_to_bring(of_digits=of_digits)
    for number, file in enumerate(files[:MAX_UPLOADS]):
        if len(files) > 1:
            st.text(reading.quoted(file.name))
        _shown(card, file.getvalue(), file.name, number)
    if len(files) > MAX_UPLOADS:
        st.caption(
            ngettext(
                "These are the first {first} of {count} picture.",
                "These are the first {first} of {count} pictures.",
                len(files),
                first=MAX_UPLOADS,
            )
        )


@st.fragment
def taken(card: Card) -> None:
    """The last picture from the camera."""

    def keep(data: bytes) -> None:
        st.session_state[TAKEN] = data

    camera.show(_("Take a picture"), key="camera", then=keep)
    if TAKEN in st.session_state:
        _shown(card, st.session_state[TAKEN], _("picture from the camera"))
    else:
        _what_to_bring(of_digits=card.image_set in OF_DIGITS)


def _shown(card: Card, data: bytes, name: str, number: int = 0) -> None:
    with widgets.shown_errors():
        steps = form_of(card, read_picture(data, name))
        one_picture(card, own_picture.image_of(steps), number)
        new_pictures.way_there(steps)


def _what_to_bring(*, of_digits: bool) -> None:
    said = _(
        "Bring a picture of your own: it is brought into the form of the set's images, step by"
        " step, and the model draws it again."
    )
    if of_digits:
        said = _(
            "Bring a picture of a digit: pen on paper, chalk on a board, any size and colour."
            " It is found, turned to white on black, and centred, step by step."
        )
    st.info(said, icon=":material/image:")

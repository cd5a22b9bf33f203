"""A digit of one's own, drawn or uploaded: each step to the model's form, and the result."""

from __future__ import annotations

import streamlit as st
import torch
from PIL import Image

from ae_core.checkpoints.cards import Card
from ae_core.errors import UserError
from ae_core.evaluation import metrics
from ae_core.images import digit_form, formats, reading
from ae_core.images.digit_form import Step
from ae_core.settings import MAX_IMAGE_BYTES
from ae_core.texts import _, joined, ngettext
from pages.ui.browser import built, live_drawing, mounting
from pages.ui.drawing import pictures, views
from pages.ui.shared import cached, widgets

MAX_UPLOADS = 10


def form_of(card: Card, picture: Image.Image) -> list[Step]:
    """Every step from a drawing or picture to the model's form.

    Raises:
        UserError: it holds no digit, or the model does not take digits.
    """
    if card.image_shape != (1, 28, 28):
        raise UserError(_("This model does not take digits. Choose another one in the sidebar."))
    return digit_form.digit_steps(picture)


def one_digit(card: Card, steps: list[Step]) -> None:
    """One digit as the model sees it, as it draws it again, and the difference."""
    x = torch.from_numpy(steps[-1].image).float().div(255)[None, None]
    x_hat = cached.load(card).model(x)
    left, middle, right = st.columns(3)
    with left:
        pictures.big(steps[-1].image, _("The digit as the model sees it"))
        st.caption(_("What the model sees"))
    with middle:
        pictures.big(views.digits(x_hat)[0], _("The digit as the model draws it again"))
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


def way_there(steps: list[Step]) -> None:
    """The steps from a picture to what the model sees."""
    st.markdown(_("**On the way there**"))
    for column, step in zip(st.columns(len(steps)), steps, strict=True):
        with column:
            pictures.big(step.image, step.title)
            st.caption(f"**{step.title}.** {step.explanation}")


@st.fragment
def drawing(card: Card) -> None:
    """The drawing pad and what becomes of the drawing; in the browser, where that can."""
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
        pad = st.container()
        cards = [] if reason else [card, *mounting.beside(card)]
        with pad:
            drawn = live_drawing.show(cards)
        if drawn is None:
            st.info(_("Draw a digit on the pad."), icon=":material/draw:")
            return
        steps = form_of(card, drawn)
        if reason:
            one_digit(card, steps)
        way_there(steps)


@st.fragment
def upload(card: Card) -> None:
    """Pictures from a person's own device."""
    files = st.file_uploader(
        _("A photo, scan or drawing of one digit each ({formats})", formats=formats.named()),
        type=list(formats.ENDINGS),
        accept_multiple_files=True,
        max_upload_size=MAX_IMAGE_BYTES >> 20,
        key="files",
    )
    if not files:
        st.info(
            _(
                "Drop a picture of a digit: pen on paper, chalk on a board, any size and colour."
                " It is found, turned to white on black, and centred, step by step."
            ),
            icon=":material/image:",
        )
    for file in files[:MAX_UPLOADS]:
        if len(files) > 1:
            st.text(reading.quoted(file.name))
        with widgets.shown_errors():
            picture = reading.read(file.getvalue(), widgets.as_text(file.name))
            steps = form_of(card, picture)
            one_digit(card, steps)
            way_there(steps)
    if len(files) > MAX_UPLOADS:
        st.caption(
            ngettext(
                "These are the first {first} of {count} picture.",
                "These are the first {first} of {count} pictures.",
                len(files),
                first=MAX_UPLOADS,
            )
        )

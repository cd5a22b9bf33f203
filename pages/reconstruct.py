"""Reconstruct: originals over their reconstructions over the differences; one's own digit too."""

import streamlit as st
import torch

from ae_core import digit_form, images, latent, metrics
from ae_core.cards import Card
from ae_core.digit_form import Step
from ae_core.errors import UserError
from ae_core.settings import MAX_IMAGE_BYTES
from pages.ui import (
    built,
    cached,
    choosing,
    image_errors,
    live,
    live_drawing,
    own_views,
    pictures,
    views,
    widgets,
)
from pages.ui.pictures import Row

SOURCES = ("test images", "draw", "upload")
MAX_UPLOADS = 10


def show(card: Card, x: torch.Tensor, names: list[str]) -> None:
    """Draw originals, reconstructions and differences of images, (n, c, h, w)."""
    x_hat = latent.reconstruct(cached.load(card).model, (x * 255).round().to(torch.uint8))
    errors = metrics.mse(x_hat, x).tolist()
    before, after = views.digits(x), views.digits(x_hat)
    lost = [pictures.difference(b, a) for b, a in zip(after, before, strict=True)]
    pictures.strip(
        [
            Row("Original", before, names),
            Row("Reconstruction", after, [f"{name}, reconstructed" for name in names]),
            Row(
                "Difference",
                lost,
                [f"{name}, difference" for name in names],
                [f"{error:.4f}" for error in errors],
            ),
        ]
    )
    st.caption(
        "Under each image its error (MSE, lower is better). In the difference, orange is ink drawn"
        " where there was none, blue is ink left out, black is right."
    )


@st.fragment
def test_images(card: Card) -> None:
    """A choice of ten test images."""
    with widgets.shown_errors():
        found = widgets.images_for(card)
        picture = st.container()
        indices = choosing.choose(found, card)
        with picture:
            names = [f"A {found.classes[found.test_labels[i]]}, test image {i}" for i in indices]
            show(card, found.test[indices].float().div(255), names)
        if found.name == card.image_set:
            error = card.metrics["mse"]
        elif measured := image_errors.of([card], found, count=len(found.test)):
            error = float(measured[card.name].tensors["mse"].mean())
        else:
            return
        st.caption(
            f"Over all {len(found.test):,} test images of {found.title} the mean error is"
            f" {error:.4f}."
        )


def form_of(card: Card, data: bytes, name: str) -> list[Step]:
    """Every step of a drawing or picture on the way into the model's form.

    Raises:
        UserError: it is no picture, there is no digit on it, or the model takes none.
    """
    if card.image_shape != (1, 28, 28):
        raise UserError("This model does not take digits. Choose another one in the sidebar.")
    return digit_form.digit_steps(images.read(data, name))


def one_digit(card: Card, steps: list[Step]) -> None:
    """One digit as the model sees it, as it draws it again, and the difference."""
    x = torch.from_numpy(steps[-1].image).float().div(255)[None, None]
    x_hat = cached.load(card).model(x)
    left, middle, right = st.columns(3)
    with left:
        pictures.big(steps[-1].image, "The digit as the model sees it")
        st.caption("What the model sees")
    with middle:
        pictures.big(views.digits(x_hat)[0], "The digit as the model draws it again")
        st.caption(f"What it draws again, from {card.latent_dim} numbers")
    with right:
        lost = pictures.difference(views.digits(x_hat)[0], views.digits(x)[0])
        pictures.big(lost, "The difference between the two")
        error, usual = float(metrics.mse(x_hat, x)), card.metrics["mse"]
        st.caption(
            f"Difference: MSE {error:.4f}, {error / usual:.1f} times the usual {usual:.4f}"
            " (lower is better)"
        )


def way_there(steps: list[Step]) -> None:
    """What happens to a picture before a model sees it."""
    st.markdown("**On the way there**")
    for column, step in zip(st.columns(len(steps)), steps, strict=True):
        with column:
            pictures.big(step.image, step.title)
            st.caption(f"**{step.title}.** {step.explanation}")


@st.fragment
def drawing(card: Card) -> None:
    """The drawing pad and what becomes of the drawing; in the browser, where that can."""
    if not built.files():
        st.info(f"{live.why_not()} Without it there is no pad: upload a picture instead.")
        return
    with widgets.shown_errors():
        reason = live.why_not()
        st.caption(
            reason
            or "Draw one digit, as large as the pad, and watch what the model makes of it, stroke"
            " by stroke."
        )
        pad = st.container()
        cards = [] if reason else [card, *live.beside(card)]
        with pad:
            data = live_drawing.show(cards)
        if data is None:
            st.info("Draw a digit on the pad.", icon=":material/draw:")
            return
        steps = form_of(card, data, "drawing")
        if reason:
            one_digit(card, steps)
        way_there(steps)


@st.fragment
def upload(card: Card) -> None:
    """Pictures from a person's own device."""
    files = st.file_uploader(
        "A photo, scan or drawing of one digit each (PNG, JPEG or WebP)",
        type=["png", "jpg", "jpeg", "webp"],
        accept_multiple_files=True,
        max_upload_size=MAX_IMAGE_BYTES >> 20,
        key="files",
    )
    if not files:
        st.info(
            "Drop a picture of a digit: pen on paper, chalk on a board, any size and colour."
            " It is found, turned to white on black, and centred, step by step.",
            icon=":material/image:",
        )
    for file in files[:MAX_UPLOADS]:
        if len(files) > 1:
            st.text(images.quoted(file.name))
        with widgets.shown_errors():
            steps = form_of(card, file.getvalue(), widgets.as_text(file.name))
            one_digit(card, steps)
            way_there(steps)
    if len(files) > MAX_UPLOADS:
        st.caption(f"These are the first {MAX_UPLOADS} of {len(files)} pictures.")


st.header("Reconstruct", anchor=False)
with widgets.shown_errors():
    card = widgets.picked_model()
    st.caption(
        f"{own_views.squeeze(card)} Look for what got lost, then try the worst ones, or a digit of"
        " your own."
    )
    source = widgets.one_of("Images from", SOURCES, key="source", label_visibility="collapsed")
    {"test images": test_images, "draw": drawing, "upload": upload}[source](card)
    if source == "test images":
        own_views.show_images(card)

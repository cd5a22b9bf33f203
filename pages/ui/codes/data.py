"""What every part of the page Codes starts from: test images with their codes, and one of them."""

from __future__ import annotations

from typing import Any

import streamlit as st
import torch

from ae_core import analyses
from ae_core.checkpoints.cards import Card
from ae_core.image_sets import ImageSet
from ae_core.latent import coded_images
from ae_core.latent.coded_images import Coded
from ae_core.texts import N_, _, ngettext
from pages.ui.drawing import picture_buttons, views
from pages.ui.live_map import on_map
from pages.ui.shared import cached, choosing, widgets
from pages.ui.shared.waiting import Spinner
from pages.ui.state import current
from pages.ui.state.declared import Codes

MEASURES = {
    "ink": N_("ink"),
    "slant": N_("slant"),
    "width": N_("width"),
    "height": N_("height"),
    "loops": N_("loops"),
}
"""What the measures of an image are called."""


@st.cache_resource(
    max_entries=16, show_spinner=Spinner(N_("Encoding the images")), hash_funcs=cached.BY_CONTENT
)
def coded(card: Card, images: ImageSet) -> Coded:
    """Test images with their codes: those that ship with the model, or up to 10,000."""
    return coded_images.coded(cached.load(card), images, at_once=True)


def asked(card: Card, images: ImageSet, **more: Any) -> dict[str, Any]:
    """A question about a model and an image set."""
    return {"model": analyses.of(card), "images": images.key.to_dict(), **more}


def images_and_codes(card: Card) -> tuple[ImageSet, Coded]:
    """A model's images, and the codes of the test images; says how many codes are not finite."""
    images = widgets.images_for(card)
    found = coded(card, images)
    say_left_out(found.left_out)
    return images, found


def say_left_out(count: int) -> None:
    """Say how many codes are not finite, where there are such."""
    if count:
        st.warning(
            ngettext(
                "Left out: {count:,} image with infinity or NaN in the code.",
                "Left out: {count:,} images with infinity or NaN in the code.",
                count,
            )
        )


def name_of(images: ImageSet, number: int) -> str:
    """A test image in words."""
    return _("{name}, test image {number}", name=_class_of(images, number), number=number)


def alt_of(images: ImageSet, number: int) -> str:
    """A test image in words, for who cannot see it."""
    return _("A {name}, test image {number}", name=_class_of(images, number), number=number)


def chosen(card: Card, images: ImageSet, found: Coded) -> list[int]:
    """The control for which test images to offer, of those with codes, and their numbers."""
    return choosing.choose(images, card, found.rows) or found.rows[: choosing.COUNT].tolist()


def picked(card: Card, images: ImageSet, found: Coded) -> int:
    """The control for one test image, and its row among those with codes; kept in the address."""
    numbers = chosen(card, images, found)
    number = _number(found, numbers)

    def take(index: int) -> None:
        current.change(Codes, image=numbers[index])

    picture_buttons.row(
        views.digits(images.test[numbers].float().div(255)),
        [alt_of(images, n) for n in numbers],
        key="digit-row", label=_("Choose a test image"), then=take,
        pressed=[numbers.index(number)] if number in numbers else [],
    )  # fmt: skip
    place = found.place(number)
    assert place is not None
    on_map.button(card, found.z[place])
    return place


def _class_of(images: ImageSet, number: int) -> str:
    return images.classes[int(images.test_labels[number])]


def _number(found: Coded, otherwise: list[int]) -> int:
    """The chosen test image, if it has a code."""
    number = current.of(Codes).image
    if number is not None and found.place(number) is not None:
        return number
    current.leave_out(Codes, "image")
    return otherwise[min(3, len(otherwise) - 1)]


def floats(x: torch.Tensor) -> torch.Tensor:
    """Stored images in [0, 1]."""
    return x.float().div(255)


def title(card: Card) -> str:
    """The model's name as Markdown shows it."""
    return widgets.as_text(card.title.partition(" · ")[0])

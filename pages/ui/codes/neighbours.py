"""The nearest test images of one, by their codes and by their pixels."""

from __future__ import annotations

from collections import Counter

import streamlit as st
import torch

from ae_core import latent
from ae_core.checkpoints.cards import Card
from ae_core.image_sets import ImageSet
from ae_core.latent import neighbours
from ae_core.latent.coded_images import Coded
from ae_core.latent.neighbours import Near
from ae_core.texts import N_, _, joined, ngettext
from ae_core.types import Pixels
from pages.ui.codes import data
from pages.ui.drawing import new_pictures, pictures, views
from pages.ui.drawing.new_pictures import NewPictures
from pages.ui.drawing.pictures import Row
from pages.ui.shared import cached, widgets
from pages.ui.shared.waiting import Spinner

COUNT = 5


@st.cache_data(max_entries=512, show_spinner=False, hash_funcs=cached.BY_CONTENT)
def _near(card: Card, images: ImageSet, row: int) -> Near:
    return neighbours.of(data.coded(card, images), row, COUNT)


@st.cache_data(
    max_entries=32, show_spinner=Spinner(N_("Comparing neighbours")), hash_funcs=cached.BY_CONTENT
)
def _shares(card: Card, images: ImageSet) -> tuple[float, float, float]:
    return neighbours.shares(data.coded(card, images), COUNT)


@st.fragment(key="neighbours")
def show(card: Card) -> None:
    """An image with two rows of five: one of the test images, or one that a person brings."""
    with widgets.shown_errors():
        images, found = data.images_and_codes(card)
        place = st.container(key="neighbours")
        row = data.picked(card, images, found)
        new = None
        with new_pictures.expander(), widgets.shown_errors():
            new = new_pictures.brought(card, images, key="neighbours", most=1)
        with place:
            if new is None:
                _of_test_image(card, images, found, row)
            else:
                _of_new_picture(card, images, found, new)
        _search(card, images, found)


def _of_test_image(card: Card, images: ImageSet, found: Coded, row: int) -> None:
    near, own = _near(card, images, row), int(found.labels[row])
    number = int(found.rows[row])
    said = _(
        "**{by_code} of the nearest by code and {by_pixels} of the nearest by pixels are of its"
        " class; the two rows share {shared} of {all}.**",
        by_code=_right(found.labels, near.by_code, own),
        by_pixels=_right(found.labels, near.by_pixels, own),
        shared=len(set(near.by_code) & set(near.by_pixels)),
        all=len(near.by_code),
    )
    alt, name = data.alt_of(images, number), data.name_of(images, number)
    _both(images, found, near, found.x[row : row + 1], (alt, name, said), own)


def _of_new_picture(card: Card, images: ImageSet, found: Coded, new: NewPictures) -> None:
    near = neighbours.of_new(found, latent.encode(cached.load(card).model, new.x), new.x, COUNT)
    by_code, by_pixels = (
        _most_frequent(images, found, rows) for rows in (near.by_code, near.by_pixels)
    )
    said = _(
        "**Of the {all} nearest by code {by_code}, of those by pixels {by_pixels}.**",
        all=len(near.by_code), by_code=by_code, by_pixels=by_pixels,
    )  # fmt: skip
    _both(images, found, near, new.x, (new.names[0], new.names[0], said), None)


def _most_frequent(images: ImageSet, found: Coded, rows: list[int]) -> str:
    label, count = Counter(found.labels[rows].tolist()).most_common(1)[0]
    name = widgets.as_text(images.classes[label])
    return ngettext("{count} is {name}", "{count} are {name}", count, name=name)


def _both(
    images: ImageSet,
    found: Coded,
    near: Near,
    image: Pixels,
    words: tuple[str, str, str],
    own: int | None,
) -> None:
    """An image beside its neighbours by code and by pixels.

    Args:
        image: (1, c, h, w).
        words: the image in words, its name, and what its neighbours are.
        own: its class, where that is known.
    """
    alt, name, said = words
    left, right = st.columns([1, 3], vertical_alignment="center")
    with left:
        pictures.big(views.digits(data.floats(image))[0], alt)
        st.caption(widgets.as_text(name))
    with right:
        st.markdown(said)
        pictures.strip(
            [
                _row(_("By code"), images, found, near.by_code, own),
                _row(_("By pixels"), images, found, near.by_pixels, own),
            ]
        )


def _search(card: Card, images: ImageSet, found: Coded) -> None:
    """What was searched, and how often the neighbours of its images are of their class."""
    by_code, by_pixels, both = _shares(card, images)
    count = len(found.z)
    st.caption(
        joined(
            _("Of its class ✓, of another ✗."),
            ngettext("Searched: {count:,} test image.", "Searched: {count:,} test images.", count),
            _(
                "For {judged} of them, {by_code:.0%} of the five nearest by code and"
                " {by_pixels:.0%} of those by pixels are of the same class, and the two share"
                " {both:.0%}.",
                judged=min(neighbours.JUDGED, count), by_code=by_code, by_pixels=by_pixels,
                both=both,
            ),
        )
    )  # fmt: skip


def _right(labels: torch.Tensor, rows: list[int], own: int) -> int:
    return int((labels[rows] == own).sum())


def _row(label: str, images: ImageSet, found: Coded, rows: list[int], own: int | None) -> Row:
    alts, captions = [], []
    for number, row in enumerate(rows, 1):
        name, same = images.classes[int(found.labels[row])][:12], int(found.labels[row]) == own
        alt = N_("{row}, neighbour {number}: {name}, another class")
        if own is None:
            alt = N_("{row}, neighbour {number}: {name}")
        elif same:
            alt = N_("{row}, neighbour {number}: {name}, same class")
        alts.append(_(alt, row=label, number=number, name=name))
        captions.append(name if own is None else f"{'✓' if same else '✗'} {name}")
    return Row(label, views.digits(data.floats(found.x[rows])), alts, captions)

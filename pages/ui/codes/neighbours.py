"""The nearest test images of one, by their codes and by their pixels."""

from __future__ import annotations

import streamlit as st
import torch

from ae_core.checkpoints.cards import Card
from ae_core.image_sets import ImageSet
from ae_core.latent import neighbours
from ae_core.latent.neighbours import Near
from ae_core.texts import N_, _, joined, ngettext
from pages.ui.codes import data
from pages.ui.drawing import pictures, views
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
    """Two rows of five, classes right and wrong marked."""
    with widgets.shown_errors():
        images, found = data.images_and_codes(card)
        place = st.container()
        row = data.picked(card, images, found)
        near = _near(card, images, row)
        x, own = data.floats(found.x), int(found.labels[row])
        shared = len(set(near.by_code) & set(near.by_pixels))
        with place:
            left, right = st.columns([1, 3], vertical_alignment="center")
            with left:
                digit = views.digits(x[row : row + 1])[0]
                number = int(found.rows[row])
                pictures.big(digit, data.alt_of(images, number))
                st.caption(widgets.as_text(data.name_of(images, number)))
            with right:
                st.markdown(
                    _(
                        "**{by_code} of the nearest by code and {by_pixels} of the nearest by"
                        " pixels are of its class; the two rows share {shared} of {all}.**",
                        by_code=_right(found.labels, near.by_code, own),
                        by_pixels=_right(found.labels, near.by_pixels, own),
                        shared=shared,
                        all=len(near.by_code),
                    )
                )
                pictures.strip(
                    [
                        _row(_("By code"), found.labels, x, near.by_code, own, images.classes),
                        _row(_("By pixels"), found.labels, x, near.by_pixels, own, images.classes),
                    ]
                )
        by_code, by_pixels, both = _shares(card, images)
        few = len(found.z)
        st.caption(
            joined(
                _("Of its class ✓, of another ✗."),
                ngettext(
                    "Searched: {count:,} test image.", "Searched: {count:,} test images.", few
                ),
                _(
                    "For {judged} of them, {by_code:.0%} of the five nearest by code and"
                    " {by_pixels:.0%} of those by pixels are of the same class, and the two share"
                    " {both:.0%}.",
                    judged=min(neighbours.JUDGED, few),
                    by_code=by_code,
                    by_pixels=by_pixels,
                    both=both,
                ),
            )
        )


def _right(labels: torch.Tensor, rows: list[int], own: int) -> int:
    return int((labels[rows] == own).sum())


def _row(
    label: str,
    labels: torch.Tensor,
    x: torch.Tensor,
    rows: list[int],
    own: int,
    classes: tuple[str, ...],
) -> Row:
    alts, captions = [], []
    for number, row in enumerate(rows, 1):
        name, same = classes[int(labels[row])][:12], int(labels[row]) == own
        alt = (
            _("{row}, neighbour {number}: {name}, same class", row=label, number=number, name=name)
            if same
            else _(
                "{row}, neighbour {number}: {name}, another class",
                row=label,
                number=number,
                name=name,
            )
        )
        alts.append(alt)
        captions.append(f"{'✓' if same else '✗'} {name}")
    return Row(label, views.digits(x[rows]), alts, captions)

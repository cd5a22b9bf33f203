"""The nearest test images of one, by their codes and by their pixels."""

from __future__ import annotations

import streamlit as st
import torch

from ae_core.checkpoints.cards import Card
from ae_core.image_sets import ImageSet
from ae_core.latent import neighbours
from ae_core.latent.neighbours import Near
from pages.ui.codes import data
from pages.ui.drawing import pictures, views
from pages.ui.drawing.pictures import Row
from pages.ui.shared import cached, widgets

COUNT = 5


@st.cache_data(max_entries=512, show_spinner=False, hash_funcs=cached.BY_CONTENT)
def _near(card: Card, images: ImageSet, row: int) -> Near:
    return neighbours.of(data.coded(card, images), row, COUNT)


@st.cache_data(max_entries=32, show_spinner="Comparing neighbours", hash_funcs=cached.BY_CONTENT)
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
                name = data.name_of(images, int(found.rows[row]))
                pictures.big(digit, f"A {name}")
                st.caption(widgets.as_text(name))
            with right:
                st.markdown(
                    f"**{_right(found.labels, near.by_code, own)} of the nearest by code and"
                    f" {_right(found.labels, near.by_pixels, own)} of the nearest by pixels are of"
                    f" its class; the two rows share {shared} of {len(near.by_code)}.**"
                )
                pictures.strip(
                    [
                        _row("By code", found.labels, x, near.by_code, own, images.classes),
                        _row("By pixels", found.labels, x, near.by_pixels, own, images.classes),
                    ]
                )
        by_code, by_pixels, both = _shares(card, images)
        few = len(found.z)
        st.caption(
            f"Of its class ✓, of another ✗. Searched: {few:,} test images. For"
            f" {min(neighbours.JUDGED, few)} of them, {by_code:.0%} of the five nearest by code"
            f" and {by_pixels:.0%} of those by pixels are of the same class, and the two share"
            f" {both:.0%}."
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
    names = [classes[int(labels[row])][:12] for row in rows]
    marks = ["✓" if int(labels[row]) == own else "✗" for row in rows]
    return Row(
        label,
        views.digits(x[rows]),
        [
            f"{label}, neighbour {i + 1}: {n}, {'same' if m == '✓' else 'another'} class"
            for i, (n, m) in enumerate(zip(names, marks, strict=True))
        ],
        [f"{m} {n}" for m, n in zip(marks, names, strict=True)],
    )

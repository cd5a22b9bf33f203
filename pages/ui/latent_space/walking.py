"""A walk between the codes of two real digits, played as a film and laid out as a strip."""

from __future__ import annotations

import streamlit as st
import torch

from ae_core import latent
from ae_core.checkpoints.cards import Card
from ae_core.texts import _
from pages.ui.drawing import pictures, views
from pages.ui.shared import cached, choosing, widgets
from pages.ui.state import current
from pages.ui.state.declared import Walk

STEPS = 24
WAYS = {"straight-line": latent.straight_walk, "arc": latent.spherical_walk}


@st.fragment
def walk(card: Card) -> None:
    """Choose two digits and a way between them; watch."""
    with widgets.shown_errors():
        _walk(card)


def _walk(card: Card) -> None:
    st.header(_("Walk from one image to another"), anchor=False)
    controls = st.columns([1, 1, 2, 1.2], vertical_alignment="bottom")
    film, sheet = st.columns([1, 4], vertical_alignment="center")
    codes, labels = cached.codes(card)
    names = cached.class_names(card)
    classes = [names[label] for label in labels.unique().tolist()]
    with controls[0]:
        start = choosing.class_of(classes, Walk, "start", _("From a"), 3)
    with controls[1]:
        end = choosing.class_of(classes, Walk, "end", _("to a"), 8)
    with controls[2]:
        way = widgets.one_of(
            _("by"), Walk, "way", among=tuple(WAYS),
            help=_(
                "An arc keeps its distance from the origin; a straight line passes nearer to it."
            ),
        )  # fmt: skip
    with controls[3]:
        choosing.draw_button(_("Two others"), Walk, "pair")
    pair = current.of(Walk).pair
    ends = [
        _code_of(codes, labels, names.index(c), 2 * pair + i) for i, c in enumerate((start, end))
    ]
    path = WAYS[way](ends[0], ends[1], STEPS)
    frames = views.digits(latent.decode(cached.load(card).model, path))
    along = {"start": start, "end": end, "way": widgets.label_of(way)}
    with film:
        alt = _("A walk from a {start} to a {end}: {way}", **along)
        pictures.film(frames, alt, seconds=STEPS / 10, width=170)
    with sheet:
        alt = _(
            "The {count} steps of a walk from a {start} to a {end}: {way}",
            count=STEPS, **along,
        )  # fmt: skip
        pictures.wide(pictures.montage(frames, STEPS // 2), alt)
        st.caption(
            _(
                "Both ends are codes of real test images. What lies between was never drawn by"
                " anyone: look whether each step still looks like one of them."
            )
        )


def _code_of(codes: torch.Tensor, labels: torch.Tensor, label: int, draw: int) -> torch.Tensor:
    own = codes[labels == label]
    return own[draw * 7919 % len(own)]

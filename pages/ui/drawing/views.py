"""Views of a model that more than one page shows."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import streamlit as st
import torch

from ae_core import latent
from ae_core.checkpoints.cards import Card
from ae_core.images.reading import to_bytes
from ae_core.texts import _
from ae_core.types import Latents
from pages.ui.drawing import pictures
from pages.ui.shared import cached, cached_views, widgets

STOPS = 6
STEPS = 14
ROWS = 9


def digits(images: torch.Tensor) -> np.ndarray:
    """Images, (n, 1, h, w) or (n, 3, h, w), as pictures: (n, h, w) or (n, h, w, 3)."""
    arranged = images.squeeze(1) if images.shape[1] == 1 else images.permute(0, 2, 3, 1)
    return arranged.numpy()


def title(text: str, sentence: str) -> None:
    """What a part of a page shows, and one sentence on what to look for."""
    st.header(text, anchor=False)
    st.caption(sentence)


def round_trip(card: Card) -> None:
    """An animated walk through the latent space past codes of several classes, and the map."""
    frames, grid = _round_trip(card)
    left, right = st.columns([1, 2.4], vertical_alignment="center")
    with left:
        pictures.film(
            frames,
            _("An image that changes slowly into others, decoded from a moving code"),
            seconds=len(frames) / 10,
        )
    with right:
        low, high = card.code_low, card.code_high
        pictures.wide(
            grid,
            _(
                "{columns} by {rows} images decoded from codes between {low:.1f} and {high:.1f}:"
                " neighbours look alike",
                columns=3 * ROWS, rows=ROWS, low=low[0], high=high[0],
            ),
        )  # fmt: skip
        st.caption(
            _(
                "**Large:** one code on its way past real images, decoded by *{model}*."
                " **Small:** every place of its map, decoded. Nobody ever made these images.",
                model=widgets.as_text(card.title),
            )
        )


@st.cache_resource(max_entries=8, show_spinner=False, hash_funcs=cached.BY_CONTENT)
def _round_trip(card: Card) -> tuple[pictures.Picture, pictures.Picture]:
    """Frames past typical codes, and the montage of the map: the same for all visitors."""
    model = cached.load(card).model
    stops = latent.typical_codes(*cached.codes(card))[:STOPS]
    walk = torch.cat([latent.straight_walk(a, b, STEPS) for a, b in pairwise(stops)])
    on_map = latent.decode(model, grid_codes(card, ROWS, 3 * ROWS))
    return (
        to_bytes(digits(latent.decode(model, walk))),
        pictures.montage(to_bytes(digits(on_map)), 3 * ROWS),
    )


def grid_codes(
    card: Card, rows: int, columns: int, *, through: torch.Tensor | None = None
) -> Latents:
    """Codes on a grid over the first two axes of the map, (rows * columns, d).

    The plane of the grid holds the code `through`; without one it goes through the middle of the
    map, and where the code names a class, a typical code says which.
    """
    centre, axes, low, high = map_axes(card)
    plane = latent.grid((low[0], low[1]), (high[0], high[1]), rows, columns)
    if through is None:
        named = cached.load(card).model.free_numbers < card.latent_dim
        through = latent.typical_codes(*cached.codes(card))[-1] if named else centre
    foot = through - ((through - centre) @ axes[:2].T) @ axes[:2]
    return foot + plane.flatten(0, 1) @ axes[:2]


def map_axes(card: Card) -> tuple[torch.Tensor, torch.Tensor, list[float], list[float]]:
    """Origin and axes of a model's map, with their ranges.

    Of up to three free numbers the axes are these; of more, the first two principal axes. A single
    one gets a second axis that does not change the image.
    """
    free = cached.load(card).model.free_numbers
    if free <= 3:
        axes = torch.eye(card.latent_dim)[:free]
        low, high = card.code_low[:free], card.code_high[:free]
        if free == 1:
            axes, low, high = torch.cat([axes, 0 * axes]), [*low, -1.0], [*high, 1.0]
        return torch.zeros(card.latent_dim), axes, low, high
    centre, axes, _ = cached_views.free_axes(card)
    low, high = latent.slider_ranges((cached.codes(card)[0] - centre) @ axes.T)
    return centre, axes, low, high


def axis_names(card: Card) -> list[str]:
    """What the axes of a model's map are called."""
    free = cached.load(card).model.free_numbers
    if free <= 3:
        return [f"z[{i}]" if i < free else "" for i in range(3)]
    shares = cached_views.free_axes(card)[2]
    return [
        _("principal axis {number} ({share:.0%} of the spread)", number=number, share=share)
        for number, share in enumerate(shares, 1)
    ]

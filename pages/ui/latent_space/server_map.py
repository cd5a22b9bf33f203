"""The code, its image and its map as the server draws them, for browsers that cannot decode."""

from __future__ import annotations

from functools import partial

import streamlit as st
import torch

from ae_core import latent
from ae_core.checkpoints.cards import Card
from ae_core.texts import _
from pages.ui.browser import debounce
from pages.ui.drawing import charts, pictures, plotted, views
from pages.ui.family_views import family_view
from pages.ui.latent_space import jumps, walking
from pages.ui.live_map import code_control
from pages.ui.shared import cached, widgets
from pages.ui.state.declared import Map

GRID = 20
LAYERS = ("codes", "decoded")
"""What the server can show of what the map can."""


def show(card: Card) -> None:
    """Image and controls, map, and a walk."""
    left, right = st.columns(2)
    with left:
        image(card)
        jumps.show(card)
    with right:
        latent_map(card)
    walking.walk(card)


@st.fragment(key="code")
def image(card: Card) -> None:
    """The decoded image, and beside it everything that moves its code."""
    shown, moved = st.columns([1.25, 1])
    with widgets.shown_errors():
        with shown:
            code_control.picture(card)
        with moved:
            code_control.sliders(card)
        moved_on = partial(debounce.redraw, "map", *family_view.followers(card))
        debounce.after_pause(code_control.text(card), key="pause", then=moved_on)


@st.fragment(key="map")
def latent_map(card: Card) -> None:
    """The test codes by class, or what every place decodes to."""
    with widgets.shown_errors():
        view = widgets.one_of(_("Map"), Map, "view", among=LAYERS, label_visibility="collapsed")
        z = code_control.current(card)
        centre, axes, low, high = views.map_axes(card)
        here = ((z - centre) @ axes.T).tolist()
        names = views.axis_names(card)
        if view == "codes":
            found, labels = cached.codes(card)
            points = ((found - centre) @ axes.T).numpy()
            figure = charts.code_map(
                points, labels.numpy(), cached.class_names(card), low, high, here, names
            )
            plotted.show(
                figure, key=f"codes:{card.name}", on_select=lambda: clicked(card),
                selection_mode="points", config={"displaylogo": False, "scrollZoom": True},
                alt=_("Codes of test images by class; the cross is at {code}", code=here),
            )  # fmt: skip
            return
        plane = views.grid_codes(card, GRID, GRID, through=z)
        sheet = pictures.montage(views.digits(latent.decode(cached.load(card).model, plane)), GRID)
        plotted.show(
            charts.decoded_grid(sheet, low, high, here, names), key=f"decoded:{card.name}",
            config={"displaylogo": False},
            alt=_(
                "{columns} by {rows} images decoded from a grid of codes; the cross is at {code}",
                columns=GRID, rows=GRID, code=here,
            ),
        )  # fmt: skip


def clicked(card: Card) -> None:
    """Go to the code of the point that was clicked."""
    points = st.session_state[f"codes:{card.name}"].selection.points
    if points:
        centre, axes, __, __ = views.map_axes(card)
        found = cached.codes(card)[0]
        place = torch.tensor([float(points[0][axis]) for axis in "xyz"[: len(axes)]])
        code_control.move(card, found[latent.nearest((found - centre) @ axes.T, place)[0]])
    debounce.redraw("code", "map", *family_view.followers(card))

"""Latent space: move a code by hand and see what it decodes to, and where on the map it lies."""

from functools import partial

import streamlit as st
import torch

from ae_core import latent
from ae_core.cards import Card
from ae_core.errors import UserError
from pages.ui import (
    cached,
    charts,
    codes,
    fetching,
    live,
    live_map,
    own_views,
    pictures,
    resting,
    views,
    walking,
    widgets,
)

GRID = 20
EXAMPLE = "0.02, -0.543, …"


@st.fragment(key="hand")
def browser(card: Card) -> None:
    """The live map; where the hand lets go, the rest of the page follows."""
    if live.why_not():  # since the page was drawn
        st.rerun()
    with widgets.shown_errors():
        codes.current(card)
        codes.write_address(card)
        place = st.container()
        jumps(card)
        others = live.beside(card)
        with place:
            live_map.show(card, others, followed_by=own_views.followers(card))


@st.fragment(key="hand")
def hand(card: Card) -> None:
    """The decoded image, and beside it everything that moves its code."""
    shown, moved = st.columns([1.25, 1])
    with widgets.shown_errors():
        with shown:
            codes.picture(card)
        with moved:
            codes.sliders(card)
        moved_on = partial(resting.redraw, "map", *own_views.followers(card))
        resting.when_at_rest(codes.text(card), key="rest", then=moved_on)


def jumps(card: Card) -> None:
    """Two ways to a code far away: a die, and typing."""
    left, right = st.columns(2)
    left.button(
        "Random code", icon=":material/casino:", on_click=roll, args=(card,), width="stretch",
        help="A draw from the normal distribution with the mean and the spread of the codes of"
        " real images.",
    )  # fmt: skip
    right.text_input(
        f"Type a code: {card.latent_dim} numbers, divided by commas", key="typed",
        on_change=type_code, args=(card,), placeholder=f"Type {card.latent_dim} numbers: {EXAMPLE}",
        label_visibility="collapsed",
    )  # fmt: skip
    if message := st.session_state.pop("typed-error", ""):
        st.error(message)


def roll(card: Card) -> None:
    generator = torch.Generator().manual_seed(torch.seed() % 2**31)
    codes.move(card, latent.gaussian_sample(cached.codes(card)[0], generator))


def type_code(card: Card) -> None:
    if not (typed := str(st.session_state.typed).strip()):
        return
    try:
        codes.move(card, latent.parse_code(typed, card.latent_dim))
        st.session_state.typed = ""
    except UserError as failure:
        st.session_state["typed-error"] = str(failure)


@st.fragment(key="map")
def latent_map(card: Card) -> None:
    """The test codes by class, or what every place decodes to."""
    with widgets.shown_errors():
        view = widgets.one_of("Map", ("codes", "decoded"), key="view", label_visibility="collapsed")
        z = codes.current(card)
        codes.write_address(card)
        centre, axes, low, high = views.map_axes(card)
        here = ((z - centre) @ axes.T).tolist()
        names = views.axis_names(card)
        if view == "codes":
            found, labels = cached.codes(card)
            points = ((found - centre) @ axes.T).numpy()
            figure = charts.code_map(
                points, labels.numpy(), cached.class_names(card), low, high, here, names
            )
            st.plotly_chart(
                figure, key=f"codes:{card.name}", on_select=lambda: clicked(card),
                selection_mode="points", config={"displaylogo": False, "scrollZoom": True},
                alt=f"Codes of test images by class; the cross is at {here}",
            )  # fmt: skip
            return
        plane = views.grid_codes(card, GRID, GRID, through=z)
        sheet = pictures.montage(views.digits(latent.decode(cached.load(card).model, plane)), GRID)
        st.plotly_chart(
            charts.decoded_grid(sheet, low, high, here, names), key=f"decoded:{card.name}",
            config={"displaylogo": False},
            alt=f"{GRID} by {GRID} images decoded from a grid of codes; the cross is at {here}",
        )  # fmt: skip


def clicked(card: Card) -> None:
    """Go to the code of the point that was clicked."""
    points = st.session_state[f"codes:{card.name}"].selection.points
    if points:
        centre, axes, _, _ = views.map_axes(card)
        found = cached.codes(card)[0]
        place = torch.tensor([float(points[0][axis]) for axis in "xyz"[: len(axes)]])
        codes.move(card, found[latent.nearest((found - centre) @ axes.T, place)[0]])
    resting.redraw("hand", "map", *own_views.followers(card))


st.header("Latent space", anchor=False)
with widgets.shown_errors():
    card = widgets.picked_model()
    st.caption(
        "Drag anywhere on the map, or move a slider, and watch the digit change. Each place of the"
        " map is an image: draw a digit and see where it lies, walk from one to another."
    )
    fetching.offer_where_missing(card.image_set)
    codes.current(card)
    if reason := live.why_not():
        st.caption(reason)
        left, right = st.columns(2)
        with left:
            hand(card)
            jumps(card)
        with right:
            latent_map(card)
        walking.walk(card)
    else:
        browser(card)
    own_views.show(card)

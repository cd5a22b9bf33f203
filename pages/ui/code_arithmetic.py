"""a + b - c with codes: digits, or the mean of a group that was lassoed on the map."""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st
import torch

from ae_core import code_parts, directions, latent
from ae_core.cards import Card
from ae_core.coded_images import Coded
from ae_core.image_sets import ImageSet
from pages.ui import (
    cached,
    charts,
    code_data,
    code_directions,
    figures,
    links,
    tappable,
    views,
    widgets,
    wrapped,
)

WAYS = ("a + b - c", "a direction")

SLOTS = ("a", "b", "c")
START = (1, 4, 7)
"""Classes in the slots at first, counted from those that there are."""


def show(card: Card) -> None:
    """A sum of three codes, or a direction added to one."""
    with widgets.shown_errors():
        images = widgets.images_for(card)
        found = code_data.coded(card, images)
        code_data.say_left_out(found.left_out)
        if widgets.one_of("Compute", WAYS, key="compute", label_visibility="collapsed") == WAYS[0]:
            _sum(card, images, found)
        else:
            code_directions.show(card)


@st.fragment(key="sum")
def _sum(card: Card, images: ImageSet, found: Coded) -> None:
    with widgets.shown_errors():
        place = st.container()
        with st.container(horizontal=True, vertical_alignment="bottom"):
            slot = _slot()
            use_map = st.toggle("Lasso a group on the map", key="lasso", bind="query-params")
        if use_map:
            _lasso(card, images, found, slot)
        else:
            _strip(card, images, found, slot)
        with place:
            _equation(card, images, found, slot)


def _slot() -> str:
    """The control for the slot that is filled next; a tap on a digit moves it on."""
    if st.session_state.get("slot") not in SLOTS:
        st.session_state["slot"] = SLOTS[0]
    return str(st.segmented_control("Fill", SLOTS, key="slot", required=True))


def _strip(card: Card, images: ImageSet, found: Coded, slot: str) -> None:
    numbers = code_data.chosen(card, images, found)

    def take(index: int) -> None:
        _put(card, slot, [numbers[index]])
        st.session_state["slot"] = SLOTS[(SLOTS.index(slot) + 1) % 3]

    tappable.row(
        views.digits(code_data.floats(images.test[numbers])),
        [f"A {code_data.name_of(images, n)}" for n in numbers],
        key="operands", label=f"Put a digit into {slot}", then=take,
    )  # fmt: skip
    st.caption(f"Tap a digit: it goes into **{slot}**.")


def _equation(card: Card, images: ImageSet, found: Coded, slot: str) -> None:
    model = cached.load(card).model
    operands = [_operand(card, each, found) for each in SLOTS]
    a, b, c = (found.z[rows].mean(0) for rows in operands)
    codes = code_parts.nearest_possible(model, torch.stack([a, b, c, a + b - c]))
    names = [_name(images, found, rows) for rows in operands]
    captions = [f"{each}: {name}" for each, name in zip(SLOTS, names, strict=True)]
    captions[SLOTS.index(slot)] += " ◂"
    wrapped.tiles(
        views.digits(latent.decode(model, codes)),
        [f"{each}, decoded: {name}" for each, name in zip(SLOTS, names, strict=True)]
        + ["The code a + b minus c, decoded"],
        [*captions, "a + b - c"],
        per_row=4,
    )
    far = (codes[3] - found.z).norm(dim=1).min() / max(cached.usual_distance(card), 1e-9)
    where = (
        f"The sum lies {float(far):.1f} times farther from every real code than usual: the decoder"
        " makes something up."
        if far > 1
        else "The sum lies among the codes of real images."
    )
    st.caption(f"Their codes are added and taken away number by number, then decoded. {where}")
    crowds = [rows for rows in operands if 1 < len(rows) < directions.LEAST]
    if crowds:
        st.caption(
            f":material/warning: A group of {len(crowds[0])} is a small one: its mean still looks"
            f" like its members. {directions.LEAST - len(crowds[0])} more make it steady."
        )


def _lasso(card: Card, images: ImageSet, found: Coded, slot: str) -> None:
    centre, axes, low, high = views.map_axes(card)
    every = max(1, len(found.z) // charts.MAX_POINTS)
    rows = torch.arange(0, len(found.z), every)
    points = ((found.z[rows] - centre) @ axes[:2].T).tolist()
    labels = found.labels[rows]
    figure = go.Figure()
    for label in labels.unique().tolist():
        own = (labels == label).nonzero()[:, 0].tolist()
        figure.add_scatter(
            x=[points[i][0] for i in own], y=[points[i][1] for i in own], mode="markers",
            name=images.classes[label][:20], customdata=found.rows[rows[own]].tolist(),
            marker={"size": 5, "color": charts.PALETTE[label % 10], "opacity": 0.75},
            hoverinfo="name",
        )  # fmt: skip
    names = views.axis_names(card)
    figure.update_layout(dragmode="lasso", legend={"orientation": "h", "y": -0.16})
    figure.update_xaxes(range=[low[0], high[0]], title_text=names[0])
    figure.update_yaxes(range=[low[1], high[1]], title_text=names[1])
    key = f"group-{card.name}"

    def lassoed() -> None:
        numbers = []
        for point in st.session_state[key].selection.points:
            number = point.get("customdata")
            numbers.append(number[0] if isinstance(number, list) else number)
        if numbers:
            _put(card, st.session_state.get("slot", slot), numbers)

    figures.show(
        figure, f"Draw a line around some codes: their mean goes into {slot}",
        {
            "test image": found.rows[rows].tolist(), "x": [p[0] for p in points],
            "y": [p[1] for p in points], "class": [images.classes[i] for i in labels.tolist()],
        },
        key=key, height=430, on_select=lassoed, selection_mode=("lasso", "box"),
        config={"displayModeBar": True, "modeBarButtonsToRemove": ["toImage"]},
        alt=f"Map of {len(points):,} codes by class, to lasso a group on",
    )  # fmt: skip


def _operand(card: Card, slot: str, found: Coded) -> list[int]:
    """The rows whose mean code is in a slot: from the session, else the address, else a start."""
    said = links.news(slot)
    if said and said.isdecimal() and len(said) < 9:
        st.session_state[_key(card, slot)] = [int(said)]
    numbers = st.session_state.get(_key(card, slot), [])
    rows = [row for number in numbers if (row := found.place(number)) is not None]
    if rows:
        return rows
    kinds = found.labels.unique()
    label = kinds[START[SLOTS.index(slot)] % len(kinds)]
    own = (found.labels == label).nonzero()[:, 0].tolist()
    return [own[SLOTS.index(slot) % len(own)]]


def _put(card: Card, slot: str, numbers: list[int]) -> None:
    st.session_state[_key(card, slot)] = numbers
    if len(numbers) == 1:
        links.write(slot, str(numbers[0]))
    else:
        links.drop(slot)


def _name(images: ImageSet, found: Coded, rows: list[int]) -> str:
    if len(rows) == 1:
        return f"a {images.classes[int(found.labels[rows[0]])][:14]}"
    return f"mean of {len(rows)}"


def _key(card: Card, slot: str) -> str:
    return f"operand:{card.name}:{slot}"

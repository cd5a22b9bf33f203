"""The map of a plain autoencoder beside that of a variational one, under one cursor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from ae_core import analyses
from ae_core.analyses import Answer
from ae_core.checkpoints.cards import Card
from ae_core.checkpoints.ladders import FAMILIES, PLAIN, VARIATIONAL
from ae_core.errors import UserError
from pages.ui.browser import mounting
from pages.ui.compare import bottleneck
from pages.ui.compare import charts as compare_charts
from pages.ui.drawing import charts, figures, views
from pages.ui.shared import analysis_results, cached, card_text, widgets

KIND = "map_fit"
KEY = "linked-maps"
DIMENSIONS = 2

SHARES = {
    "holes": "draws from where its codes are that fall into holes",
    "holes_of_prior": "draws from N(0, I) that fall into holes",
    "beyond": "codes that N(0, I) does not reach",
    "within": "spread of the codes that is inside of the classes",
}

_LINKED_MAPS = st.components.v2.component("linked_maps", html=mounting.PLACE, js=mounting.LOADER)


def show(card: Card) -> None:
    """The two maps, and below them what differs, in numbers."""
    plain, variational = pair(card)
    if plain.image_set != card.image_set:
        st.info(
            "There are no two maps of two numbers, a plain and a variational one, for"
            f" {widgets.as_text(card_text.set_title(card))}. These are MNIST's."
        )
    cards = (plain, variational)
    _maps(cards)
    _what_differs(cards)


def pair(card: Card) -> tuple[Card, Card]:
    """A plain and a variational model of two numbers: the chosen one with its peer, or MNIST's.

    Raises:
        UserError: there is no such pair.
    """
    cards = cached.available()[0]
    for name in (card.image_set, "mnist"):
        found: dict[str, list[Card]] = {PLAIN: [], VARIATIONAL: []}
        for each in cards:
            kind = FAMILIES.get(each.family, "")
            fits = each.latent_dim == DIMENSIONS and each.image_set == name and not each.noise
            if fits and kind in found:
                found[kind].append(each)
        if all(found.values()):
            first, second = (
                min(some, key=lambda each: (each != card, each.metrics["mse"]))
                for some in found.values()
            )
            return first, second
    raise UserError(
        "Two maps need a plain and a variational model with codes of two numbers. Train ae-2 and"
        " vae-2 on the same images."
    )


@st.fragment
def _maps(cards: Sequence[Card]) -> None:
    with widgets.shown_errors():
        if reason := mounting.why_not():
            st.caption(reason)
            for column, card in zip(st.columns(2), cards, strict=True):
                with column:
                    _still(card)
            return
        data = mounting.data("linkedMaps", models=[mounting.model(card) for card in cards])
        _LINKED_MAPS(key=KEY, data=data, on_failed_change=partial(mounting.failed, KEY))
        st.caption(
            "Move over one map: the other is at the same place. The circles are the prior N(0, I):"
            " about 4 and 9 of 10 draws lie inside of them. Where are they on the plain map?"
        )


def _still(card: Card) -> None:
    codes, labels = cached.codes(card)
    centre, axes, low, high = views.map_axes(card)
    points = ((codes - centre) @ axes.T).numpy()
    classes = cached.class_names(card)
    figure = charts.code_map(
        points, labels.numpy(), classes, low, high, [0.0, 0.0], views.axis_names(card)
    )
    st.markdown(f"**{widgets.as_text(card_text.short_title(card))}**")
    st.plotly_chart(
        figure, key=f"map-{card.name}", config={"displaylogo": False},
        alt=f"Codes of test images by class of {card_text.short_title(card)}; the cross is at the"
        " middle of the prior",
    )  # fmt: skip


@st.fragment
def _what_differs(cards: Sequence[Card]) -> None:
    with widgets.shown_errors():
        known: dict[str, Answer] = {}
        for card in cards:
            analysis_results.show(
                KIND, {"model": analyses.of(card)}, partial(known.__setitem__, card.name),
                words=f"The map of {widgets.as_text(card_text.short_title(card))}",
            )  # fmt: skip
        if len(known) == len(cards):
            draw(cards, [known[card.name].values for card in cards])


def draw(cards: Sequence[Card], values: Sequence[Mapping[str, Any]]) -> None:
    """The shares as bars, with what they mean in words."""
    labels = widgets.labels(cards)
    kept = {name: text for name, text in SHARES.items() if all(v[name] is not None for v in values)}
    figure = go.Figure()
    colours = [bottleneck.COLOURS[kind] for kind in (PLAIN, VARIATIONAL)]
    for card, each, colour in zip(cards, values, colours, strict=True):
        shown = [each[name] for name in kept]
        figure.add_bar(
            y=[text.replace(" that ", "<br>that ") for text in kept.values()], x=shown,
            name=labels[card.name], orientation="h", marker={"color": colour},
            text=[f"{share:.0%}" for share in shown], textposition="outside", cliponaxis=False,
            hovertemplate="%{y}: %{x:.1%}<extra></extra>",
        )  # fmt: skip
    figure.update_xaxes(tickformat=".0%", range=[0, 1.08])
    figure.update_yaxes(autorange="reversed", automargin=True)
    figure.update_layout(barmode="group", legend=compare_charts.LEGEND)
    plain, variational = values
    figures.show(
        figure, finding(plain, variational),
        {"measure": list(kept.values()), **{
            labels[card.name]: [each[name] for name in kept]
            for card, each in zip(cards, values, strict=True)
        }},
        key="map-fit", alt=finding(plain, variational), height=380,
    )  # fmt: skip
    st.markdown("\n".join(f"- {line}" for line in in_words(cards, values)))


def finding(plain: Mapping[str, Any], variational: Mapping[str, Any]) -> str:
    """What differs most, in one sentence."""
    return (
        f"Of draws from where the codes are, {plain['holes']:.0%} fall into holes of the plain map"
        f" and {variational['holes']:.0%} of the variational one"
    )


def in_words(cards: Sequence[Card], values: Sequence[Mapping[str, Any]]) -> list[str]:
    """The other measurements, one a line."""
    plain, variational = values
    holes = (
        "**Holes:** a draw is in a hole where the nearest image's code is farther than 95 % of the"
        " codes are from each other; 5 % would be no holes at all. The draws come from a normal"
        " distribution with the mean and the spread of the codes."
    )
    prior = (
        f"**Prior:** the plain codes spread {plain['spread']:.1f} times as far as N(0, I), the"
        f" variational ones {variational['spread']:.1f} times. From the codes to N(0, I) it is"
        f" {plain['kl']:.2g} nats (KL) and {variational['kl']:.2g}; 0 would be a perfect fit. So"
        f" {1 - plain['beyond']:.0%} of the plain codes lie where the prior draws, and"
        f" {1 - variational['beyond']:.0%} of the variational ones."
        " What the prior does not reach, it never draws."
    )
    lines = [holes, prior]
    for card, each in zip(cards, values, strict=True):
        name = widgets.as_text(card_text.short_title(card))
        if each["times"] is None:
            lines.append(f"**Islands:** {name} has no two classes to compare.")
        else:
            classes = cached.class_names(card)
            wide, narrow = (widgets.as_text(classes[each[key]]) for key in ("widest", "narrowest"))
            lines.append(
                f"**Islands:** in {name} the island of {wide} is {each['times']:.1f} times as wide"
                f" as that of {narrow}."
            )
        if each["left_out"]:
            lines.append(f"{each['left_out']} codes of {name} are NaN and were left out.")
    return lines

"""Copying or learning: how models reconstruct images out of distribution."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import streamlit as st
import torch
from plotly.subplots import make_subplots
from torch import Tensor

from ae_core import palette
from ae_core.checkpoints import ladders
from ae_core.checkpoints.cards import Card
from ae_core.checkpoints.ladders import PLAIN
from ae_core.evaluation import metrics, out_of_distribution
from ae_core.image_sets import ImageSet
from ae_core.images import digit_form, reading
from ae_core.models.base import MNIST_SHAPE
from pages.ui.browser import built, live_drawing, mounting
from pages.ui.compare import charts
from pages.ui.compare import pictures as compare_pictures
from pages.ui.drawing import figures, pictures, views
from pages.ui.drawing.pictures import Row
from pages.ui.shared import cached, comparing, image_errors, widgets

NOT_UPSIDE_DOWN = "4"

LOOKED_AT = 200
"""Test images searched for one that looks different upside down, where there is no 4."""

COPIES = 2
"""Ratio of two models' errors from which only the better one is said to copy."""

COPIED = 0.03
"""Mean squared error below which a shoe can be recognised."""

SYMBOLS = ("triangle-down", "square", "diamond", "x", "circle", "star")
ROW_HEIGHT = 105

Errors = dict[str, dict[str, float]]
"""By model and image."""


def show(card: Card) -> None:
    """The models to choose, images out of distribution through each, and a pad for one's own."""
    cards = comparing.chosen(_small_and_large(card))
    if cards:
        _through_models(cards, widgets.images_for(cards[0]))


def _small_and_large(card: Card) -> list[Card]:
    """The chosen model between plain ones with the smallest and the largest code."""
    ladder = ladders.of(cached.available()[0], card.image_set)
    sizes = [size for size in ladders.sizes(ladder) if size in ladder[PLAIN]]
    ends = [ladder[PLAIN][size] for size in (sizes[1:2] or sizes)[:1] + sizes[-1:]]
    found = {each.name: each for each in (*ends[:1], card, *ends[1:])}
    return [each for each in found.values() if each.image_shape == card.image_shape]


@st.fragment
def _through_models(cards: Sequence[Card], found: ImageSet) -> None:
    with widgets.shown_errors():
        place, chart = st.container(), st.container()
        shown = out_of_distribution.examples(_example(found))
        if cards[0].image_shape == MNIST_SHAPE:
            shown |= _drawn(cards)
        x = torch.stack(list(shown.values()))
        # As bytes, like the images of a set.
        drawn = compare_pictures.drawn(cards, (x * 255).round().to(torch.uint8))
        cards = [card for card in cards if card.name in drawn]
        with chart:
            known = image_errors.of(cards, found)
        tested = {name: answer.tensors["mse"] for name, answer in (known or {}).items()}
        rows = [Row("Original", views.digits(x), list(shown), list(shown))]
        errors: Errors = {}
        for card in cards:
            x_hat = drawn[card.name]
            each = metrics.mse(x_hat, x).tolist()
            errors[card.name] = dict(zip(shown, each, strict=True))
            label = widgets.labels(cards)[card.name]
            texts = [
                f"{error:.3f}" + (f" · {percent(tested[card.name], error)}" if tested else "")
                for error in each
            ]
            alts = [f"{name}, reconstructed by {label}" for name in shown]
            rows.append(Row(label, views.digits(x_hat), alts, texts))
        with place:
            pictures.strip(rows)
            st.caption(
                "Under each its error (MSE), and how many of the test images the model draws with a"
                " smaller one. 100%: stranger than every test image. Who has learned digits turns"
                " all into digits; who only copies lets a shoe through."
            )
        if tested:
            with chart:
                _chart(cards, tested, errors)


def percent(tested: Tensor, error: float) -> str:
    """The share of the test images whose error is smaller, never rounded up."""
    share = float((tested < error).double().mean())
    return "100%" if share == 1 else f"{math.floor(1000 * share) / 10:g}%"


def _example(found: ImageSet) -> Tensor:
    """A test image that looks different upside down, (c, h, w): a 4, where there is one."""
    if NOT_UPSIDE_DOWN in found.classes:
        fours = found.test[found.test_labels == found.classes.index(NOT_UPSIDE_DOWN)]
        if len(fours):
            return fours[0].float().div(255)
    some = found.test[:LOOKED_AT].float().div(255)
    return some[metrics.mse(some.flip(2, 3), some).argmax()]


def _drawn(cards: Sequence[Card]) -> dict[str, Tensor]:
    """The drawing as the models see it, if there is one."""
    st.markdown("**Draw something of your own:** a face, a heart, your initials")
    if not built.files():
        st.caption(f"{mounting.why_not()} Without it there is no pad.")
        return {}
    with widgets.shown_errors():
        data = live_drawing.show([] if mounting.why_not() else cards)
        if data is not None:
            steps = digit_form.digit_steps(reading.read(data, "drawing"))
            return {"yours": torch.from_numpy(steps[-1].image).float().div(255)[None]}
    return {}


def _chart(cards: Sequence[Card], tested: Mapping[str, Tensor], errors: Errors) -> None:
    """The errors of all test images, a row for each model, with a mark for each other image."""
    names = charts.titles(cards)
    marked = [torch.tensor(list(each.values())) for each in errors.values()]
    edges = charts.bins([*tested.values(), *marked])
    middle = np.sqrt(edges[1:] * edges[:-1])
    figure = make_subplots(
        len(cards), 1, shared_xaxes=True, vertical_spacing=0.3 / (len(cards) + 1),
        subplot_titles=[names[card.name] for card in cards],
    )  # fmt: skip
    for row, card in enumerate(cards, 1):
        share = charts.shares(tested[card.name], edges)
        figure.add_scatter(
            x=middle, y=share, mode="lines", fill="tozeroy", row=row, col=1, name="test images",
            line={"color": palette.REFERENCE, "width": 1, "shape": "hvh"}, showlegend=row == 1,
            hoverinfo="skip",
        )  # fmt: skip
        for place, (name, error) in enumerate(errors[card.name].items()):
            colour = palette.HERE if name == "yours" else palette.MODELS[place]
            figure.add_scatter(
                x=[max(error, charts.SMALLEST)], y=[0.3 * float(share.max())], row=row,
                col=1, name=name, mode="markers", showlegend=row == 1, legendgroup=name,
                marker={"symbol": SYMBOLS[place % len(SYMBOLS)], "size": 12, "color": colour,
                        "line": {"width": 1, "color": "#ffffff"}},
                hovertemplate=f"{name}: %{{x:.4f}}, stranger than"
                f" {percent(tested[card.name], error)} of the test images<extra></extra>",
            )  # fmt: skip
    figure.update_yaxes(visible=False)
    figure.update_xaxes(type="log", tickformat="~g", dtick="D2")
    figure.update_xaxes(title={"text": "MSE of an image (logarithmic)"}, row=len(cards), col=1)
    figure.update_layout(legend={"orientation": "h", "y": -0.1 - 0.22 / len(cards)})
    figures.show(
        figure, finding(cards, tested, errors),
        {"model": [names[name] for name, each in errors.items() for _ in each],
         "image": [key for each in errors.values() for key in each],
         "mse": [error for each in errors.values() for error in each.values()],
         "smaller": [percent(tested[name], error) for name, each in errors.items()
                     for error in each.values()]},
        key="out-of-distribution", alt=finding(cards, tested, errors),
        height=ROW_HEIGHT * len(cards) + 170,
    )  # fmt: skip


def finding(cards: Sequence[Card], tested: Mapping[str, Tensor], errors: Errors) -> str:
    """Who copies a shoe, and who makes something of its own of it."""
    labels, key = widgets.labels(cards), "a shoe"
    at = {name: each[key] for name, each in errors.items()}
    most, least = max(at, key=at.__getitem__), min(at, key=at.__getitem__)
    if at[most] >= COPIES * at[least] and at[least] < COPIED:
        return (
            f"{labels[least]} copies a shoe (error {at[least]:.3f}), {labels[most]} makes something"
            f" of its own of it ({at[most]:.3f})"
        )
    share = percent(tested[most], at[most])
    than = "every test image" if share == "100%" else f"{share} of the test images"
    return f"To {labels[most]} a shoe is stranger than {than}"

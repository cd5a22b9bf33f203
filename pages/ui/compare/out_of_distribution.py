"""Copying or learning: how models reconstruct images out of distribution."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import streamlit as st
import torch
from plotly.subplots import make_subplots
from torch import Tensor

from ae_core import numerals, palette
from ae_core.checkpoints import ladders
from ae_core.checkpoints.cards import Card
from ae_core.checkpoints.ladders import PLAIN
from ae_core.evaluation import metrics, out_of_distribution
from ae_core.image_sets import ImageSet
from ae_core.image_sets.own_picture import OF_DIGITS
from ae_core.images import digit_form
from ae_core.texts import N_, _, joined
from pages.ui.browser import brush, built, live_drawing, mounting
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

YOURS = "yours"
NAMES = {**out_of_distribution.NAMES, YOURS: N_("yours")}

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
        shown |= _drawn(cards)
        x = torch.stack(list(shown.values()))
        # As bytes, like the images of a set.
        drawn = compare_pictures.drawn(cards, (x * 255).round().to(torch.uint8))
        cards = [card for card in cards if card.name in drawn]
        with chart:
            known = image_errors.of(cards, found)
        tested = {name: answer.tensors["mse"] for name, answer in (known or {}).items()}
        names = [_(NAMES[each]) for each in shown]
        rows = [Row(_("Original"), views.digits(x), names, names)]
        errors: Errors = {}
        for card in cards:
            x_hat = drawn[card.name]
            each = metrics.mse(x_hat, x).tolist()
            errors[card.name] = dict(zip(shown, each, strict=True))
            label = widgets.labels(cards)[card.name]
            texts = [
                numerals.written(error, ".3f")
                + (f" · {percent(tested[card.name], error)}" if tested else "")
                for error in each
            ]
            alts = [
                _("{image}, reconstructed by {model}", image=name, model=label) for name in names
            ]
            rows.append(Row(label, views.digits(x_hat), alts, texts))
        with place:
            pictures.strip(rows)
            st.caption(
                _(
                    "Under each its error (MSE), and how many of the test images the model draws"
                    " with a smaller one. 100%: stranger than every test image. Who has learned"
                    " its images turns all into such; who only copies lets a shoe through."
                )
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
    st.markdown(_("**Draw something of your own:** a face, a heart, your initials"))
    if cards[0].image_set not in OF_DIGITS:
        painted = brush.show(cards[0], key="painting")
        return {} if painted is None else {YOURS: painted[0].float().div(255)}
    if not built.files():
        st.caption(joined(mounting.why_not(), _("Without it there is no pad.")))
        return {}
    with widgets.shown_errors():
        drawn = live_drawing.show([] if mounting.why_not() else cards)
        if drawn is not None:
            steps = digit_form.digit_steps(drawn)
            return {YOURS: torch.from_numpy(steps[-1].image).float().div(255)[None]}
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
            x=middle, y=share, mode="lines", fill="tozeroy", row=row, col=1, name=_("test images"),
            line={"color": palette.REFERENCE, "width": 1, "shape": "hvh"}, showlegend=row == 1,
            hoverinfo="skip",
        )  # fmt: skip
        for place, (key, error) in enumerate(errors[card.name].items()):
            colour = palette.HERE if key == YOURS else palette.MODELS[place]
            hover = _(
                "{image}: {error}, stranger than {share} of the test images",
                image=_(NAMES[key]), error="%{x:.4f}", share=percent(tested[card.name], error),
            )  # fmt: skip
            figure.add_scatter(
                x=[max(error, charts.SMALLEST)], y=[0.3 * float(share.max())], row=row,
                col=1, name=_(NAMES[key]), mode="markers", showlegend=row == 1, legendgroup=key,
                marker={"symbol": SYMBOLS[place % len(SYMBOLS)], "size": 12, "color": colour,
                        "line": {"width": 1, "color": "#ffffff"}},
                hovertemplate=f"{hover}<extra></extra>",
            )  # fmt: skip
    figure.update_yaxes(visible=False)
    figure.update_xaxes(type="log", tickformat="~g", dtick="D2")
    figure.update_xaxes(title={"text": _("MSE of an image (logarithmic)")}, row=len(cards), col=1)
    figure.update_layout(legend={"orientation": "h", "y": -0.1 - 0.22 / len(cards)})
    figures.show(
        figure, finding(cards, tested, errors),
        {"model": [names[name] for name, each in errors.items() for __ in each],
         "image": [_(NAMES[key]) for each in errors.values() for key in each],
         "mse": [error for each in errors.values() for error in each.values()],
         "smaller": [percent(tested[name], error) for name, each in errors.items()
                     for error in each.values()]},
        key="out-of-distribution", alt=finding(cards, tested, errors),
        height=ROW_HEIGHT * len(cards) + 170,
    )  # fmt: skip


def finding(cards: Sequence[Card], tested: Mapping[str, Tensor], errors: Errors) -> str:
    """Who copies a shoe, and who makes something of its own of it."""
    labels = widgets.labels(cards)
    at = {name: each["shoe"] for name, each in errors.items()}
    most, least = max(at, key=at.__getitem__), min(at, key=at.__getitem__)
    if at[most] >= COPIES * at[least] and at[least] < COPIED:
        return _(
            "{model} copies a shoe (error {error:.3f}), {other} makes something of its own of it"
            " ({other_error:.3f})",
            model=labels[least], error=at[least], other=labels[most], other_error=at[most],
        )  # fmt: skip
    if bool((tested[most] < at[most]).all()):
        return _("To {model} a shoe is stranger than every test image", model=labels[most])
    return _(
        "To {model} a shoe is stranger than {share} of the test images",
        model=labels[most], share=percent(tested[most], at[most]),
    )  # fmt: skip

"""Charts of several models' errors: their distribution, overfitting, and published figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np
import plotly.graph_objects as go
import streamlit as st
import torch
from torch import Tensor

from ae_core import palette, wording
from ae_core.checkpoints.cards import Card
from ae_core.checkpoints.published import is_published, source_of
from ae_core.texts import N_, _, joined, ngettext
from pages.ui.drawing import figures
from pages.ui.shared import card_text, widgets

BAR = 46
"""Pixels for each model among horizontal bars, with room for its name."""

BINS = 40
SMALLEST = 1e-6

BY_HEART, A_LITTLE = 1.25, 1.05
"""Ratios of test to training error that mean overfitting, and a little of it."""

SURE = 3.0
"""The least difference of the two, in standard errors."""

UNITS = {
    "bce": N_("cross-entropy, nats a pixel"),
    "mse": N_("MSE"),
    "nelbo": N_("negative ELBO, nats an image"),
}
MEASURED = {
    "bce": N_(
        "Cross-entropy, nats a pixel, measured here on MNIST's test images; lower is better."
    ),
    "mse": N_("MSE, measured here on MNIST's test images; lower is better."),
    "nelbo": N_(
        "Negative ELBO, nats an image, measured here on MNIST's test images; lower is better."
    ),
}


def titles(cards: Sequence[Card]) -> dict[str, str]:
    """What each model is called in a chart; escaped, since Plotly renders names as HTML."""
    return {name: escape(label) for name, label in widgets.labels(cards).items()}


def bins(errors: Sequence[Tensor]) -> np.ndarray:
    """Edges of logarithmic bins that hold all errors."""
    whole = torch.cat(list(errors)).clamp_min(SMALLEST)
    low, high = float(whole.min()), float(whole.max())
    return np.geomspace(low, max(high, low * 1.01) * 1.001, BINS + 1)


def shares(errors: Tensor, edges: np.ndarray) -> np.ndarray:
    """The share of the errors in each bin."""
    counts = np.histogram(errors.clamp_min(SMALLEST).numpy(), edges)[0]
    return counts / len(errors)


def disagreement(errors: Sequence[Tensor]) -> Tensor:
    """For each image the largest of its errors less the smallest."""
    every = torch.stack(list(errors))
    return every.amax(0) - every.amin(0)


def histogram(cards: Sequence[Card], mse: Mapping[str, Tensor]) -> None:
    """How many images have which error, a line for each model."""
    names, edges = titles(cards), bins(list(mse.values()))
    middle = np.sqrt(edges[1:] * edges[:-1])
    figure, table = go.Figure(), {"mse": middle.tolist()}
    for card, colour in zip(cards, palette.MODELS, strict=False):
        share = shares(mse[card.name], edges)
        table[names[card.name]] = share.tolist()
        hover = _("{model}, MSE about {error}: {share}",
                  model=names[card.name], error="%{x:.4f}", share="%{y:.1%}")  # fmt: skip
        figure.add_scatter(
            x=middle, y=share, name=names[card.name], mode="lines", fill="tozeroy",
            line={"color": colour, "width": 2, "shape": "hvh"},
            hovertemplate=f"{hover}<extra></extra>",
        )  # fmt: skip
    figure.update_xaxes(
        type="log", title={"text": _("MSE of an image (logarithmic)")}, dtick="D2", tickformat="~g"
    )
    figure.update_yaxes(title={"text": _("share of the images")}, tickformat=".0%")
    figure.update_layout(legend=figures.LEGEND, showlegend=True)
    figures.show(
        figure, who_wins(cards, mse), table, key="histogram",
        alt=_("Histogram of the errors of {models}",
              models=", ".join(map(card_text.short_title, cards))),
    )  # fmt: skip


def who_wins(cards: Sequence[Card], mse: Mapping[str, Tensor]) -> str:
    """Which model has the smallest error on most images, in one sentence."""
    labels = widgets.labels(cards)
    count = len(next(iter(mse.values())))
    if len(cards) == 1:
        middle = float(mse[cards[0].name].median())
        return ngettext(
            "Half of {count:,} test image has an error below {error:.4f}",
            "Half of {count:,} test images have an error below {error:.4f}", count, error=middle,
        )  # fmt: skip
    drawn = cards[0].image_set
    seen = [card for card in cards if card.has_seen_test_images and card.image_set == drawn]
    fair = [card for card in cards if card not in seen]
    if len(fair) < 2:
        said = _("There are no two models to rank")
    else:
        errors = torch.stack([mse[card.name] for card in fair]).nan_to_num(nan=float("inf"))
        won = errors.argmin(0).bincount(minlength=len(fair))
        best = int(won.argmax())
        said = ngettext(
            "{model} has the smallest error on {share:.0%} of {count:,} test image",
            "{model} has the smallest error on {share:.0%} of {count:,} test images",
            count, model=labels[fair[best].name], share=float(won[best]) / count,
        )  # fmt: skip
    if not seen:
        return said
    *others, known = (labels[card.name] for card in seen)
    if others:
        known = _("{models} and {last}", models=", ".join(others), last=known)
    return _(
        "{finding}; {models}, trained on these images too, left aside", finding=said, models=known
    )


def train_and_test(cards: Sequence[Card], pairs: Mapping[str, tuple[Tensor, Tensor]]) -> None:
    """The mean error of training images, and of as many test images."""
    names = [titles(cards)[card.name] for card in cards]
    means = {card.name: [float(each.mean()) for each in pairs[card.name]] for card in cards}
    figure = go.Figure()
    for place, (label, colour) in enumerate(
        ((_("training images"), palette.REFERENCE), (_("test images"), palette.BLUE))
    ):
        values = [means[card.name][place] for card in cards]
        figure.add_bar(
            y=names, x=values, name=label, marker={"color": colour}, orientation="h",
            text=[wording.three_digits(value) for value in values], textposition="auto",
            hovertemplate=f"%{{y}}, {label}: MSE %{{x:.5f}}<extra></extra>",
        )  # fmt: skip
    figure.update_xaxes(title={"text": _("MSE, mean")})
    figure.update_yaxes(autorange="reversed", automargin=True)
    figure.update_layout(barmode="group", legend=figures.LEGEND)
    count = max(len(learned) for learned, __ in pairs.values())
    figures.show(
        figure, by_heart(cards, pairs),
        {"model": names, "training": [means[card.name][0] for card in cards],
         "test": [means[card.name][1] for card in cards]},
        key="by-heart", alt=_("Mean error of training and of test images of each model"),
        height=190 + BAR * len(cards),
    )  # fmt: skip
    images = ngettext("{count:,} image", "{count:,} images", count)
    over = _("Over {images} of each kind, lower is better.", images=images)
    if any(card.only_classes for card in cards):
        over = _(
            "Over {images} of each kind, and for one that learned some classes, over these, lower"
            " is better.",
            images=images,
        )
    st.caption(
        joined(
            over,
            _("Who has learned by heart draws the images that it knows much better than new ones."),
        )
    )


def by_heart(cards: Sequence[Card], pairs: Mapping[str, tuple[Tensor, Tensor]]) -> str:
    """Which model overfits, in one sentence: it draws training images much better than new ones."""
    labels, more = widgets.labels(cards), {}
    for card in cards:
        learned, tested = pairs[card.name]
        ratio = float(tested.mean() / learned.mean().clamp_min(1e-12))
        noise = sum(float(each.var(correction=0)) / len(each) for each in (learned, tested)) ** 0.5
        is_sure = float(tested.mean() - learned.mean()) > SURE * noise
        more[card.name] = (ratio, is_sure)
    worst = max(cards, key=lambda card: more[card.name][::-1])
    ratio, is_sure = more[worst.name]
    if is_sure and ratio >= A_LITTLE:
        if ratio >= 2:
            said = N_(
                "{model} has learned by heart: on new images its error is {ratio:.1f} times as"
                " large"
            )
        elif ratio >= BY_HEART:
            said = N_("{model} has learned by heart: on new images its error is {more:.0%} larger")
        else:
            said = N_(
                "{model} has learned a little by heart: on new images its error is {more:.0%}"
                " larger"
            )
        return _(said, model=labels[worst.name], ratio=ratio, more=ratio - 1)
    return _(
        "None has learned by heart: new images cost at most {share:.0%} more than known ones",
        share=max(0.0, *(each - 1 for each, __ in more.values())),
    )


def published(cards: Sequence[Card]) -> None:
    """Our figures, and a line at the one that the source of a network reports."""
    for kind in UNITS:
        theirs = {card.name: reported(card)[kind] for card in cards if kind in reported(card)}
        if theirs:
            _published(cards, kind, theirs)


def reported(card: Card) -> dict[str, float]:
    """The figures of the source, where the card's network, training and images are the source's."""
    source = source_of(card)
    if source is None or not is_published(card):
        return {}
    return {kind: value for kind, value in source.reported.items() if card.figure(kind) is not None}


def _published(cards: Sequence[Card], kind: str, theirs: Mapping[str, float]) -> None:
    names = titles(cards)
    ours = {card.name: value for card in cards if (value := card.figure(kind)) is not None}
    figure = go.Figure()
    figure.add_bar(
        y=[names[name] for name in ours], x=list(ours.values()), name=_("measured here"),
        marker={"color": palette.BLUE},
        text=[wording.three_digits(each) for each in ours.values()],
        width=0.5, orientation="h",
    )  # fmt: skip
    hover = _("{model}, published: {error}", model="%{y}", error="%{x:.4g}")
    figure.add_scatter(
        y=[names[name] for name in theirs], x=list(theirs.values()), name=_("published"),
        mode="markers", marker={"symbol": "line-ns", "size": 34,
                                "line": {"width": 4, "color": palette.LIMIT}},
        hovertemplate=f"{hover}<extra></extra>",
    )  # fmt: skip
    figure.update_xaxes(title={"text": _(UNITS[kind])}, rangemode="tozero")
    figure.update_yaxes(autorange="reversed", automargin=True)
    figure.update_layout(legend=figures.LEGEND)
    labels = widgets.labels(cards)
    first, value = next(iter(theirs.items()))
    source = source_of(next(card for card in cards if card.name == first))
    reached = {
        "model": labels[first], "ours": wording.three_digits(ours[first]),
        "theirs": wording.three_digits(value),
    }  # fmt: skip
    finding = _("{model} reaches {ours} here; its source says {theirs}", **reached)
    if source and source.reported_on:
        finding = _(
            "{model} reaches {ours} here; its source says {theirs}, on {images}",
            images=_(source.reported_on), **reached,
        )  # fmt: skip
    figures.show(
        figure, finding,
        {"model": list(ours), "here": list(ours.values()),
         "published": [theirs.get(name, "") for name in ours]},
        key=f"published-{kind}",
        alt=_("{figure} of each model; lines where it was published", figure=_(UNITS[kind])),
        height=190 + BAR * len(ours),
    )  # fmt: skip
    st.caption(_(MEASURED[kind]))

"""The map of a plain autoencoder beside that of a variational one, under one cursor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from ae_core import analyses, numerals, palette
from ae_core.analyses import Answer, map_fit
from ae_core.checkpoints.cards import Card
from ae_core.checkpoints.ladders import FAMILIES, PLAIN, VARIATIONAL
from ae_core.errors import UserError
from ae_core.texts import N_, _, joined, ngettext
from pages.ui.browser import mounting, told
from pages.ui.compare import bottleneck
from pages.ui.drawing import charts, figures, plotted, views
from pages.ui.shared import analysis_results, cached, card_text, classifier, widgets

KIND = "map_fit"
KEY = "linked-maps"
DIMENSIONS = 2

Share = tuple[float, float, float]
"""A share, and the ends of its 95% interval."""

READ = {
    "reconstructions": N_("reconstructions<br>that the classifier reads"),
    "fitted": N_("draws from where its codes are<br>that it reads"),
    "prior": N_("draws from N(0, I)<br>that it reads"),
}
SHARES = {
    "beyond": N_("codes<br>that N(0, I) does not reach"),
    "within": N_("spread of the codes<br>that is inside of the classes"),
}

_LINKED_MAPS = st.components.v2.component("linked_maps", html=mounting.PLACE, js=mounting.LOADER)


def show(card: Card) -> None:
    """The two maps, and below them what differs, in numbers."""
    plain, variational = pair(card)
    if plain.image_set != card.image_set:
        st.info(
            _(
                "There are no two maps of two numbers, a plain and a variational one, for {images}."
                " These are MNIST's.",
                images=widgets.as_text(card_text.set_title(card)),
            )
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
            fits = fits and not each.has_seen_test_images
            if fits and kind in found:
                found[kind].append(each)
        if all(found.values()):
            first, second = (
                min(some, key=lambda each: (each != card, each.metrics["mse"]))
                for some in found.values()
            )
            return first, second
    raise UserError(
        _(
            "Two maps need a plain and a variational model with codes of two numbers. Train ae-2"
            " and vae-2 on the same images."
        )
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
        data = mounting.data("linkedMaps", models=[told.model(card) for card in cards])
        _LINKED_MAPS(key=KEY, data=data, on_failed_change=partial(mounting.failed, KEY))
        st.caption(
            _(
                "Move over one map: the other is at the same place. The circles are the prior"
                " N(0, I): about 4 and 9 of 10 draws lie inside of them. Where are they on the"
                " plain map?"
            )
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
    plotted.show(
        figure, key=f"map-{card.name}", config={"displaylogo": False},
        alt=_("Codes of test images by class of {model}; the cross is at the middle of the prior",
              model=card_text.short_title(card)),
    )  # fmt: skip


@st.fragment
def _what_differs(cards: Sequence[Card]) -> None:
    with widgets.shown_errors():
        known: dict[str, Answer] = {}
        for card in cards:
            analysis_results.show(
                KIND, _asked(card), partial(known.__setitem__, card.name),
                words=_("The map of {model}", model=widgets.as_text(card_text.short_title(card))),
            )  # fmt: skip
        if len(known) == len(cards):
            draw(cards, [known[card.name].values for card in cards])


def _asked(card: Card) -> dict[str, Any]:
    reader = classifier.trained_on_images_of(card)
    images = cached.own_images(card) if cached.load(card).model.has_posterior else None
    return {
        "model": analyses.of(card),
        "classifier": analyses.of(reader) if reader else None,
        "images": images.key.to_dict() if images else None,
    }


def draw(cards: Sequence[Card], values: Sequence[Mapping[str, Any]]) -> None:
    """The shares as bars, with what they mean in words."""
    labels = widgets.labels(cards)
    bars = [shares(each) for each in values]
    kept = [name for name in bars[0] if all(name in each for each in bars)]
    titles = [_({**READ, **SHARES}[name]) for name in kept]
    figure = go.Figure()
    colours = [bottleneck.COLOURS[kind] for kind in (PLAIN, VARIATIONAL)]
    for card, each, colour in zip(cards, bars, colours, strict=True):
        found, low, high = zip(*(each[name] for name in kept), strict=True)
        figure.add_bar(
            y=titles, x=found,
            name=labels[card.name], orientation="h", marker={"color": colour},
            error_x={
                "array": [above - share for share, above in zip(found, high, strict=True)],
                "arrayminus": [share - below for share, below in zip(found, low, strict=True)],
                "thickness": 1.5, "width": 4, "color": palette.REFERENCE,
            },
            text=[numerals.written(share, ".0%") for share in found], textposition="inside",
            insidetextanchor="start", hovertemplate="%{y}: %{x:.1%}<extra></extra>",
        )  # fmt: skip
    figure.update_xaxes(tickformat=".0%", range=[0, 1.02])
    figure.update_yaxes(autorange="reversed", automargin=True)
    figure.update_layout(barmode="group", legend=figures.LEGEND)
    words = finding(*values)
    figures.show(
        figure, words,
        {"measure": [title.replace("<br>", " ") for title in titles], **{
            labels[card.name]: [each[name][0] for name in kept]
            for card, each in zip(cards, bars, strict=True)
        }},
        key="map-fit", alt=words, height=420,
    )  # fmt: skip
    st.markdown("\n".join(f"- {line}" for line in in_words(cards, values)))


def shares(values: Mapping[str, Any]) -> dict[str, Share]:
    """What is drawn as a bar, of `READ` and `SHARES`; what was not measured is not among them."""
    read = values["readable"] or {}
    bars: dict[str, Share] = {name: tuple(read[name]) for name in READ if read}
    known = {name: values[name] for name in SHARES if values[name] is not None}
    return bars | {name: (share, share, share) for name, share in known.items()}


def where_drawn(values: Mapping[str, Any]) -> Share:
    """The share that is read of draws from where one would draw from, with its interval."""
    share, low, high = values["readable"]["prior" if values["from_prior"] else "fitted"]
    return share, low, high


def finding(plain: Mapping[str, Any], variational: Mapping[str, Any]) -> str:
    """What differs most, in one sentence."""
    if not (plain["readable"] and variational["readable"]):
        return _(
            "N(0, I) reaches {plain:.0%} of the codes of the plain model, and {variational:.0%} of"
            " those of the variational one",
            plain=1 - plain["beyond"], variational=1 - variational["beyond"],
        )  # fmt: skip
    (first, low, high), (second, least, most) = where_drawn(plain), where_drawn(variational)
    both = _(
        "{plain:.0%} of the plain model's and {variational:.0%} of the variational one's",
        plain=first, variational=second,
    )  # fmt: skip
    if low <= most and least <= high:
        return _(
            "Of what is drawn from each map, a classifier reads about as much: {shares}",
            shares=both,
        )
    if second > first:
        return _(
            "More of what is drawn from the variational map can be read by a classifier: {shares}",
            shares=both,
        )
    return _(
        "More of what is drawn from the plain map can be read by a classifier: {shares}",
        shares=both,
    )


def in_words(cards: Sequence[Card], values: Sequence[Mapping[str, Any]]) -> list[str]:
    """The other measurements, one a line."""
    plain, variational = values
    if plain["readable"] and variational["readable"]:
        whole, least, most = plain["readable"]["prior"]
        reads = _(
            "**Holes:** a place on a map is a hole where the decoder draws nothing that a"
            " classifier reads with a confidence of {confidence:.0%} or more. Where would one"
            " draw? A variational model has N(0, I) for it. Of a plain one the codes have to be"
            " measured first: its {count:,} draws come from the normal distribution with their mean"
            " and covariance. Of draws from N(0, I), {share:.0%} of the plain model's are read"
            " ({least:.0%} to {most:.0%}). The lines on the bars are 95% intervals.",
            confidence=map_fit.SURE, count=map_fit.DRAWS, share=whole, least=least, most=most,
        )  # fmt: skip
    else:
        reads = _(
            "**Holes:** how much of what a map draws can be read is measured with a classifier of"
            " the same images, and there is none. `python -m ae_core classify` trains one."
        )
    prior = _(
        "**Prior:** the plain codes spread {plain_spread:.1f} times as far as N(0, I), the"
        " variational ones {spread:.1f} times. From the codes to N(0, I) it is {plain_kl:.2g} nats"
        " (KL) and {kl:.2g}; 0 would be a perfect fit. So {plain_share:.0%} of the plain codes lie"
        " where the prior draws, and {share:.0%} of the variational ones. What the prior does not"
        " reach, it never draws.",
        plain_spread=plain["spread"], spread=variational["spread"], plain_kl=plain["kl"],
        kl=variational["kl"], plain_share=1 - plain["beyond"], share=1 - variational["beyond"],
    )  # fmt: skip
    codes = (
        _("The variational codes are draws from the posteriors of the images.")
        if variational["sampled"]
        else _(
            "The variational codes are the means of the posteriors: the images, from which their"
            " deviations follow, are not here."
        )
    )
    lines: list[str] = [reads, joined(prior, codes)]
    for card, each in zip(cards, values, strict=True):
        name = widgets.as_text(card_text.short_title(card))
        if each["times"] is None:
            lines.append(_("**Islands:** {model} has no two classes to compare.", model=name))
        else:
            classes = cached.class_names(card)
            wide, narrow = (widgets.as_text(classes[each[key]]) for key in ("widest", "narrowest"))
            islands = _(
                "**Islands:** in {model} the island of {wide} is {ratio:.1f} times as wide as that"
                " of {narrow}.",
                model=name, wide=wide, narrow=narrow, ratio=each["times"],
            )  # fmt: skip
            lines.append(islands)
        if each["left_out"]:
            left_out = ngettext(
                "{count} code of {model} is NaN and was left out.",
                "{count} codes of {model} are NaN and were left out.",
                each["left_out"], model=name,
            )  # fmt: skip
            lines.append(left_out)
    return lines

"""Codes as features: how well classes can be read off them, by size, and with few labels."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import plotly.graph_objects as go
import streamlit as st

from ae_core import palette
from ae_core.analyses import Answer, of
from ae_core.checkpoints.cards import Card
from ae_core.image_sets import ImageSet
from ae_core.models import FAMILIES
from ae_core.texts import N_, _, joined, ngettext
from pages.ui.codes import data, few_labels
from pages.ui.drawing import figures
from pages.ui.shared import analysis_results, cached, widgets
from pages.ui.state.declared import Codes

LADDER = re.compile(r"mnist-(ae|vae)-\d+")
READERS = Codes.declaration("reader").choices
MOST = 40
MOST_SIZE = 64
"""The largest code that is compared with PCA."""
CHOSEN = "chosen"
LINES = {
    "autoencoder": N_("autoencoder"),
    "variational": N_("variational"),
    CHOSEN: N_("the chosen model"),
}


def show(card: Card) -> None:
    """The ladder of code sizes, and then a classifier that learns from few labels."""
    _ladder(card)
    few_labels.show(card)


@st.fragment(key="ladder")
def _ladder(card: Card) -> None:
    with widgets.shown_errors():
        images = widgets.images_for(card)
        lines = _lines(card)
        rungs = [each for line in lines.values() for each in line]
        # Two questions, one after the other: the ladder is the same whichever model is chosen.
        asked = [(_("Accuracy by size of the code"), rungs)] if rungs else []
        if card not in rungs:
            asked.append((_("Accuracy of the chosen model"), [card]))
        known: list[tuple[list[Card], Answer]] = []
        for words, cards in asked:
            sizes = _sizes(cards)
            question = data.asked(card, images, models=list(map(of, cards)), sizes=sizes)
            del question["model"]
            found: list[Answer] = []
            analysis_results.show("feature_ladder", question, found.append, words=words)
            if not found:
                return
            known.append((cards, found[0]))
        reader = widgets.one_of(
            _("Read by"), Codes, "reader", label_visibility="collapsed",
            help=_(
                "Both learn from codes with their classes, and are asked for the class of codes"
                " that they have not seen."
            ),
        )  # fmt: skip
        _draw(images, lines, card, READERS.index(reader), known)


def _sizes(cards: Sequence[Card]) -> list[int]:
    """The sizes of code that PCA is asked for beside these models."""
    return sorted({min(each.latent_dim, MOST_SIZE) for each in cards})


def _lines(card: Card) -> dict[str, list[Card]]:
    """Models of the same images: the ladder where it ships, else all that the visitor can see."""
    same = [
        each
        for each in cached.available()[0]
        if (each.image_set, each.image_shape) == (card.image_set, card.image_shape)
        and each.noise is None and not each.only_classes
        and not FAMILIES[each.family].model.solved_at_once
    ]  # fmt: skip
    rungs = [each for each in same if LADDER.fullmatch(each.name)] or same[:MOST]
    lines: dict[str, list[Card]] = {"autoencoder": [], "variational": []}
    for each in sorted(rungs, key=lambda each: (each.latent_dim, each.name)):
        kind = "variational" if FAMILIES[each.family].model.variational else "autoencoder"
        lines[kind].append(each)
    return lines


def _draw(
    images: ImageSet,
    lines: dict[str, list[Card]],
    chosen: Card,
    reader: int,
    known: list[tuple[list[Card], Answer]],
) -> None:
    reached: dict[str, float] = {}
    mixed: dict[int, float] = {}
    for cards, part in known:
        values = part.tensors["models"][:, reader].tolist()
        reached |= {each.name: value for each, value in zip(cards, values, strict=True)}
        mixed |= dict(zip(_sizes(cards), part.tensors["pca"][:, reader].tolist(), strict=True))
    figure = go.Figure()
    read_by = widgets.label_of(READERS[reader])
    table: list[tuple[str, int, float]] = []

    def add(name: str, at: list[int], values: list[float], colour: str, **marker: object) -> None:
        figure.add_scatter(
            x=at, y=values, name=name, mode="markers" if marker else "lines+markers",
            line={"color": colour}, marker={"color": colour, "size": 8, **marker},
            hovertemplate=_(
                "{name}, {size} numbers: {share}", name=name, size="%{x}", share="%{y:.1%}"
            ) + "<extra></extra>",
        )  # fmt: skip
        table.extend((name, size, value) for size, value in zip(at, values, strict=True))

    for number, (kind, line) in enumerate({**lines, CHOSEN: [chosen]}.items()):
        if not line:
            continue
        good = [each for each in line if not math.isnan(reached[each.name])]
        special = {"symbol": "star", "size": 15} if kind == CHOSEN else {}
        add(_(LINES[kind]), [each.latent_dim for each in good],
            [reached[each.name] for each in good],
            palette.HERE if kind == CHOSEN else palette.MODELS[number], **special)  # fmt: skip
    sizes = sorted(mixed)
    add("PCA", sizes, [mixed[size] for size in sizes], palette.LIMIT)
    answer = known[0][1]
    pixels = float(answer.tensors["pixels"][reader])
    figure.add_hline(pixels, line={"dash": "dash", "color": palette.DARK_GREY, "width": 1.5},
                     annotation_text=_("all pixels: {share:.1%}", share=pixels),
                     annotation_position="bottom right")  # fmt: skip
    table.append((_("pixels"), images.test[0].numel(), pixels))
    figure.update_xaxes(type="log", title_text=_("numbers in the code"), tickvals=sizes,
                        ticktext=[str(size) for size in sizes])  # fmt: skip
    figure.update_yaxes(title_text=_("recognised (higher is better)"), tickformat=".0%")
    figure.update_layout(legend={"orientation": "h", "y": -0.22})
    finding = _finding(reached[chosen.name], chosen.latent_dim, pixels, read_by)
    figures.show(
        figure, finding,
        dict(zip((_("kind"), _("size"), read_by), zip(*table, strict=True), strict=True)),
        key="ladder-figure", height=420,
        alt=joined(_("Share of images recognised against the size of the code."), finding),
    )  # fmt: skip
    broken = [name for name, value in reached.items() if math.isnan(value)]
    if broken:
        st.warning(
            _(
                "Left out, as their codes are not all finite numbers: {models}.",
                models=", ".join(broken),
            )
        )
    st.caption(
        _(
            "Learned from {learned} of {images}, asked for {others}.",
            learned=ngettext(
                "{count:,} labelled image", "{count:,} labelled images", answer.values["learned"]
            ),
            images=widgets.as_text(images.shown_title),
            others=ngettext("{count:,} other", "{count:,} others", answer.values["tested"]),
        )
    )


def _finding(reached: float, size: int, pixels: float, reader: str) -> str:
    if math.isnan(reached):
        return _(
            "The codes of this model are NaN; from pixels {share:.1%} are recognised", share=pixels
        )
    values = {"reader": reader, "reached": reached, "pixels": pixels}
    if reached > pixels:
        return ngettext(
            "{count:,} number means more to {reader} than all pixels: {reached:.1%} are recognised,"
            " and {pixels:.1%} from pixels",
            "{count:,} numbers mean more to {reader} than all pixels: {reached:.1%} are recognised,"
            " and {pixels:.1%} from pixels",
            size,
            **values,
        )
    return ngettext(
        "{count:,} number means less to {reader} than all pixels: {reached:.1%} are recognised,"
        " and {pixels:.1%} from pixels",
        "{count:,} numbers mean less to {reader} than all pixels: {reached:.1%} are recognised,"
        " and {pixels:.1%} from pixels",
        size,
        **values,
    )

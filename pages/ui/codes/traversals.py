"""Latent traversals: how the picture changes when one number of the code moves."""

from __future__ import annotations

from html import escape

import plotly.graph_objects as go
import streamlit as st
import torch

from ae_core import latent, palette
from ae_core.analyses import Answer
from ae_core.checkpoints.cards import Card
from ae_core.image_sets import ImageSet
from ae_core.latent import code_views, image_moments, traversals
from ae_core.latent.coded_images import Coded
from ae_core.latent.image_moments import NAMES, UNITS
from pages.ui.codes import data
from pages.ui.drawing import figures, pictures, views, wrapped_rows
from pages.ui.shared import analysis_results, cached, widgets
from pages.ui.state import current
from pages.ui.state.declared import Codes

STEPS = 9
FIRST = 16
BASE = 8
"""Codes over which the effect of each number is measured."""

CLEAR, FAINT = 0.5, 0.3
"""Correlations above which the effect of a number is clear, and below which it has no name."""

UNNAMED = "nothing that is measured here"

GRID = (
    "display:grid;gap:10px 18px;grid-template-columns:repeat(auto-fit,minmax(min(100%,330px),1fr))"
)


@st.cache_resource(max_entries=32, show_spinner=False, hash_funcs=cached.BY_CONTENT)
def _movement(card: Card, images: ImageSet) -> torch.Tensor:
    found = data.coded(card, images)
    return traversals.movement(cached.load(card).model, found.z[:BASE], found.z)


@st.fragment(key="traversals")
def show(card: Card) -> None:
    """A strip for each number around a digit, with what each was measured to do."""
    with widgets.shown_errors():
        images, found = data.images_and_codes(card)
        moved = _movement(card, images)
        order = moved.argsort(descending=True).tolist()
        place = st.container()
        with st.container():
            around = widgets.one_of(
                "Around", Codes, "around", label_visibility="collapsed",
                help="The mean code with each number at its maximum in turn is the view that"
                " belongs to sparse codes.",
            )  # fmt: skip
            row = data.picked(card, images, found)
        if len(order) > FIRST:
            st.toggle(f"All {len(order)} numbers", **current.widget(Codes, "every"))
            if not current.of(Codes).every:
                order = order[:FIRST]
        measured: list[Answer] = []
        with st.container():
            analysis_results.show(
                "dimensions", data.asked(card, images), measured.append,
                words="What each number does",
            )  # fmt: skip
        names = _names(measured[0]) if measured else {}
        with place:
            if around == "a-digit":
                _strips(card, found, found.z[row], order, names, len(moved))
            else:
                _extremes(card, found, order, names)
        _constant(found, len(moved))
        if measured:
            _chart(card, measured[0], order)


def _names(answer: Answer) -> dict[int, str]:
    """The clearest effect of each number, with its correlation and its size from end to end."""
    named = {}
    for index, (r, change) in enumerate(
        zip(answer.tensors["r"], answer.tensors["change"], strict=True)
    ):
        name, value = traversals.strongest(r, NAMES)
        grows = float(change[NAMES.index(name)])
        if abs(value) < FAINT:
            named[index] = f"{UNNAMED} ({name}, r = {value:.2f})"
            continue
        unit = UNITS[name] if UNITS[name] in ("°", "%") else f" {UNITS[name]}".rstrip()
        named[index] = f"{name}, r = {value:.2f} ({grows:+.3g}{unit})"
    return {index: name.replace("-", "\N{MINUS SIGN}") for index, name in named.items()}


def _short(name: str) -> str:
    """The name alone; nothing where a number has none."""
    return "" if name.startswith(UNNAMED) else name.partition(",")[0]


def _strips(
    card: Card, found: Coded, z: torch.Tensor, order: list[int], names: dict[int, str], count: int
) -> None:
    model = cached.load(card).model
    low, high = traversals.ends(found.z)
    codes = torch.cat(
        [traversals.along(model, z, i, float(low[i]), float(high[i]), STEPS) for i in order]
    )
    decoded = views.digits(latent.decode(model, codes))
    cells = ""
    for turn, index in enumerate(order):
        sheet = pictures.montage(decoded[turn * STEPS : (turn + 1) * STEPS], STEPS)
        ends = f"{low[index]:.1f} to {high[index]:.1f}"
        words = f"z[{index}] from {ends}: {names.get(index, 'not measured yet')}"
        label = f"<b>z[{index}]</b> {escape(names.get(index, ''))}"
        cells += (
            f'<div><div style="font-size:.875rem;line-height:1.5">{label}'
            f'<span style="float:right;opacity:.65">{ends}</span></div>'
            f"{pictures.img(sheet, words, 'ae-pixel ae-wide')}</div>"
        )
    st.html(f'<div style="{GRID}">{cells}</div>')
    most = f", those first that move the picture most (of {count})" if len(order) > 1 else ""
    st.caption(
        "Each row is the same digit with one number of its code moved from low to high" + most
        + ". **r** says how closely the number goes with what is measured, over many test images;"
        " in brackets how much that changes from left to right."
    )  # fmt: skip


def _extremes(card: Card, found: Coded, order: list[int], names: dict[int, str]) -> None:
    model = cached.load(card).model
    each = model.nearest_possible(code_views.each_at_maximum(found.z))[order]
    mean = model.nearest_possible(found.z.mean(0, keepdim=True))
    wrapped_rows.tiles(
        views.digits(latent.decode(model, torch.cat([mean, each]))),
        ["The mean code, decoded"]
        + [f"The mean code with z[{i}] at its maximum: {names.get(i, '')}" for i in order],
        ["mean code", *(f"z[{i}] {_short(names.get(i, ''))}" for i in order)],
        per_row=9,
    )
    st.caption("The mean code, and then the mean code with one number after the other at its"
               " maximum: what that number draws.")  # fmt: skip


def _constant(found: Coded, free: int) -> None:
    still = [index for index in traversals.constant(found.z) if index < free]
    if still:
        listed = ", ".join(f"z[{index}]" for index in still[:12])
        more = f" and {len(still) - 12} more" if len(still) > 12 else ""
        st.info(
            f"The same for every image: {listed}{more}. Their rows stand still, and they have no"
            " correlation with anything.",
            icon=":material/block:",
        )


def _chart(card: Card, answer: Answer, order: list[int]) -> None:
    r = answer.tensors["r"][order]
    shown = [f"z[{index}]" for index in order]
    clear = int((r.abs().amax(1) >= CLEAR).sum())
    best, column = divmod(int(r.abs().argmax()), len(NAMES))
    goes = "goes" if abs(float(r[best, column])) >= FAINT else "hardly goes, even the clearest,"
    finding = (
        f"{shown[best]} {goes} with the {NAMES[column]} of the digit (r = {r[best, column]:.2f})"
        f"; {clear} of {len(shown)} numbers have an r of {CLEAR} or more with something"
    )
    figure = go.Figure(
        go.Heatmap(
            z=r.T.tolist(), x=shown, y=NAMES, colorscale=palette.DIVERGING, zmin=-1, zmax=1,
            xgap=1, ygap=1, hovertemplate="%{x}, %{y}: r = %{z:.2f}<extra></extra>",
            colorbar={"title": {"text": "r"}, "thickness": 10},
            text=r.T.tolist(), texttemplate="%{text:.2f}" if len(shown) <= FIRST else "",
        )
    )  # fmt: skip
    figure.update_xaxes(type="category")
    figures.show(
        figure, finding,
        {"number": shown, **{name: r[:, i].tolist() for i, name in enumerate(NAMES)}},
        key=f"correlations-{card.name}", height=300,
        alt=f"Heat map of the correlation of each number with {', '.join(image_moments.NAMES)}."
        f" {finding}",
    )  # fmt: skip
    st.caption(
        f"Over {answer.values['images']:,} test images, measured on what is decoded. Width and"
        " height are those of an evenly filled bar; slant is positive to the right."
    )

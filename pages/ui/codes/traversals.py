"""Latent traversals: how the picture changes when one number of the code moves."""

from __future__ import annotations

from html import escape
from typing import NamedTuple

import plotly.graph_objects as go
import streamlit as st
import torch

from ae_core import latent, numerals, palette
from ae_core.analyses import Answer
from ae_core.checkpoints.cards import Card
from ae_core.image_sets import ImageSet
from ae_core.latent import code_views, traversals
from ae_core.latent.coded_images import Coded
from ae_core.latent.image_moments import NAMES
from ae_core.texts import N_, _, joined, ngettext
from pages.ui.codes import data
from pages.ui.drawing import figures, pictures, places, views, wrapped_rows
from pages.ui.shared import analysis_results, cached, widgets
from pages.ui.state import current
from pages.ui.state.declared import Codes

STEPS = 9
FIRST = 16
BASE = 8
"""Codes over which the effect of each number is measured."""

CLEAR, FAINT = 0.5, 0.3
"""Correlations above which the effect of a number is clear, and below which it has no name."""

GOES = N_(
    "{number} goes with the {measure} of the image (r = {r:.2f}); {count} of {all} numbers have an"
    " r of {limit} or more with something"
)
HARDLY_GOES = N_(
    "{number} hardly goes, even the clearest, with the {measure} of the image (r = {r:.2f});"
    " {count} of {all} numbers have an r of {limit} or more with something"
)

CHANGES = {
    "ink": N_("ink, r = {r} ({change}%)"),
    "slant": N_("slant, r = {r} ({change}°)"),
    "width": N_("width, r = {r} ({change} pixels)"),
    "height": N_("height, r = {r} ({change} pixels)"),
    "loops": N_("loops, r = {r} ({change})"),
}
"""What a number does to each measure, which has a unit of its own."""

UNNAMED = N_("nothing that is measured here ({measure}, r = {r})")


class Effect(NamedTuple):
    """What a number does: the name of it, if there is one, and the whole of it in words."""

    name: str = ""
    words: str = ""


UNKNOWN = Effect()

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
        place = places.kept("numbers-place")
        with st.container():
            around = widgets.one_of(
                _("Around"), Codes, "around", label_visibility="collapsed",
                help=_(
                    "The mean code with each number at its maximum in turn is the view that belongs"
                    " to sparse codes."
                ),
            )  # fmt: skip
            row = data.picked(card, images, found)
        if len(order) > FIRST:
            every = ngettext("All {count} number", "All {count} numbers", len(order))
            st.toggle(every, **current.widget(Codes, "every"))
            if not current.of(Codes).every:
                order = order[:FIRST]
        measured: list[Answer] = []
        with st.container():
            analysis_results.show(
                "dimensions", data.asked(card, images), measured.append,
                words=_("What each number does"),
            )  # fmt: skip
        effects = _effects(measured[0]) if measured else {}
        with place:
            if around == "a-digit":
                _strips(card, found, found.z[row], order, effects, len(moved))
            else:
                _extremes(card, found, order, effects)
        _constant(found, len(moved))
        if measured:
            with st.container(key="correlations"):
                _chart(card, measured[0], order)


def _effects(answer: Answer) -> dict[int, Effect]:
    """The clearest effect of each number, with its correlation and its size from end to end."""
    effects = {}
    for index, (r, change) in enumerate(
        zip(answer.tensors["r"], answer.tensors["change"], strict=True)
    ):
        name, value = traversals.strongest(r, NAMES)
        grows = _with_minus(numerals.written(float(change[NAMES.index(name)]), "+.3g"))
        label, closely = _(data.MEASURES[name]), _with_minus(numerals.written(value, ".2f"))
        effects[index] = (
            Effect("", _(UNNAMED, measure=label, r=closely))
            if abs(value) < FAINT
            else Effect(label, _(CHANGES[name], r=closely, change=grows))
        )
    return effects


def _with_minus(number: str) -> str:
    return number.replace("-", "\N{MINUS SIGN}")


def _strips(
    card: Card,
    found: Coded,
    z: torch.Tensor,
    order: list[int],
    effects: dict[int, Effect],
    count: int,
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
        ends = {"low": float(low[index]), "high": float(high[index])}
        does = effects.get(index, UNKNOWN).words
        number = f"z[{index}]"
        alt = _(
            "{number} from {low:.1f} to {high:.1f}: {effect}",
            number=number, effect=does or _("not measured yet"), **ends,
        )  # fmt: skip
        label = f'<b>{number}</b> <span class="lesson-effects">{escape(does)}</span>'
        span = _("{low:.1f} to {high:.1f}", **ends)
        cells += (
            f'<div><div style="font-size:.875rem;line-height:1.5">{label}'
            f'<span style="float:right;opacity:.65">{span}</span></div>'
            f"{pictures.img(sheet, alt, 'ae-pixel ae-wide')}</div>"
        )
    st.html(f'<div style="{GRID}">{cells}</div>')
    rows = (
        _(
            "Each row is the same image with one number of its code moved from low to high, those"
            " first that move the picture most (of {count}).",
            count=count,
        )
        if len(order) > 1
        else _("Each row is the same image with one number of its code moved from low to high.")
    )
    r = _(
        "**r** says how closely the number goes with what is measured, over many test images; in"
        " brackets how much that changes from left to right."
    )
    st.caption(joined(rows, r))


def _extremes(card: Card, found: Coded, order: list[int], effects: dict[int, Effect]) -> None:
    model = cached.load(card).model
    each = model.nearest_possible(code_views.each_at_maximum(found.z))[order]
    mean = model.nearest_possible(found.z.mean(0, keepdim=True))
    wrapped_rows.tiles(
        views.digits(latent.decode(model, torch.cat([mean, each]))),
        [
            _("The mean code, decoded"),
            *(_extreme(f"z[{i}]", effects.get(i, UNKNOWN).words) for i in order),
        ],
        [_("mean code"), *(f"z[{i}] {effects.get(i, UNKNOWN).name}" for i in order)],
        per_row=9,
    )
    st.caption(
        _(
            "The mean code, and then the mean code with one number after the other at its maximum:"
            " what that number draws."
        )
    )


def _extreme(number: str, does: str) -> str:
    if does:
        return _("The mean code with {number} at its maximum: {effect}", number=number, effect=does)
    return _("The mean code with {number} at its maximum", number=number)


def _constant(found: Coded, free: int) -> None:
    still = [index for index in traversals.constant(found.z) if index < free]
    if still:
        listed, more = ", ".join(f"z[{index}]" for index in still[:12]), len(still) - 12
        which = (
            ngettext(
                "The same for every image: {numbers} and {count} more.",
                "The same for every image: {numbers} and {count} more.",
                more,
                numbers=listed,
            )
            if more > 0
            else _("The same for every image: {numbers}.", numbers=listed)
        )
        stand = _("Their rows stand still, and they have no correlation with anything.")
        st.info(joined(which, stand), icon=":material/block:")


def _chart(card: Card, answer: Answer, order: list[int]) -> None:
    r = answer.tensors["r"][order]
    shown = [f"z[{index}]" for index in order]
    clear = int((r.abs().amax(1) >= CLEAR).sum())
    best, column = divmod(int(r.abs().argmax()), len(NAMES))
    strongest = float(r[best, column])
    goes = GOES if abs(strongest) >= FAINT else HARDLY_GOES
    measures = [_(data.MEASURES[name]) for name in NAMES]
    finding = _(
        goes, number=shown[best], measure=measures[column], r=strongest, count=clear,
        all=len(shown), limit=CLEAR,
    )  # fmt: skip
    figure = go.Figure(
        go.Heatmap(
            z=r.T.tolist(), x=shown, y=measures, colorscale=palette.DIVERGING, zmin=-1, zmax=1,
            xgap=1, ygap=1, hovertemplate="%{x}, %{y}: r = %{z:.2f}<extra></extra>",
            colorbar={"title": {"text": "r"}, "thickness": 10},
            text=r.T.tolist(), texttemplate="%{text:.2f}" if len(shown) <= FIRST else "",
        )
    )  # fmt: skip
    figure.update_xaxes(type="category")
    figures.show(
        figure, finding,
        {_("number"): shown, **{name: r[:, i].tolist() for i, name in enumerate(measures)}},
        key=f"correlations-{card.name}", height=300,
        alt=joined(
            _(
                "Heat map of the correlation of each number with {measures}.",
                measures=", ".join(measures),
            ),
            finding,
        ),
    )  # fmt: skip
    st.caption(
        joined(
            ngettext(
                "Over {count:,} test image, measured on what is decoded.",
                "Over {count:,} test images, measured on what is decoded.",
                answer.values["images"],
            ),
            _(
                "Width and height are those of an evenly filled bar; slant is positive to the"
                " right."
            ),
        )
    )

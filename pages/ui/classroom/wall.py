"""The wall of a class: marks over the map, counts of answers, drawings with what a model makes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from functools import partial
from html import escape
from typing import Any

import plotly.graph_objects as go
import streamlit as st
import torch

from ae_core import latent, palette
from ae_core.checkpoints.cards import Card
from ae_core.classroom import answers, members
from ae_core.classroom.answers import Given
from ae_core.classroom.questions import Question
from ae_core.errors import UserError
from ae_core.image_sets import own_picture
from ae_core.images import strokes
from ae_core.texts import _, ngettext
from pages.ui.drawing import charts, figures, pictures, views
from pages.ui.shared import cached, owner, widgets
from pages.ui.state import current
from pages.ui.state.declared import Picked

HEIGHT = 430
CLEAR = "rgba({}, {}, {}, 0)".format(*palette.rgb(palette.HERE))
RIGHT, OTHER = palette.ORANGE, palette.BLUE
COLUMNS, MOST_DRAWINGS = 8, 48


def model_of_teacher() -> str:
    """The model that the teacher has chosen, else the one that comes first."""
    cards, chosen = cached.available()[0], current.of(Picked).model
    return chosen if chosen in [card.name for card in cards] else widgets.first_of(cards)


def draw(code: str, question: Question, given: Sequence[Given]) -> None:
    """What came back so far, as suits the question."""
    if question.kind in ("choice", "number"):
        _bars(question, given)
        return
    card = next((each for each in cached.available()[0] if each.name == question.model), None)
    if card is None:
        st.warning(_("The model of this question is not here any more."))
    elif question.kind == "mark":
        _marks(card, question, given)
    else:
        _drawings(card, code, question, given)


def _bars(question: Question, given: Sequence[Given]) -> None:
    """How many gave each answer; once the truth is shown, which is right."""
    counts: Counter[str] = Counter(
        each.value if isinstance(each.value, str) else json.dumps(each.value)
        for each in given if not each.hidden
    )  # fmt: skip
    named = list(question.choices) or sorted(counts, key=_as_number)
    right = [question.shown and bool(question.truth) and question.is_right(each) for each in named]
    figure = go.Figure(
        go.Bar(
            x=[escape(each) for each in named], y=[counts[each] for each in named],
            text=[counts[each] for each in named], textfont={"size": 22},
            marker_color=[RIGHT if each else OTHER for each in right],
        )
    )  # fmt: skip
    figure.update_xaxes(type="category", tickfont={"size": 18})
    figure.update_yaxes(visible=False)
    wrong = sum(counts.values()) - sum(
        counts[each] for each, is_right in zip(named, right, strict=True) if is_right
    )
    finding = (
        ngettext(
            "{wrong} of {count} thought otherwise: the answer is {truth}.",
            "{wrong} of {count} thought otherwise: the answer is {truth}.",
            sum(counts.values()), wrong=wrong, truth=question.truth,
        )
        if any(right) else _("What the class thinks")
    )  # fmt: skip
    people = [counts[each] for each in named]
    table: dict[str, list[Any]] = {_("answer"): named, _("people"): people}
    figures.show(figure, finding, table, key="class-bars", alt=finding, height=HEIGHT)


def _as_number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _marks(card: Card, question: Question, given: Sequence[Given]) -> None:
    """Every mark over the map, denser where there are more; then where the teacher's is."""
    codes = [z for each in given if (z := _code_in(each, card)) is not None and not each.hidden]
    figure = _map(card)
    if codes:
        places = _places(card, torch.stack(codes))
        x, y = places[:, 0].tolist(), places[:, 1].tolist()
        if len(codes) > 2:
            figure.add_histogram2dcontour(
                x=x, y=y, ncontours=12, showscale=False, opacity=0.55, hoverinfo="skip",
                colorscale=[[0, CLEAR], [1, palette.HERE]],
                contours={"coloring": "fill"}, line={"width": 0}, showlegend=False,
            )  # fmt: skip
        figure.add_scatter(
            x=x, y=y, mode="markers", name=_("marks"), hoverinfo="skip",
            marker={"size": 15, "color": palette.HERE, "line": {"width": 2, "color": "#fff"}},
        )  # fmt: skip
    if question.shown and len(question.code) == card.latent_dim:
        [[x0, y0]] = _places(card, torch.tensor([question.code])).tolist()
        figure.add_scatter(
            x=[x0], y=[y0], mode="markers", name=_("the truth"), hoverinfo="skip",
            marker={"size": 30, "symbol": "star", "color": "#ffd400",
                    "line": {"width": 2, "color": "#000"}},
        )  # fmt: skip
    finding = ngettext("{count} mark on the map", "{count} marks on the map", len(codes))
    table = {"x": [], "y": []} if not codes else {"x": x, "y": y}
    figures.show(figure, finding, table, key="class-marks", alt=finding, height=HEIGHT)


def _code_in(given: Given, card: Card) -> torch.Tensor | None:
    value: Any = given.value
    z = value.get("z") if isinstance(value, dict) and value.get("model") == card.name else None
    if not isinstance(z, list) or len(z) != card.latent_dim:
        return None
    if not all(isinstance(each, int | float) and abs(each) < 1e4 for each in z):
        return None
    return torch.tensor(z, dtype=torch.float32)


def _places(card: Card, codes: torch.Tensor) -> torch.Tensor:
    centre, axes, _low, _high = views.map_axes(card)
    return (codes - centre) @ axes[:2].T


def _map(card: Card) -> go.Figure:
    codes, labels = cached.codes(card)
    centre, axes, low, high = views.map_axes(card)
    every = max(1, len(codes) // charts.MAX_POINTS)
    figure = go.Figure()
    charts.by_class(
        figure, ((codes[::every] - centre) @ axes[:2].T).numpy(), labels[::every].numpy(),
        cached.class_names(card), hover="",
    )  # fmt: skip
    figure.update_traces(hoverinfo="skip", hovertemplate=None, opacity=0.7)
    figure.update_xaxes(range=[low[0], high[0]], visible=False)
    figure.update_yaxes(range=[low[1], high[1]], visible=False)
    figure.update_layout(legend={"orientation": "h", "y": -0.02, "itemsizing": "constant"})
    return figure


def _drawings(card: Card, code: str, question: Question, given: Sequence[Given]) -> None:
    """Each drawing over its reconstruction, and all of them on one map."""
    shown = [each for each in given if not each.hidden][-MOST_DRAWINGS:]
    made = [(each, made) for each in shown if (made := _made(card, each)) is not None]
    wall, on_map = st.columns([3, 2])
    with wall:
        for row in range(0, len(made), COLUMNS):
            for column, (each, (picture, decoded, _z)) in zip(
                st.columns(COLUMNS), made[row : row + COLUMNS], strict=False
            ):
                with column:
                    pictures.wide(picture, _("A drawing"))
                    pictures.wide(decoded, _("The drawing through the model"))
                    _tools(code, question, each)
    with on_map:
        figure = _map(card)
        _centre, _axes, low, high = views.map_axes(card)
        for _each, (picture, _decoded, z) in made:
            [[x, y]] = _places(card, z).tolist()
            figure.add_layout_image(
                source=pictures.data_uri(picture), x=x, y=y, xref="x", yref="y",
                sizex=(high[0] - low[0]) / 12, sizey=(high[1] - low[1]) / 12,
                xanchor="center", yanchor="middle",
            )  # fmt: skip
        finding = ngettext("{count} drawing on the map", "{count} drawings on the map", len(made))
        figures.show(figure, finding, {}, key="class-drawings", alt=finding, height=HEIGHT)
    hidden = [each for each in given if each.hidden]
    if hidden and st.button(
        _("Show hidden drawings again ({count})", count=len(hidden)), key="unhide"
    ):
        for each in hidden:
            answers.hide(owner.me(), code, question.id, each.member, False)
        st.rerun(scope="fragment")


def _tools(code: str, question: Question, each: Given) -> None:
    with st.popover("…", key=f"drawing-{each.member}"):
        st.button(
            _("Hide"), icon=":material/visibility_off:", key=f"hide-{each.member}",
            on_click=_do, args=(partial(answers.hide, owner.me(), code, question.id, each.member),),
        )  # fmt: skip
        st.button(
            _("Send {nickname} out", nickname=widgets.as_text(each.nickname)),
            icon=":material/person_remove:", key=f"send-out-{each.member}",
            on_click=_do, args=(partial(members.send_out, owner.me(), code, each.member),),
        )  # fmt: skip


def _do(change: Any) -> None:
    widgets.done(change)


def _made(card: Card, given: Given) -> tuple[Any, Any, torch.Tensor] | None:
    drawn = given.value.get("strokes") if isinstance(given.value, dict) else None
    if not isinstance(drawn, list) or not all(isinstance(each, int) for each in drawn):
        return None
    try:
        return _through(card, tuple(drawn))
    except UserError:
        return None


@st.cache_data(max_entries=400, show_spinner=False, hash_funcs=cached.BY_CONTENT)
def _through(card: Card, drawn: tuple[int, ...]) -> tuple[Any, Any, torch.Tensor]:
    """A drawing in the form of the model's images, what comes out again, and its code."""
    image = own_picture.image_of(
        own_picture.steps(strokes.picture(drawn), card.image_set, card.image_shape)
    )
    model = cached.load(card).model
    z = latent.encode(model, image)
    decoded = latent.decode(model, z)
    return views.digits(image)[0], views.digits(decoded)[0], z

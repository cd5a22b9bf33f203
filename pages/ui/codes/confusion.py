"""The confusion matrix of a classifier, and the images behind each cell."""

from __future__ import annotations

from itertools import product

import plotly.graph_objects as go
import streamlit as st
import torch

from ae_core import palette
from ae_core.checkpoints.cards import Card
from ae_core.image_sets import ImageSet
from ae_core.texts import _, joined, ngettext
from ae_core.types import Labels
from pages.ui.codes import data
from pages.ui.drawing import figures, views, wrapped_rows
from pages.ui.shared import widgets
from pages.ui.state import current
from pages.ui.state.declared import Codes

MOST_CLASSES = 20
MOST_IMAGES = 24


def show(card: Card, images: ImageSet, truth: Labels, taken: Labels, name: str) -> None:
    """The confusion matrix of one classifier; a tap on a cell, or the box, shows its images."""
    classes = [each[:14] for each in images.classes]
    size = len(classes)
    counts = torch.bincount(truth * size + taken, minlength=size * size).view(size, size)
    wrong = counts.clone().fill_diagonal_(0)
    cells = [divmod(int(i), size) for i in wrong.flatten().argsort(descending=True, stable=True)]
    cells = [cell for cell in cells if wrong[cell]]
    if not cells:
        st.info(_("It made no mistake."))
        return
    row, column = cells[0]
    finding = _(
        "Its commonest mistake: {name} taken for {other}, {count} of {all:,}",
        name=classes[row],
        other=classes[column],
        count=int(wrong[row, column]),
        all=int(counts[row].sum()),
    )
    if size <= MOST_CLASSES:
        _table(card, classes, counts, wrong, finding)
    _images(images, truth, taken, _chosen(classes, counts, cells), classes, name)


def _table(
    card: Card, classes: list[str], counts: torch.Tensor, wrong: torch.Tensor, finding: str
) -> None:
    size = len(classes)
    figure = go.Figure(
        go.Heatmap(
            z=wrong.tolist(), colorscale=palette.SEQUENTIAL, showscale=False, xgap=1, ygap=1,
            hoverinfo="skip",
        )
    )  # fmt: skip
    # A heat map reports no taps: invisible dots lie on it, one a cell.
    rows, columns = torch.arange(size).repeat_interleave(size), torch.arange(size).repeat(size)
    half = float(wrong.max()) / 2
    figure.add_scatter(
        x=columns.tolist(), y=rows.tolist(), mode="markers+text",
        marker={"size": 20, "opacity": 0, "symbol": "square"},
        customdata=[
            ngettext("{count:,} image", "{count:,} images", count)
            for count in counts.flatten().tolist()
        ],
        text=[str(count) if count else "" for count in counts.flatten().tolist()],
        textfont={
            "size": 11,
            "color": ["#111111" if value > half else "#f2f2f2" for value in wrong.flatten()],
        },
        hovertemplate="%{customdata}<extra></extra>",
        selected={"marker": {"opacity": 0}, "textfont": {"color": "#ffffff"}},
        unselected={"marker": {"opacity": 0}},
    )  # fmt: skip
    ticks = {"tickvals": list(range(size)), "ticktext": classes, "showgrid": False}
    figure.update_xaxes(title_text=_("taken for"), constrain="domain", **ticks)
    figure.update_yaxes(title_text=_("class"), autorange="reversed", **ticks)
    figure.update_layout(showlegend=False)
    key = f"confusion-{card.name}"
    figures.show(
        figure, finding,
        {_("class"): [classes[i] for i in rows.tolist()],
         _("taken for"): [classes[i] for i in columns.tolist()],
         _("images"): counts.flatten().tolist()},
        key=key, height=110 + 27 * size, on_select=lambda: _tapped(key),
        selection_mode="points",
        alt=joined(_("Table of classes and what they were taken for."), finding),
    )  # fmt: skip


def _tapped(key: str) -> None:
    """A cell of the table with this key is the one that is shown."""
    if points := st.session_state[key].selection.points:
        row, column = (round(float(points[0][axis])) for axis in "yx")
        current.change(Codes, mistake=f"{row}-{column}")


def _chosen(
    classes: list[str], counts: torch.Tensor, mistakes: list[tuple[int, int]]
) -> tuple[int, int]:
    """The cell that is shown: the commonest mistake until another one is tapped or chosen."""
    size = len(classes)
    table = product(range(size), repeat=2) if size <= MOST_CLASSES else mistakes
    every = {f"{row}-{column}": (row, column) for row, column in table}
    ids = [f"{row}-{column}" for row, column in mistakes]
    chosen = current.possible(Codes, "mistake", every, ids[0])
    if chosen not in ids:  # tapped, and rightly read
        ids.append(chosen)

    def label_of(cell: str) -> str:
        name, other = (classes[index] for index in every[cell])
        count = int(counts[every[cell]])
        return _("{name} taken for {other} ({count})", name=name, other=other, count=count)

    st.selectbox(
        _("Tap a cell, or choose"), ids, format_func=label_of,
        **current.widget(Codes, "mistake", chosen, per=tuple(ids)),
    )  # fmt: skip
    return every[chosen]


def _images(
    images: ImageSet,
    truth: Labels,
    taken: Labels,
    cell: tuple[int, int],
    classes: list[str],
    name: str,
) -> None:
    rows = ((truth == cell[0]) & (taken == cell[1])).nonzero()[:, 0].tolist()
    other = classes[cell[1]]
    st.caption(
        ngettext(
            "{count:,} image: {name} taken for {other}, by {classifier}.",
            "{count:,} images: {name} taken for {other}, by {classifier}.",
            len(rows),
            name=widgets.as_text(classes[cell[0]]),
            other=widgets.as_text(other),
            classifier=name,
        )
    )
    if rows:
        some = rows[:MOST_IMAGES]
        wrapped_rows.tiles(
            views.digits(data.floats(images.test[some])),
            [
                _("{image}, taken for {other}", image=data.alt_of(images, i), other=other)
                for i in some
            ],
            [str(i) for i in some],
            per_row=8,
        )

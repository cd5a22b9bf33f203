"""The confusion matrix of a classifier, and the images behind each cell."""

from __future__ import annotations

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
    tapped: object = None
    if size <= MOST_CLASSES:
        tapped = _table(card, classes, counts, wrong, finding)
    cell = _tapped(tapped, size) or _boxed(classes, counts, cells)
    _images(images, truth, taken, cell, classes, name)


def _table(
    card: Card, classes: list[str], counts: torch.Tensor, wrong: torch.Tensor, finding: str
) -> object:
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
    return figures.show(
        figure, finding,
        {_("class"): [classes[i] for i in rows.tolist()],
         _("taken for"): [classes[i] for i in columns.tolist()],
         _("images"): counts.flatten().tolist()},
        key=f"confusion-{card.name}", height=110 + 27 * size, on_select="rerun",
        selection_mode="points",
        alt=joined(_("Table of classes and what they were taken for."), finding),
    )  # fmt: skip


def _tapped(chosen: object, size: int) -> tuple[int, int] | None:
    points = getattr(getattr(chosen, "selection", None), "points", [])
    if points:
        row, column = round(float(points[0]["y"])), round(float(points[0]["x"]))
        if 0 <= row < size and 0 <= column < size:
            return row, column
    return None


def _boxed(
    classes: list[str], counts: torch.Tensor, cells: list[tuple[int, int]]
) -> tuple[int, int]:
    def label_of(cell: tuple[int, int]) -> str:
        name, other = (classes[index] for index in cell)
        return _(
            "{name} taken for {other} ({count})", name=name, other=other, count=int(counts[cell])
        )

    return st.selectbox(_("Tap a cell, or choose"), cells, key="cell", format_func=label_of)


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

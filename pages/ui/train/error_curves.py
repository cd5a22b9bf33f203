"""Errors of short runs against their steps, one line a run or more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go
from torch import Tensor

from ae_core.texts import N_, _
from pages.ui.drawing import figures

HOVER = {
    "training": N_("{run}, training images, step {step}: {error}"),
    "test": N_("{run}, test images, step {step}: {error}"),
}


@dataclass(frozen=True, eq=False)
class Line:
    """The errors of one kind of images, of `HOVER`, after each of `steps`, (p,) both."""

    name: str
    kind: str
    colour: str
    steps: Tensor
    errors: Tensor
    dash: str = "solid"


def show(lines: Sequence[Line], finding: str, *, key: str, alt: str) -> None:
    """The lines in a figure, both axes logarithmic; lines of one name have one in the legend."""
    figure = go.Figure()
    table: dict[str, list[object]] = {"run": [], "images": [], "step": [], "error": []}
    named: set[str] = set()
    for line in lines:
        steps, errors = line.steps.tolist(), line.errors.tolist()
        figure.add_scatter(
            x=steps, y=errors, mode="lines", name=line.name, legendgroup=line.name,
            showlegend=line.name not in named,
            line={"color": line.colour, "width": 2, "dash": line.dash},
            hovertemplate=_(HOVER[line.kind], run=line.name, step="%{x:,}", error="%{y:.4f}")
            + "<extra></extra>",
        )  # fmt: skip
        named.add(line.name)
        cells = [line.name] * len(steps), [line.kind] * len(steps), steps, errors
        for column, values in zip(table.values(), cells, strict=True):
            column.extend(values)
    figure.update_xaxes(type="log", title_text=_("steps"))
    figure.update_yaxes(
        type="log", title_text=_("cross-entropy, nats a pixel"), dtick="D2", tickformat="~g"
    )
    figure.update_layout(legend=figures.LEGEND)
    figures.show(figure, finding, table, key=key, alt=alt, height=420)

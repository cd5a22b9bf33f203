"""Plotly figures of the models' own views."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from ae_core import palette
from ae_core.texts import _
from pages.ui.drawing import charts

DIGITS_IN_SPACE = 500
SQUARE = 640
"""Side of the published grid of decoded images, in pixels."""


def digits_in_space(
    points: NDArray[np.float32],
    labels: NDArray[np.int64],
    classes: Sequence[str],
    here: Sequence[float],
) -> go.Figure:
    """Up to 500 codes, (n, 3), each drawn as the name of its class in the class's colour.

    The few that lie far outside are seen by zooming out.
    """
    points, labels = points[:DIGITS_IN_SPACE], labels[:DIGITS_IN_SPACE]
    low, high = np.quantile(points, [0.02, 0.98], axis=0)
    margin = 0.1 * (high - low) + 1e-3
    low, high = (low - margin).tolist(), (high + margin).tolist()
    names = [f"z[{axis}]" for axis in range(3)]
    figure = charts.code_map(points, labels, classes, low, high, here, names)
    for index, trace in enumerate(figure.data[: len(classes)]):
        colour = palette.seen(palette.CLASSES[index % len(palette.CLASSES)])
        trace.update(
            mode="text", text=[classes[index]] * len(trace.x),
            textfont={"size": 13, "color": colour}, showlegend=False,
        )  # fmt: skip
    figure.update_layout(margin_b=8)
    return figure


def published_square(montage: NDArray[np.float32], half: float, names: Sequence[str]) -> go.Figure:
    """The decoded grid over [-half, half] in both directions, as large as its pixels."""
    ends = [-half, -half], [half, half]
    figure = charts.decoded_grid(montage, *ends, here=(0, 0), axes=names)
    figure.update_traces(visible=False)
    figure.update_layout(height=SQUARE, margin_b=40)
    figure.update_xaxes(constrain="domain")
    figure.update_yaxes(scaleanchor="x", constrain="domain")
    return figure


def cloud(mean: Sequence[float], sigma: Sequence[float], z: Sequence[float]) -> go.Figure:
    """The mean of each number with a bar of one sigma and a code drawn, over the prior's band."""
    names = [f"z[{index}]" for index in range(len(mean))]
    figure = go.Figure()
    figure.add_hrect(-1, 1, fillcolor=palette.NEGATIVE, opacity=0.12, line_width=0)
    figure.add_scatter(
        x=names, y=mean, mode="markers", marker={"size": 8, "color": palette.HERE},
        error_y={"type": "data", "array": sigma, "color": palette.HERE, "thickness": 2},
        hovertemplate="%{x}: %{y:.3g} ± %{error_y.array:.3g}<extra></extra>", showlegend=False,
    )  # fmt: skip
    figure.add_scatter(
        x=names, y=z, mode="markers", showlegend=False,
        marker={"size": 10, "symbol": "x-thin", "line": {"color": palette.LIMIT, "width": 2}},
        hovertemplate=_("%{x}: draw 1 is %{y:.3g}") + "<extra></extra>",
    )  # fmt: skip
    figure.update_layout(height=220, margin={"l": 0, "r": 0, "t": 8, "b": 8}, uirevision="keep")
    figure.update_yaxes(title_text=_("mean ± sigma, and draw 1"))
    return figure

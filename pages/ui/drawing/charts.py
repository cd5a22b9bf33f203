"""Plotly figures that several pages draw, with fixed sizes and a zoom that stays."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from ae_core import palette
from ae_core.texts import _
from pages.ui.drawing.pictures import data_uri

SYMBOLS = ("circle", "square", "diamond", "cross", "x", "circle-open", "diamond-open")
"""Classes are told apart by them, too; Plotly has them in 3D. Seven and ten colours repeat together
only after 70 classes."""

HEIGHT = 430
LONGEST_NAME = 20
MAX_POINTS = 1500
"""Most codes on a map; more do not make it clearer, and make it slower for every visitor."""


def code_map(
    points: NDArray[np.float32],
    labels: NDArray[np.int64],
    classes: Sequence[str],
    low: Sequence[float],
    high: Sequence[float],
    here: Sequence[float],
    axes: Sequence[str],
) -> go.Figure:
    """Codes, (n, 2) or (n, 3), as points coloured by class, with a cross at `here`.

    The map opens on the range from `low` to `high`; a few codes lie far outside, and zooming out
    shows them.
    """
    every = max(1, len(points) // MAX_POINTS)
    points, labels = points[::every], labels[::every]
    flat = points.shape[1] == 2
    figure = go.Figure()
    if flat:
        by_class(figure, points, labels, classes, hover="%{x:.2f}, %{y:.2f}")
    else:
        for index, name in enumerate(classes):
            place, name = points[labels == index].T, escape(name[:LONGEST_NAME])
            figure.add_scatter3d(
                x=place[0], y=place[1], z=place[2], name=name, mode="markers",
                hovertemplate=f"{name}<br>%{{x:.2f}}, %{{y:.2f}}<extra></extra>",
                marker={"size": 2.5 * larger(len(points)), "opacity": 0.5, **_look(index)},
            )  # fmt: skip
    _mark(figure, here, low, high, flat)
    _lay_out(figure, axes, low, high, flat)
    return figure


def by_class(
    figure: go.Figure,
    points: NDArray[np.float32],
    labels: NDArray[np.int64],
    classes: Sequence[str],
    *,
    hover: str,
    numbers: NDArray[np.int64] | None = None,
) -> None:
    """Add points, (n, 2), as one trace for each class that there is.

    Args:
        figure: what they are added to.
        points: where they lie.
        labels: the class of each.
        classes: what the classes are called.
        hover: what is said of a point besides its class; `%{customdata}` is its number.
        numbers: what each point is called by where it is chosen.
    """
    for label in np.unique(labels).tolist():
        own = labels == label
        name = classes[label][:LONGEST_NAME]
        figure.add_scatter(
            x=points[own, 0], y=points[own, 1], mode="markers", name=escape(name),
            customdata=None if numbers is None else numbers[own],
            marker={"size": 5 * larger(len(points)), "opacity": 0.75, **_look(label)},
            hovertemplate=f"{escape(name)}<br>{hover}<extra></extra>",
        )  # fmt: skip


def larger(count: int) -> float:
    """How much larger than usual dots are where there are few of them: up to three times."""
    return float(min(3.0, max(1.0, (MAX_POINTS / max(1, count)) ** (1 / 3))))


def by_amount(
    figure: go.Figure,
    points: NDArray[np.float32],
    amounts: NDArray[np.float32],
    title: str,
    ends: tuple[float, float],
    *,
    hover: str,
    numbers: NDArray[np.int64] | None = None,
) -> None:
    """Add points, (n, 2), in the colours of amounts between two ends, with the scale beside them.

    Args:
        figure: what they are added to.
        points: where they lie.
        amounts: of each.
        title: what the amount is, with its unit.
        ends: the least and the most that there can be.
        hover: what is said of a point besides its amount; `%{customdata}` is its number.
        numbers: what each point is called by where it is chosen.
    """
    figure.add_scatter(
        x=points[:, 0], y=points[:, 1], mode="markers", showlegend=False, customdata=numbers,
        marker={
            "size": 5, "opacity": 0.75, "color": amounts, "colorscale": palette.AMOUNTS,
            "line": {"color": palette.DARK_GREY, "width": 0.5},
            "cmin": ends[0], "cmax": ends[1],
            "colorbar": {"title": {"text": title}, "thickness": 10},
        },
        hovertemplate=f"{escape(title)}: %{{marker.color:.2f}}<br>{hover}<extra></extra>",
    )  # fmt: skip


def _look(label: int) -> dict[str, Any]:
    """Colour and symbol of a class, with a rim that stands out where the colour does not."""
    colour = palette.CLASSES[label % len(palette.CLASSES)]
    rim = {"color": palette.seen(colour), "width": 1}
    return {"color": colour, "symbol": SYMBOLS[label % len(SYMBOLS)], "line": rim}


def decoded_grid(
    montage: NDArray[np.float32],
    low: Sequence[float],
    high: Sequence[float],
    here: Sequence[float],
    axes: Sequence[str],
) -> go.Figure:
    """A montage of decoded images over the codes that they stand for, with a cross at `here`."""
    figure = go.Figure()
    figure.add_layout_image(
        source=data_uri(montage), xref="x", yref="y", x=low[0], y=high[1],
        sizex=high[0] - low[0], sizey=high[1] - low[1], sizing="stretch", layer="below",
    )  # fmt: skip
    _mark(figure, here, low, high, flat=True)
    _lay_out(figure, axes, low, high, flat=True)
    figure.update_xaxes(showgrid=False, zeroline=False)
    figure.update_yaxes(showgrid=False, zeroline=False)
    return figure


def _mark(
    figure: go.Figure,
    here: Sequence[float],
    low: Sequence[float],
    high: Sequence[float],
    flat: bool,
) -> None:
    """A cross at `here`; in 3D three lines through it, which no cloud can hide."""
    if flat:
        figure.add_scatter(
            x=[here[0]], y=[here[1]], name=_("here"), mode="markers", hoverinfo="skip",
            showlegend=False, marker={
                "symbol": "cross", "size": 16, "color": palette.HERE,
                "line": {"color": "#ffffff", "width": 1.5},
            },
        )  # fmt: skip
        return
    for axis in range(3):
        x, y, z = (
            [low[i], high[i]] if i == axis else [value, value] for i, value in enumerate(here)
        )
        figure.add_scatter3d(
            x=x, y=y, z=z, name=_("here"), mode="lines", hoverinfo="skip", showlegend=False,
            line={"color": palette.HERE, "width": 4},
        )  # fmt: skip


def _lay_out(
    figure: go.Figure,
    axes: Sequence[str],
    low: Sequence[float],
    high: Sequence[float],
    flat: bool,
) -> None:
    figure.update_layout(
        height=HEIGHT,
        margin={"l": 0, "r": 0, "t": 8, "b": 96},
        uirevision="keep",
        legend={"orientation": "h", "y": -0.18, "itemsizing": "constant"},
    )
    frames = [
        {"title": {"text": text}, "range": [start, end]}
        for text, start, end in zip(axes, low, high, strict=False)
    ]
    if flat:
        figure.update_xaxes(frames[0])
        figure.update_yaxes(frames[1])
    else:
        figure.update_scenes(
            dict(zip(("xaxis", "yaxis", "zaxis"), frames, strict=True)),
            aspectmode="cube",
            camera={
                "eye": {"x": 1.45, "y": 1.45, "z": 0.9},
                "center": {"x": 0, "y": 0, "z": -0.15},
            },
        )

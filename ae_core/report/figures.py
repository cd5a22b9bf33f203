"""Plotly figures of the report. Colours of text and grid are the page's, light or dark."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import Any

import plotly.graph_objects as go

from ae_core import latent, palette
from ae_core.report.entries import MAX_POINTS, CodeMap, Entry

SYMBOLS = ("diamond", "square", "triangle-up", "x", "star", "pentagon", "cross", "hexagon")
CODE_SIZES = (1, 2, 3, 4, 8, 16, 32, 64, 128, 256)
"""Ticks; more would lie over one another on a phone."""


def bottleneck(entries: Sequence[Entry]) -> go.Figure:
    """Squared error over code size: a line for each ladder of models, a point for any other."""
    lines: dict[str, list[Entry]] = {}
    points: dict[str, list[Entry]] = {}
    for entry in sorted(entries, key=lambda entry: entry.card.latent_dim):
        into = lines if entry.ladder else points
        into.setdefault(entry.ladder or entry.family, []).append(entry)
    figure = go.Figure()
    for index, (name, group) in enumerate([*lines.items(), *points.items()]):
        is_line = index < len(lines)
        symbol = "circle" if is_line else SYMBOLS[index % len(SYMBOLS)]
        figure.add_scatter(
            x=[entry.card.latent_dim for entry in group],
            y=[entry.metrics["mse"] for entry in group],
            text=[escape(entry.card.name) for entry in group],
            name=escape(name),
            mode="lines+markers" if is_line else "markers",
            hovertemplate="%{text}<br>%{x} numbers, MSE %{y:.3g}<extra></extra>",
            marker={"size": 8 if is_line else 10, "symbol": symbol},
            line={"color": palette.MODELS[index % len(palette.MODELS)], "width": 2},
        )
    figure.update_layout(
        height=520,
        margin={"l": 64, "r": 12, "t": 12, "b": 48},
        legend={"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom", "x": 0},
    )
    figure.update_xaxes(type="log", tickvals=CODE_SIZES, title_text="numbers in the code")
    errors = [entry.metrics["mse"] for entry in entries]
    figure.update_yaxes(_log_axis(errors), title_text="MSE a pixel, lower is better")
    return _bare(figure)


def code_map(code_map: CodeMap) -> go.Figure:
    """Codes as points coloured by class; a code of one number is a row for each class."""
    points, axes = code_map.points, code_map.axes
    low, high = latent.slider_ranges(points)
    figure = go.Figure()
    for index, name in enumerate(code_map.classes):
        place = points[code_map.labels == index].numpy().T
        colour = palette.CLASSES[index % len(palette.CLASSES)]
        shown: dict[str, Any] = {
            "name": escape(name), "mode": "markers", "showlegend": False,
            "hovertemplate": f"{escape(name)}<extra></extra>",
        }  # fmt: skip
        if len(axes) == 3:
            marker = {"size": 2.5, "color": colour, "opacity": 0.6}
            figure.add_scatter3d(x=place[0], y=place[1], z=place[2], marker=marker, **shown)
        else:
            marker = {"size": 5, "color": colour, "opacity": 0.75}
            up = place[1] if len(axes) == 2 else [escape(name)] * place.shape[1]
            figure.add_scatter(x=place[0], y=up, marker=marker, **shown)
    ranges = [
        {"title": {"text": text}, "range": ends}
        for text, ends in zip(axes, zip(low, high, strict=True), strict=True)
    ]
    figure.update_layout(height=380, margin={"l": 48, "r": 8, "t": 8, "b": 44})
    if len(axes) == 3:
        figure.update_layout(margin={"l": 0, "r": 0, "t": 0, "b": 0})
        figure.update_scenes(
            dict(zip(("xaxis", "yaxis", "zaxis"), ranges, strict=True)),
            aspectmode="cube",
            camera={"eye": {"x": 1.8, "y": 1.8, "z": 1.1}, "center": {"x": 0, "y": 0, "z": -0.1}},
        )
    else:
        figure.update_xaxes(ranges[0])
        figure.update_yaxes(ranges[1] if len(axes) == 2 else {"type": "category", "title": "class"})
    return _bare(figure)


def training_curve(curve: dict[str, list[float]]) -> go.Figure | None:
    """The losses over a run's steps; none where the card holds no curve of two points or more."""
    steps = curve.get("step", [])
    parts = {k: v for k, v in curve.items() if k != "step" and len(v) == len(steps)}
    if len(steps) < 2 or not parts:
        return None
    some = slice(None, None, -(-len(steps) // MAX_POINTS))
    figure = go.Figure()
    for index, (name, values) in enumerate(parts.items()):
        figure.add_scatter(
            x=steps[some],
            y=values[some],
            name=escape(name),
            mode="lines",
            line={"color": palette.MODELS[index % len(palette.MODELS)], "width": 2},
            hovertemplate="step %{x:,}: %{y:.4g}",
        )
    figure.update_layout(
        height=280,
        margin={"l": 56, "r": 8, "t": 8 if len(parts) == 1 else 30, "b": 44},
        showlegend=len(parts) > 1,
        legend={"x": 0, "y": 1, "yanchor": "bottom", "orientation": "h"},
    )
    figure.update_xaxes(title_text="step")
    values = [value for part in parts.values() for value in part]
    if 0 < min(values) < max(values) / 10:
        figure.update_yaxes(_log_axis(values))
    return _bare(figure)


def _log_axis(values: Sequence[float]) -> dict[str, Any]:
    """A logarithmic axis with whole numbers at its ticks: 1, 2 and 5, or powers of ten alone."""
    shown = [value for value in values if value > 0] or [1.0]
    low, high = math.floor(math.log10(min(shown))), math.ceil(math.log10(max(shown)))
    digits = (1, 2, 5) if high - low <= 4 else (1,)
    ticks = [digit * 10.0**power for power in range(low, high + 1) for digit in digits]
    return {"type": "log", "tickvals": ticks, "ticktext": [f"{tick:g}" for tick in ticks]}


def _bare(figure: go.Figure) -> go.Figure:
    """The figure without Plotly's own template: the page brings one that fits its theme."""
    return figure.update_layout(template=None, hovermode="closest")

"""Figures with their finding as the title, and downloads as CSV, SVG and PNG."""

from __future__ import annotations

import csv
import io
import re
import textwrap
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from pages.ui.browser import built, mounting
from pages.ui.drawing import plotted

HEIGHT = 340
TITLE_WIDTH = 46
"""Characters in a line of a title: as many as fit on a phone."""

LINE_HEIGHT = 20

WIDE = "\u2e80-\u9fff\uff00-\uff60"
"""Letters of Chinese and its marks, as wide as two others: a line can end after each."""

PIECE = re.compile(rf"\s*(?:[{WIDE}]|[^\s{WIDE}]+)[\u3001\u3002\uff00-\uff1f]*")
"""What stays on one line: a word or a letter, with the marks behind it."""

LEGEND = {"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom", "x": 0}
"""Below the chart, where it can have as many lines as a phone needs."""

_DOWNLOADS = st.components.v2.component("downloads", html=mounting.PLACE, js=mounting.LOADER)


def show(
    figure: go.Figure,
    finding: str,
    table: Mapping[str, Sequence[Any]],
    *,
    key: str,
    alt: str,
    height: int = HEIGHT,
    **more: Any,
) -> Any:
    """Draw a figure with its finding as its title, and let people download it.

    Args:
        figure: what to draw.
        finding: what it shows, in one sentence of plain text.
        table: the numbers behind it, a column each, for the CSV.
        key: a name of its own among those of the page: letters, digits and dashes.
        alt: what somebody needs to know who cannot see it.
        height: of the whole figure, in pixels.
        more: for `st.plotly_chart`, whose result comes back.
    """
    lines = lines_of(finding)
    # Plotly aligns a single line by its top, but the first of several by its bottom.
    top = 6 if len(lines) == 1 else 17
    margin = {"l": 0, "r": 0, "b": 0, **(figure.layout.margin.to_plotly_json() or {})}
    figure.update_layout(
        title={
            "text": "<br>".join(map(escape, lines)), "x": 0, "xanchor": "left", "y": 1,
            "yref": "container", "yanchor": "top", "pad": {"t": top}, "font": {"size": 15},
        },
        height=height, uirevision=key, margin={**margin, "t": LINE_HEIGHT * len(lines) + 24},
    )  # fmt: skip
    config = {"displaylogo": False, "displayModeBar": False, **more.pop("config", {})}
    chosen = plotted.show(figure, key=key, alt=alt, config=config, **more)
    if built.files():
        _offer(key, finding, table)
    return chosen


def lines_of(title: str) -> list[str]:
    """The lines of a title, none wider than a phone."""
    if not re.search(f"[{WIDE}]", title):
        return textwrap.wrap(title, TITLE_WIDTH)
    lines = [""]
    for piece in PIECE.findall(title):
        if _width(lines[-1] + piece) > TITLE_WIDTH:
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    return lines


def _width(text: str) -> int:
    return len(text) + len(re.findall(f"[{WIDE}]", text))


def _offer(key: str, finding: str, table: Mapping[str, Sequence[Any]]) -> None:
    _DOWNLOADS(
        key=f"{key}-downloads",
        data=mounting.part(
            "downloads", chart=f"st-key-{key}", csv=csv_of(table),
            name=re.sub(r"[^a-z0-9]+", "-", finding.lower()).strip("-")[:60] or key,
        ),
    )  # fmt: skip


def csv_of(table: Mapping[str, Sequence[Any]]) -> str:
    """Columns as CSV; a cell that a spreadsheet would run as a formula is quoted."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(map(_harmless, table))
    writer.writerows(map(_harmless, row) for row in zip(*table.values(), strict=True))
    return text.getvalue()


def _harmless(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@") else cell

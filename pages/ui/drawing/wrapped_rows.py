"""Rows that wrap on a phone: bars for the numbers of a code, and pictures with captions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from html import escape

import streamlit as st

from ae_core import palette
from ae_core.wording import three_digits
from pages.ui.drawing.pictures import Picture, img

MOST_TILES = 64
GAP = 6
WIDE = "ae-pixel ae-wide"
short = partial(three_digits, zero_below=5e-4)
"""A number under its bar: three digits, and "0" where the bar is too short to be seen."""

HALF = 44
"""Height of the longest bar, in pixels."""

_SMALL = "font-size:.75rem;line-height:1.2;text-align:center;font-variant-numeric:tabular-nums"


def bars(
    values: Sequence[float], names: Sequence[str], *, alt: str, faint: Sequence[bool] = ()
) -> None:
    """One bar for each number, up or down from zero, with its value and its name under it.

    All share one scale; those that are `faint` are pale.
    """
    scale = HALF / max(1e-9, *(abs(value) for value in values))
    below = HALF * any(value < 0 for value in values)
    cells = "".join(
        _bar(value, value * scale, below, name, faint=bool(faint) and faint[index])
        for index, (value, name) in enumerate(zip(values, names, strict=True))
    )
    st.html(
        f'<div role="img" aria-label="{escape(alt)}" style="display:grid;gap:6px 3px;'
        f"grid-template-columns:repeat(auto-fit,minmax(41px,1fr));max-width:{80 * len(values)}px"
        f'">{cells}</div>'
    )


def _bar(value: float, height: float, below: float, name: str, *, faint: bool) -> str:
    up, colour = max(height, 0.0), palette.POSITIVE if height > 0 else palette.NEGATIVE
    bar = (
        f'<div style="position:absolute;left:15%;right:15%;top:{HALF - up:.1f}px;'
        f'height:{max(abs(height), 1):.1f}px;background:{colour};border-radius:2px"></div>'
        f'<div style="position:absolute;left:0;right:0;top:{HALF}px;height:1px;'
        'background:currentColor;opacity:.4"></div>'
    )
    return (
        f'<div style="opacity:{0.5 if faint else 1}">'
        f'<div style="position:relative;height:{HALF + below + 2:.0f}px">{bar}</div>'
        f'<div style="{_SMALL}">{short(value)}<br><span style="opacity:.7">{escape(name)}</span>'
        "</div></div>"
    )


def tiles(
    images: Sequence[Picture] | Picture,
    alts: Sequence[str],
    captions: Sequence[str],
    *,
    per_row: int = 12,
) -> None:
    """Pictures of one size with captions, so many a row or fewer on a phone; 64 at most."""
    shown = list(zip(images, alts, captions, strict=True))[:MOST_TILES]
    cells = "".join(
        f'<figure style="margin:0;line-height:0">{img(image, alt, WIDE)}'
        f'<figcaption style="{_SMALL};margin-top:3px">{escape(caption)}</figcaption></figure>'
        for image, alt, caption in shown
    )
    width = f"max(70px,calc((100% + {GAP}px)/{per_row} - {GAP}px))"
    st.html(
        f'<div class="ae-tiles" style="--tile:100%;display:grid;gap:{GAP}px;'
        f"max-width:{124 * per_row}px;"
        f'grid-template-columns:repeat(auto-fill,minmax({width},1fr))">{cells}</div>'
    )


def meters(rows: Sequence[tuple[str, float, str]], *, alt: str) -> None:
    """Labelled bars one under another, of (label, value, colour), all on one scale."""
    largest = max(1e-9, *(value for _, value, _ in rows))
    cells = "".join(
        f'<span>{escape(label)}</span><div style="height:14px;width:{100 * value / largest:.1f}%;'
        f'background:{colour};border-radius:2px;min-width:2px"></div>'
        f'<span style="font-variant-numeric:tabular-nums">{short(value)}</span>'
        for label, value, colour in rows
    )
    st.html(
        f'<div role="img" aria-label="{escape(alt)}" style="display:grid;align-items:center;'
        "gap:6px 10px;grid-template-columns:minmax(90px,max-content) 1fr 3.5em;max-width:640px;"
        f'font-size:.875rem">{cells}</div>'
    )

"""Images as HTML: crisp, with alternative texts, and inside the page instead of in files."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from html import escape
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from ae_core import palette
from ae_core.images.reading import to_bytes, to_png
from ae_core.texts import _

Picture = NDArray[Any]
"""Grey (h, w) or colour (h, w, 3): uint8, or floats in [0, 1]."""

_LIGHT, _DARK = (np.array(palette.rgb(each)) / 255 for each in (palette.POSITIVE, palette.NEGATIVE))


LARGE = 20_000
"""Pixels of an image that takes longer to encode than to be told from others."""


@dataclass(frozen=True)
class Row:
    """One row of a strip: a label, and for each column an image, its text and a caption."""

    label: str
    images: Sequence[Picture] | Picture
    alts: Sequence[str]
    captions: Sequence[str] = ()


def data_uri(image: Picture) -> str:
    """The image as a data URI."""
    pixels = to_bytes(image)
    if pixels.size < LARGE:
        return _encoded(pixels)
    return _kept(pixels.tobytes(), pixels.shape)


@lru_cache(maxsize=16)
def _kept(data: bytes, shape: tuple[int, ...]) -> str:
    """A large one, which a class of sixty is shown at the same moment."""
    return _encoded(np.frombuffer(data, np.uint8).reshape(shape))


def _encoded(pixels: NDArray[np.uint8]) -> str:
    return f"data:image/png;base64,{b64encode(to_png(pixels)).decode()}"


def img(image: Picture, alt: str, css: str = "ae-pixel") -> str:
    """An `<img>` that keeps its pixels square."""
    return f'<img class="{css}" src="{data_uri(image)}" alt="{escape(alt)}">'


def big(image: Picture, alt: str) -> None:
    """Show one image at the size of the main picture."""
    st.html(img(image, alt, "ae-pixel ae-big"))


def wide(image: Picture, alt: str) -> None:
    """Show one image as wide as its place."""
    st.html(img(image, alt, "ae-pixel ae-wide"))


def strip(rows: Sequence[Row]) -> None:
    """Show rows of images one under another, column by column; columns wrap on a phone."""
    # Whole rows at once: converting each image took as long as everything else.
    rows = [replace(row, images=to_bytes(np.asarray(row.images))) for row in rows]
    labels = "".join(
        f"<span>{escape(row.label)}</span>" + ("<small>&nbsp;</small>" if row.captions else "")
        for row in rows
    )
    columns = "".join(
        '<figure class="ae-column">' + "".join(_cell(row, index) for row in rows) + "</figure>"
        for index in range(len(rows[0].images))
    )
    legend = _("From top to bottom: {rows}.", rows=", ".join(row.label for row in rows))
    st.html(
        f'<div class="ae-strip"><div class="ae-legend">{escape(legend)}</div>'
        f'<div class="ae-columns" style="--count:{len(rows[0].images)}">'
        f'<div class="ae-column ae-labels" aria-hidden="true">{labels}</div>{columns}</div></div>'
    )


def film(frames: Picture, alt: str, *, seconds: float, width: int = 260) -> None:
    """Play frames, (n, h, w), back and forth for ever, by CSS alone."""
    sheet = np.concatenate(list(frames), axis=1)
    st.html(
        f'<div class="ae-film" role="img" aria-label="{escape(alt)}" style="--frames:{len(frames)};'
        f'--seconds:{seconds}s;--width:{width}px;background-image:url({data_uri(sheet)})"></div>'
    )


def montage(images: Picture, columns: int) -> Picture:
    """Put images, (n, h, w) or (n, h, w, 3), edge to edge, row by row."""
    n, h, w, *colours = images.shape
    rows = n // columns
    grid = images[: rows * columns].reshape(rows, columns, h, w, *colours)
    return np.asarray(grid.swapaxes(1, 2).reshape(rows * h, columns * w, *colours))


def difference(x_hat: Picture, x: Picture) -> Picture:
    """The error of each pixel as a colour: black is none, orange too light, blue too dark."""
    error = x_hat - x
    if error.ndim == 3:  # the mean of three channels
        error = error.mean(axis=2)
    too_light = np.clip(error, 0, 1)[..., None] * _LIGHT
    too_dark = np.clip(-error, 0, 1)[..., None] * _DARK
    return np.asarray(np.clip((too_light + too_dark) * 1.3, 0, 1))


def _cell(row: Row, index: int) -> str:
    caption = f"<small>{escape(row.captions[index])}</small>" if row.captions else ""
    return img(row.images[index], row.alts[index]) + caption

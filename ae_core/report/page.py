"""The report as one HTML file: it needs no server and no internet, in light and in dark.

`page.html.jinja` says what is on it. Cards are untrusted, so whatever comes from one is escaped,
and the page's own policy forbids it to fetch anything.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from importlib.resources import files
from itertools import groupby
from typing import NamedTuple

import plotly.graph_objects as go
import torch
from jinja2 import Environment, FunctionLoader, StrictUndefined, Template
from plotly.offline import get_plotlyjs

from ae_core import image_sets, palette
from ae_core.checkpoints import Broken
from ae_core.checkpoints.cards import Card
from ae_core.images.reading import to_png
from ae_core.report import figures as report_figures
from ae_core.report.entries import Entry
from ae_core.texts import ngettext
from ae_core.types import Images


class Column(NamedTuple):
    """A column of figures in the table."""

    name: str
    meaning: str
    text: Callable[[Entry], str]


COLUMNS = (
    Column("code", "numbers in the code", lambda entry: str(entry.card.latent_dim)),
    Column("parameters", "numbers that training sets", lambda entry: f"{entry.parameters:,}"),
    Column(
        "BCE ↓",
        "binary cross-entropy a pixel, in nats",
        lambda entry: f"{entry.metrics['bce']:.4f}",
    ),
    Column("MSE ↓", "squared error a pixel", lambda entry: f"{entry.metrics['mse']:.4f}"),
    Column(
        "PSNR ↑",
        "peak signal-to-noise ratio in dB",
        lambda entry: f"{entry.metrics['psnr']:.1f}",
    ),
    Column(
        "SSIM ↑",
        "structural similarity, 1 is the same image",
        lambda entry: f"{entry.metrics['ssim']:.3f}",
    ),
    Column(
        "-ELBO ↓",
        "negative evidence lower bound in nats an image; one given the class is another one",
        lambda entry: elbo_in_words(entry.card),
    ),
    Column("kB", "size on disk", lambda entry: f"{entry.disk_bytes / 1000:,.0f}"),
    Column(
        "trained, s",
        "seconds on the machine that trained it",
        lambda entry: f"{entry.card.seconds:,.{0 if entry.card.seconds >= 10 else 1}f}",
    ),
)


def elbo_in_words(card: Card) -> str:
    """The negative ELBO; what it is given where it is; nothing where there is none."""
    if (value := card.figure("nelbo")) is not None:
        return f"{value:.1f}"
    given = card.nelbo_given_class
    return "" if given is None else f"{given:.1f} given the class"


def page(entries: Iterable[Entry], broken: Iterable[Broken], *, made: datetime) -> str:
    """The whole report."""
    ordered = sorted(entries, key=_place)
    sets = [list(group) for _, group in groupby(ordered, key=lambda entry: entry.card.image_set)]
    maps = [(entry, entry.code_map) for entry in ordered if entry.code_map is not None]
    curves = [(entry, report_figures.training_curve(entry.card.curve)) for entry in ordered]
    classes = max((found.classes for _, found in maps), key=len, default=())
    return _template().render(
        style=_text("style.css"),
        script=_text("script.js"),
        plotly=get_plotlyjs(),
        made=made,
        entries=ordered,
        sets=sets,
        broken=list(broken),
        columns=COLUMNS,
        legend=list(zip(classes, palette.CLASSES, strict=False)),
        maps=[(entry, report_figures.code_map(found)) for entry, found in maps],
        curves=[(entry, figure) for entry, figure in curves if figure is not None],
    )


def count(entries: Sequence[Entry]) -> str:
    """How many checkpoints there are, in words."""
    return ngettext("{count:,} checkpoint", "{count:,} checkpoints", len(entries))


def _template() -> Template:
    environment = Environment(
        loader=FunctionLoader(_text),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals |= {
        "bottleneck": report_figures.bottleneck,
        "count": count,
        "montage": _montage,
        "script_json": _script_json,
    }
    return environment.get_template("page.html.jinja")


def _text(name: str) -> str:
    """What is in a file beside this one."""
    return (files("ae_core.report") / name).read_text("utf-8")


def _place(entry: Entry) -> tuple[int, str, int, float]:
    """Where a checkpoint stands: by image set, code size and error."""
    card = entry.card
    known = image_sets.NAMES.index(card.image_set) if card.image_set in image_sets.NAMES else 99
    return known, card.image_set, card.latent_dim, entry.metrics["mse"]


def _montage(rows: Sequence[Images]) -> str:
    """Rows of images edge to edge, as a picture inside an address."""
    picture = torch.cat([torch.cat(list(row), dim=2) for row in rows], dim=1)
    png = to_png(picture.permute(1, 2, 0).squeeze(-1).numpy())
    return f"data:image/png;base64,{b64encode(png).decode()}"


def _script_json(figure: go.Figure) -> str:
    """A figure as JSON that cannot end the script element around it."""
    return figure.to_json().replace("<", "\\u003c")

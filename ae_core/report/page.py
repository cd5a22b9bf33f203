"""The report as one HTML file: it needs no server and no internet, in light and in dark.

Whatever comes from a card is escaped: a stranger may have written it. The page's own policy forbids
it to fetch anything, whatever is in it.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape
from itertools import groupby

import plotly.graph_objects as go
import torch
from plotly.offline import get_plotlyjs

from ae_core import image_sets
from ae_core.checkpoints import Broken
from ae_core.images.reading import to_png
from ae_core.report import figures as report_figures
from ae_core.report.entries import Entry
from ae_core.report.style import SCRIPT, STYLE
from ae_core.types import Images

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"

COLUMNS = (
    ("checkpoint", ""),
    ("family", ""),
    ("code", "numbers in the code"),
    ("parameters", "numbers that training sets"),
    ("BCE ↓", "binary cross-entropy a pixel, in nats"),
    ("MSE ↓", "squared error a pixel"),
    ("PSNR ↑", "peak signal-to-noise ratio in dB"),
    ("SSIM ↑", "structural similarity, 1 is the same image"),
    ("-ELBO ↓", "negative evidence lower bound in nats an image, one sample each"),
    ("kB", "size on disk"),
    ("trained, s", "seconds on the machine that trained it"),
)


def page(entries: Iterable[Entry], broken: Iterable[Broken], *, made: datetime) -> str:
    """The whole report."""
    ordered = sorted(entries, key=_place)
    sets = [list(group) for _, group in groupby(ordered, key=lambda entry: entry.card.image_set)]
    none = {"Nothing": "<p>There is no checkpoint to report on. Train one first.</p>"}
    sections = (
        none
        if not ordered
        else {
            "Table": _table(sets),
            "Error and code size": "".join(_bottleneck(group) for group in sets),
            "Reconstructions": _reconstructions(ordered),
            "Maps of the codes": _maps(ordered),
            "Training": _curves(ordered),
        }
    )
    menu = "".join(f'<a href="#s{i}">{title}</a>' for i, title in enumerate(sections))
    body = "".join(
        f'<section id="s{i}"><h2>{title}</h2>{inside}</section>'
        for i, (title, inside) in enumerate(sections.items())
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Autoencoders compared</title><style>{STYLE}</style></head><body>"
        f"<header><h1>Autoencoders compared</h1><p>{count(ordered)}, {made:%Y-%m-%d %H:%M}.</p>"
        f"{_notes(sets, broken)}<nav>{menu}</nav></header><main>{body}</main>"
        f"<script>{get_plotlyjs()}</script><script>{SCRIPT}</script></body></html>\n"
    )


def _place(entry: Entry) -> tuple[int, str, int, float]:
    """Where a checkpoint stands: by image set, code size and error."""
    card = entry.card
    known = image_sets.NAMES.index(card.image_set) if card.image_set in image_sets.NAMES else 99
    return known, card.image_set, card.latent_dim, entry.metrics["mse"]


def count(entries: Sequence[Entry]) -> str:
    """How many checkpoints there are, in words."""
    return "1 checkpoint" if len(entries) == 1 else f"{len(entries)} checkpoints"


def _numbers(count: int) -> str:
    return "1 number" if count == 1 else f"{count} numbers"


def _notes(sets: Sequence[Sequence[Entry]], broken: Iterable[Broken]) -> str:
    """What a reader has to know about where the figures come from."""
    notes = []
    for group in sets:
        name = escape(group[0].card.image_set)
        if without := [entry for entry in group if not entry.measured_on]:
            notes.append(
                f"The images of “{name}” are not on this machine, or not of the size that the model"
                f" takes. For {count(without)} the figures are those on the card, and"
                " reconstructions and maps come from the codes that ship with it."
            )
    notes += [f"Left out: {escape(folder.reason)}" for folder in broken]
    return "".join(f'<p class="note">{note}</p>' for note in notes)


def _table(sets: Sequence[Sequence[Entry]]) -> str:
    head = "".join(f'<th scope="col" title="{why}">{name}</th>' for name, why in COLUMNS)
    rows = []
    for group in sets:
        counts = {entry.measured_on for entry in group}
        how = " or ".join(f"{n:,} test images" if n else "figures on the card" for n in counts)
        title = f"<span><b>{escape(group[0].card.image_set)}</b>, {how}</span>"
        rows.append(f'<tr><th colspan="{len(COLUMNS)}" class="set">{title}</th></tr>')
        rows += [_row(entry) for entry in group]
    words = "; ".join(f"<b>{name}</b> {why}" for name, why in COLUMNS if why)
    return (
        f'<div class="wide" tabindex="0"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
        f"<p>{words}. ↓ lower is better, ↑ higher is better. Pictures go in without noise.</p>"
    )


def _row(entry: Entry) -> str:
    card, metrics, elbo = entry.card, entry.metrics, entry.negative_elbo
    name = escape(card.name)
    values = (
        str(card.latent_dim),
        f"{entry.parameters:,}",
        f"{metrics['bce']:.4f}",
        f"{metrics['mse']:.4f}",
        f"{metrics['psnr']:.1f}",
        f"{metrics['ssim']:.3f}",
        "" if elbo is None else f"{elbo:.1f}",
        f"{entry.disk_bytes / 1000:,.0f}",
        f"{card.seconds:,.0f}" if card.seconds >= 10 else f"{card.seconds:.1f}",
    )
    return (
        f'<tr><th scope="row"><a href="#r-{name}" title="{escape(card.title)}">{name}</a></th>'
        f"<td>{escape(entry.family)}</td>{''.join(f'<td>{value}</td>' for value in values)}</tr>"
    )


def _bottleneck(group: Sequence[Entry]) -> str:
    title = f"{escape(group[0].card.image_set)}: what is lost with a code of so many numbers"
    words = "Each point is a model: touch it for its name. Both axes are logarithmic."
    if any(entry.ladder for entry in group):
        words += (
            " A line joins models of one kind that differ in code size alone. PCA makes the squared"
            " error as small as straight lines can: a network worth its weights lies below."
        )
    return f"{_figure(title, report_figures.bottleneck(group))}<p>{words}</p>"


def _reconstructions(entries: Sequence[Entry]) -> str:
    return f'<div class="grid">{"".join(map(_strip, entries))}</div>'


def _strip(entry: Entry) -> str:
    card = entry.card
    title = _title(
        entry, f"{card.title}: {_numbers(card.latent_dim)}, MSE {entry.metrics['mse']:.4f}"
    )
    if entry.reconstructions is None:
        picture = "<p>There are no images here and no codes to draw from.</p>"
    else:
        rows = [each for each in (entry.originals, entry.reconstructions) if each is not None]
        alt = "Ten test images" if len(rows) == 2 else "Ten reconstructions, the originals missing"
        below = f" and below them what {card.name} draws" if len(rows) == 2 else ""
        picture = f'<img class="strip" src="{_montage(rows)}" alt="{escape(alt + below)}">'
    return f'<figure id="r-{escape(card.name)}"><figcaption>{title}</figcaption>{picture}</figure>'


def _montage(rows: Sequence[Images]) -> str:
    """Rows of images edge to edge, as a picture inside an address."""
    picture = torch.cat([torch.cat(list(row), dim=2) for row in rows], dim=1)
    png = to_png(picture.permute(1, 2, 0).squeeze(-1).numpy())
    return f"data:image/png;base64,{b64encode(png).decode()}"


def _maps(entries: Sequence[Entry]) -> str:
    maps = [(entry, entry.code_map) for entry in entries if entry.code_map is not None]
    if not maps:
        return "<p>No checkpoint keeps its codes, and there are no images to make some from.</p>"
    classes = max((found.classes for _, found in maps), key=len)
    legend = "".join(
        f'<span><i style="background:{colour}"></i>{escape(name)}</span>'
        for colour, name in zip(report_figures.PALETTE, classes, strict=False)
    )
    figures = (
        _figure(
            _title(
                entry,
                f"Codes of {len(found.points):,} images, {_numbers(entry.card.latent_dim)} each",
            ),
            report_figures.code_map(found),
            in_space=len(found.axes) == 3,
        )
        for entry, found in maps
    )
    return (
        f'<p class="legend">{legend}</p><div class="grid">{"".join(figures)}</div>'
        "<p>A code of more than three numbers is seen along the two directions in which the codes"
        " differ most.</p>"
    )


def _curves(entries: Sequence[Entry]) -> str:
    figures = [
        _figure(_title(entry, f"Loss over {entry.card.steps:,} steps"), figure)
        for entry in entries
        if (figure := report_figures.training_curve(entry.card.curve)) is not None
    ]
    if not figures:
        return "<p>No card holds the curve of its training.</p>"
    rest = ""
    if left := len(entries) - len(figures):
        rest = (
            f"<p>{left} of {len(entries)} have no curve on their card, or took a single step.</p>"
        )
    return f'<div class="grid">{"".join(figures)}</div>{rest}'


def _title(entry: Entry, words: str) -> str:
    return f"<b>{escape(entry.name)}</b><br>{escape(words)}"


def _figure(title: str, figure: go.Figure, *, in_space: bool = False) -> str:
    """A figure that is drawn when it comes into sight."""
    data = figure.to_json().replace("<", "\\u003c")
    return (
        f'<figure><figcaption>{title}</figcaption><div class="plot{" space" * in_space}"'
        f' style="height:{figure.layout.height}px"></div>'
        f'<script type="application/json">{data}</script></figure>'
    )

"""One snapshot of a run: what its model makes of the same test images at a step of training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from ae_core import image_sets, languages, numerals, palette
from ae_core.jobs import files
from ae_core.jobs.job import Job
from ae_core.texts import _, ngettext
from ae_core.training.runs import RunSpec
from pages.ui.drawing import charts, pictures, views, wrapped_rows
from pages.ui.shared import cached

MAP_SIDE = 300
RADIUS = 2
FEW_SNAPSHOTS = 2

LIGHT, DARK = 255, 24
"""Backgrounds of the map."""

WIDE = "ae-pixel ae-wide"


def show(job: Job) -> None:
    """One snapshot of the model: the latest, or the one that the time machine is at."""
    if job.is_over:
        files.pull(job.name)
    steps = files.snapshots(job.name)
    if not steps:
        st.caption(_("Here test images appear, and what the model makes of them."))
        return
    step = steps[-1]
    if job.is_over and len(steps) >= FEW_SNAPSHOTS:
        step = st.select_slider(
            _("Time machine: steps of training"), steps, steps[-1], key=f"time-{job.name}",
            help=_("Move back and see how all of this came about."),
        )  # fmt: skip
    if isinstance(job.spec, RunSpec):
        ground = DARK if st.context.theme.type == "dark" else LIGHT
        if pieces := _drawn(job.name, int(step), ground, languages.current()):
            _lay_out(pieces)
    elif (snapshot := files.snapshot(job.name, int(step))) is not None:
        _read(job, snapshot)


def _read(job: Job, snapshot: Mapping[str, Tensor]) -> None:
    """Test images with what a classifier takes them for."""
    made = (card for card in cached.made_classifiers() if card.name == job.name)
    # The set may have other classes by now than the run had.
    known = next((tuple(card.classes) for card in made), ()) or image_sets.class_names(
        job.spec.image_set
    )
    most = int(torch.stack([snapshot["taken"], snapshot["labels"]]).max())
    names = known if len(known) > most else tuple(map(str, range(most + 1)))
    rows = [snapshot[name].tolist() for name in ("labels", "taken", "confidence")]
    captions, alts = [], []
    for label, taken, confidence in zip(*rows, strict=True):
        values = {"label": names[label], "taken": names[taken]}
        captions.append(
            f"{names[taken]}, {numerals.written(confidence, '.0%')}" if taken == label
            else _("{taken}, not {label}, {confidence:.0%}", confidence=confidence, **values)
        )  # fmt: skip
        alts.append(_("A {label}, taken for {taken}", **values))
    images = views.digits(snapshot["before"].float() / 255)
    wrapped_rows.tiles(images, alts, captions, per_row=5)
    st.caption(_("Test images, and below each what it is taken for, with the confidence."))


def _lay_out(pieces: Sequence[str]) -> None:
    """Test images over their reconstructions, the map of the codes, and what it decodes to."""
    again, places, sheet = pieces
    st.html(again)
    st.caption(_("Test images, and below each what the model makes of it."))
    left, right = st.columns(2)
    with left:
        st.html(places)
        st.caption(_("The map: each dot a test image, coloured by class."))
    with right:
        st.html(sheet)
        st.caption(_("What each place of the map decodes to."))


@st.cache_resource(max_entries=128, show_spinner=False)
def _drawn(
    name: str,
    step: int,
    ground: int,
    language: str,  # noqa: ARG001 - the cache's key
) -> tuple[str, str, str] | None:
    """The three pictures of a snapshot as HTML, made once for all who look at the run."""
    if (snapshot := files.snapshot(name, step)) is None:
        return None
    count = len(snapshot["before"])
    both = torch.cat([snapshot["before"], snapshot["after"]]).float() / 255
    alt = ngettext(
        "{count} test image, and below it again", "{count} test images, and below them again", count
    )
    again = pictures.img(pictures.montage(views.digits(both), count), alt, WIDE)
    side = round(len(snapshot["grid"]) ** 0.5)
    alt = ngettext(
        "Map of the codes of {count} test image", "Map of the codes of {count} test images",
        len(snapshot["labels"]),
    )  # fmt: skip
    places = pictures.img(scatter(snapshot, ground), alt, WIDE)
    sheet = pictures.montage(views.digits(snapshot["grid"].float() / 255), side)
    alt = _("{side} by {side} images decoded from all over the map", side=side)
    return again, places, pictures.img(sheet, alt, WIDE)


def scatter(snapshot: Mapping[str, Tensor], ground: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """The map as a picture, (side, side, 3): a dot for each code, in the colour of its class."""
    places, (low, high) = snapshot["places"].float(), snapshot["ends"]
    spread = (high - low).clamp(min=1e-6)
    at = ((places - low) / spread * (MAP_SIDE - 1)).round().long()
    at[:, 1] = MAP_SIDE - 1 - at[:, 1]
    radius = round(RADIUS * charts.larger(len(at)))
    inside = ((at >= radius) & (at < MAP_SIDE - radius)).all(dim=1)
    at, labels = at[inside], snapshot["labels"].long()[inside]
    picture = torch.full((MAP_SIDE, MAP_SIDE, 3), ground, dtype=torch.uint8)
    colours = torch.tensor([palette.rgb(each) for each in palette.CLASSES], dtype=torch.uint8)
    for dx in range(-radius, radius + 1):
        for dy in range(-radius, radius + 1):
            if dx * dx + dy * dy <= radius * radius:
                picture[at[:, 1] + dy, at[:, 0] + dx] = colours[labels % len(palette.CLASSES)]
    return picture.numpy()

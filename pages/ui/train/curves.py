"""The losses of a run on training and test images, one panel a part, with baselines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

import streamlit as st
from plotly.graph_objects import Figure
from plotly.subplots import make_subplots

from ae_core import languages, palette, wording
from ae_core.accounts import ownership
from ae_core.jobs.job import Job
from ae_core.jobs.kinds import AnySpec
from ae_core.models import FAMILIES, FAMILY_OF
from ae_core.texts import N_, _, joined, ngettext
from ae_core.training.on_the_way import changes
from ae_core.training.runs import RunSpec
from pages.ui.drawing import plotted
from pages.ui.shared import cached, card_text
from pages.ui.shared.labels import LOSSES

HEIGHT, PANEL_HEIGHT = 320, 190

TOTAL = "nelbo"
RECOGNISED = "recognised"

TITLES = {
    "cross_entropy": N_("Loss (cross-entropy)"),
    RECOGNISED: N_("Recognised"),
    **LOSSES,
    TOTAL: N_("Both together (negative ELBO)"),
}

TRAINING, TEST, OTHER = palette.BLUE, palette.seen(palette.ORANGE), palette.seen(palette.PURPLE)
LINES = tuple(map(palette.seen, (palette.RED, palette.GREY, palette.BROWN)))
DASHES = ("dot", "dash", "dashdot")

Event = Mapping[str, Any]


def show(job: Job, events: Sequence[Event], beside: Sequence[Event] = ()) -> None:
    """A panel for each part of the loss; `beside` are the events of another run."""
    if len(events) < 2:
        st.caption(_("The curves appear with the first steps."))
        st.container(height=300, border=False)
        return
    parts = _parts(job.spec, events[0]["train"])
    lines, moments = baselines(job.spec, job.name), changes_of(job, events)
    last = beside[-1]["seconds"] if beside else 0.0
    made_of = job.name, job.step, len(events), last, tuple(lines.items()), tuple(moments)
    figure = _figure(job, events, beside, parts, lines, moments, (*made_of, languages.current()))
    alt = ngettext(
        "Loss over {count} second of training; lower is better",
        "Loss over {count} seconds of training; lower is better",
        round(events[-1]["seconds"]),
    )
    plotted.show(
        figure, key=f"losses-{job.name}", config={"displayModeBar": False}, alt=alt
    )  # fmt: skip
    tested = [event for event in events if event["test"]]
    now = _now(job.spec, tested[-1]["test"]) if tested else ""
    st.caption(joined(now, _("A lower loss is better.")))


@st.cache_resource(max_entries=64, show_spinner=False)
def _figure(
    _job: Job,
    _events: Sequence[Event],
    _beside: Sequence[Event],
    _of_loss: Sequence[str],
    _lines: Mapping[str, float],
    _moments: Sequence[tuple[float, str]],
    made_of: tuple[Any, ...],  # noqa: ARG001 - the cache's key
) -> Figure:
    """The panels, drawn once for all who look at the run."""
    job, events, beside, parts = _job, _events, _beside, _of_loss
    figure = make_subplots(
        rows=len(parts), shared_xaxes=True, vertical_spacing=0.12,
        subplot_titles=[_title(part) for part in parts],
    )  # fmt: skip
    tested = [event for event in events if event["test"]]
    end = events[-1]["seconds"]
    for row, part in enumerate(parts, 1):
        first = row == 1
        training = [_value(event["train"], part) for event in events]
        figure.add_scatter(
            x=[event["seconds"] for event in events], y=training, mode="lines", row=row, col=1,
            name=_("training images"), line={"color": TRAINING, "width": 1.5}, showlegend=first,
        )  # fmt: skip
        figure.add_scatter(
            x=[event["seconds"] for event in tested], row=row, col=1, showlegend=first,
            y=[_value(event["test"], part) for event in tested], mode="lines+markers",
            name=_("test images"), line={"color": TEST, "width": 3}, marker={"size": 7},
        )  # fmt: skip
        others = [event for event in beside if part in (TOTAL, RECOGNISED, *event["test"])]
        figure.add_scatter(
            x=[event["seconds"] for event in others], row=row, col=1, showlegend=first,
            y=[_value(event["test"], part) for event in others], mode="lines", visible=bool(others),
            name=_("test images, the other run"),
            line={"color": OTHER, "width": 2, "dash": "dot"},
        )  # fmt: skip
        spread = part not in ("kl", RECOGNISED) and min(training) > 0
        figure.update_yaxes(
            type="log" if spread else "linear", row=row, col=1,
            tickformat=".0%" if part == RECOGNISED else None,
        )  # fmt: skip
    compared = parts.index(TOTAL) + 1 if TOTAL in parts else 1
    for (label, value), dash, colour in zip(_lines.items(), DASHES, LINES, strict=False):
        figure.add_scatter(
            x=[0, end], y=[value, value], mode="lines", name=label, row=compared, col=1,
            line={"dash": dash, "width": 2, "color": colour},
        )  # fmt: skip
    figure.update_xaxes(title={"text": _("seconds of training")}, row=len(parts), col=1)
    figure.update_annotations(font_size=13, x=0, xanchor="left")
    _mark(figure, _moments)
    figure.update_layout(
        height=HEIGHT if len(parts) == 1 else PANEL_HEIGHT * len(parts),
        margin={"l": 0, "r": 0, "t": 24, "b": 0}, uirevision=job.name,
        legend={"orientation": "h", "y": -0.45 / len(parts), "yanchor": "top", "x": 0},
    )  # fmt: skip
    return figure


def changes_of(job: Job, events: Sequence[Event]) -> list[tuple[float, str]]:
    """After how many seconds what was changed on the way, and to what."""
    made = changes.within(job.progress.get("changes", ()), events[-1]["step"])
    return [
        (next(event["seconds"] for event in events if event["step"] >= each.step),
         each.words)
        for each in made
    ]  # fmt: skip


def _mark(figure: Figure, moments: Sequence[tuple[float, str]]) -> None:
    """A line in every panel for each of these moments, with its words in the first one."""
    for number, (seconds, words) in enumerate(moments):
        figure.add_vline(x=seconds, line={"color": palette.HERE, "width": 1, "dash": "dot"})
        figure.add_annotation(
            x=seconds, y=1, yref="y domain", yshift=-14 * (number % 3), text=words, showarrow=False,
            xanchor="right", yanchor="top", font={"size": 11},
        )  # fmt: skip


def baselines(spec: AnySpec, name: str = "") -> dict[str, float]:
    """The figures of PCA of the same size, of the shipped model of this kind, and of its source.

    For a variational model it is the sum of both parts, which PCA does not have. What has the name
    is no other model.
    """
    if not isinstance(spec, RunSpec):
        return {}
    family = FAMILIES[FAMILY_OF[spec.preset]]
    presets = family.presets[spec.preset]
    config = {**presets[spec.recipe_name].config.to_dict(), **spec.config}
    figure = TOTAL if family.model.variational else config.get("loss", "bce")
    size = config.get("latent_dim")
    found: dict[str, float] = {}
    for card in cached.available()[0]:
        value = card.figure(figure)
        fits = card.image_set == spec.image_set and card.latent_dim == size and not card.noise
        if card.name == name or not fits or value is None or card.has_seen_test_images:
            continue
        if card.family == "pca":
            found[ngettext("PCA, {count} number", "PCA, {count} numbers", card.latent_dim)] = value
        elif card.preset == spec.preset and not ownership.is_private(card.name):
            shipped = _("{model}, as it came", model=card_text.short_title(card))
            found.setdefault(shipped, value)
    changed = (
        spec.config, spec.recipe.keys() - {"threads"}, spec.noise, spec.seconds, spec.steps,
        spec.part, spec.start_from, spec.only_classes, spec.hold_out,
    )  # fmt: skip
    if (spec.image_set, spec.recipe_name) == ("mnist", "published") and not any(changed):
        source = presets["published"]
        if (value := source.reported.get(figure)) is not None:
            found[_published(value, source.reported_on)] = value
    return found


def _published(value: float, reported_on: str) -> str:
    figure = wording.three_digits(value)
    if not reported_on:
        return _("as published: {figure}", figure=figure)
    return _("as published, on {images}: {figure}", images=_(reported_on), figure=figure)


def _is_variational(spec: AnySpec) -> bool:
    return isinstance(spec, RunSpec) and FAMILIES[FAMILY_OF[spec.preset]].model.variational


def _parts(spec: AnySpec, losses: Mapping[str, float]) -> list[str]:
    """What has a panel: the parts of the loss, and what is computed of them."""
    if not isinstance(spec, RunSpec):
        return ["cross_entropy", RECOGNISED]
    return [*losses, *([TOTAL] if _is_variational(spec) else [])]


def _value(losses: Mapping[str, float], part: str) -> float:
    if part == RECOGNISED:
        return 1 - losses["error"]
    return sum(losses.values()) if part == TOTAL else losses[part]


def titles(spec: RunSpec, losses: Iterable[str]) -> dict[str, str]:
    """What the panels of a run are called whose loss has these parts."""
    return {part: _title(part) for part in _parts(spec, dict.fromkeys(losses, 0.0))}


def _title(part: str) -> str:
    return _(TITLES[part]) if part in TITLES else escape(part)


def _now(spec: AnySpec, losses: Mapping[str, float]) -> str:
    """What was measured on test images, a sentence."""
    if not isinstance(spec, RunSpec):
        return _(
            "On test images now: {share:.1%} recognised, loss {loss} nats an image.",
            share=_value(losses, RECOGNISED), loss=wording.three_digits(losses["cross_entropy"]),
        )  # fmt: skip
    figures = ", ".join(
        f"{_title(part)} {wording.three_digits(value)}" for part, value in losses.items()
    )
    if _is_variational(spec):
        return _("On test images now: {figures} nats an image.", figures=figures)
    return _("On test images now: {figures} a pixel.", figures=figures)

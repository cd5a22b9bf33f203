"""The error of each size of the code, of models that are trained just now, beside that of PCA."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from ae_core import palette
from ae_core.analyses import Answer
from ae_core.analyses.whole_ladder import Sweep
from ae_core.checkpoints.ladders import PCA, PLAIN, VARIATIONAL
from ae_core.models import FAMILIES, FAMILY_OF
from ae_core.texts import N_, _, joined, ngettext
from pages.ui.compare.bottleneck import finding
from pages.ui.drawing import figures

WAYS = {"noise": N_("noise {value:g}"), "beta": N_("beta {value:g}")}


def draw(sweep: Sweep, answer: Answer) -> None:
    """The error of each size, a line a way, and that of PCA; bars where there are seeds."""
    errors, pca = answer.tensors["errors"], answer.tensors["pca"]
    figure, table = go.Figure(), _empty_table()
    best: dict[int, float] = {}
    for number, way in enumerate(answer.values["ways"]):
        name, colour = _name(sweep, way), palette.MODELS[number]
        known = [
            (size, each[each.isfinite()])
            for size, each in zip(sweep.sizes, errors[:, :, number], strict=True)
            if bool(each.isfinite().any())
        ]
        means = [float(each.mean()) for __, each in known]
        spreads = [float(each.std()) if len(each) > 1 else 0.0 for __, each in known]
        figure.add_scatter(
            x=[size for size, __ in known], y=means, name=name, mode="lines+markers",
            line={"color": colour, "width": 2},
            error_y={"array": spreads, "visible": sweep.seeds > 1, "thickness": 1.5},
        )  # fmt: skip
        if not number or way["noise"] is not None:
            of_pca = _("PCA") if way["noise"] is None else _("PCA, {way}", way=_of_way(way))
            figure.add_scatter(
                x=list(sweep.sizes), y=pca[:, number].tolist(), name=of_pca, mode="lines",
                line={"color": colour if way["noise"] is not None else palette.REFERENCE,
                      "width": 2, "dash": "dash"},
            )  # fmt: skip
            _fill(table, of_pca, sweep.sizes, pca[:, number].tolist(), [0.0] * len(sweep.sizes))
        _fill(table, name, [size for size, __ in known], means, spreads)
        if number == 0:
            best = dict(zip([size for size, __ in known], means, strict=True))
    figure.update_xaxes(
        type="log", tickvals=sweep.sizes, title={"text": _("numbers in the code")},
        range=[-0.05 if min(sweep.sizes) == 1 else None, None],
    )  # fmt: skip
    figure.update_yaxes(
        type="log", title={"text": _("MSE on test images")}, dtick="D2", tickformat="~g"
    )
    figure.update_layout(legend=figures.LEGEND)
    figures.show(
        figure, title(sweep, answer, best), table, key="whole-ladder", height=400,
        alt=_("MSE against the size of the code for {models} and PCA", models=sweep.preset),
    )  # fmt: skip
    st.caption(_about(sweep, answer))


def title(sweep: Sweep, answer: Answer, means: dict[int, float]) -> str:
    """How far it is, or what was found."""
    pca = dict(zip(sweep.sizes, answer.tensors["pca"][:, 0].tolist(), strict=True))
    step, steps = answer.values["step"], answer.values["steps"]
    if step < steps or not means:
        return _("After {share:.0%} of the training", share=step / steps)
    kind = VARIATIONAL if FAMILIES[FAMILY_OF[sweep.preset]].model.variational else PLAIN
    size = min(means, key=lambda size: means[size] / max(pca[size], 1e-12))
    return finding({PCA: pca, kind: means}, size)


def _about(sweep: Sweep, answer: Answer) -> str:
    measured = ngettext(
        "Mean squared error over {count:,} test image, lower is better.",
        "Mean squared error over {count:,} test images, lower is better.",
        answer.values["tested"],
    )
    bars = _("The bars are one standard deviation over {count} seeds.", count=sweep.seeds)
    noisy = _("The models see spoiled images, and are measured on the clean ones.")
    return joined(
        measured, bars if sweep.seeds > 1 else "", noisy if sweep.strengths else ""
    )  # fmt: skip


def _name(sweep: Sweep, way: Mapping[str, float | None]) -> str:
    title = _(FAMILIES[FAMILY_OF[sweep.preset]].title)
    return _("{network}, {way}", network=title, way=words) if (words := _of_way(way)) else title


def _of_way(way: Mapping[str, float | None]) -> str:
    return ", ".join(_(WAYS[what], value=value) for what, value in way.items() if value is not None)


def _empty_table() -> dict[str, list[object]]:
    return {"model": [], "numbers": [], "mse": [], "deviation": []}


def _fill(table: dict[str, list[object]], name: str, *columns: Any) -> None:
    rows = list(zip(*columns, strict=True))
    for column, values in zip(table, ([name] * len(rows), *zip(*rows, strict=True)), strict=False):
        table[column].extend(values)

"""Trained on one noise, tested on another: eight small models, trained on demand."""

from __future__ import annotations

from html import escape

import plotly.graph_objects as go
import streamlit as st
import torch

from ae_core import analyses, palette
from ae_core.analyses import Answer
from ae_core.analyses.denoising_matrix import MANY, NAMES
from ae_core.checkpoints.cards import Card
from ae_core.evaluation import denoising
from ae_core.texts import _, joined, ngettext
from pages.ui.drawing import figures
from pages.ui.shared import analysis_results, cached, widgets

LEAD_DB = 0.1


def show(card: Card) -> None:
    """The matrix, once somebody has asked for it; before that, how long it takes."""
    found = widgets.images_for(card)
    shipped = denoising.shipped(cached.available()[0], card)
    asked = {
        "images": found.key.to_dict(),
        "denoiser": analyses.of(shipped) if shipped else None,
    }
    st.markdown(
        _(
            "Does a model that learned to remove one kind of noise help against another? Eight"
            " small models learn, each from one kind, and each is tested on all of them."
        )
    )
    with st.container(key="matrix"):
        analysis_results.show(
            "denoising_matrix", asked, _draw, at_once=False,
            words=_("Eight models, trained for about two seconds each"),
        )  # fmt: skip


def _draw(answer: Answer) -> None:
    psnr = answer.tensors["psnr"]
    trained, tested = answer.values["trained"], answer.values["tested"]
    finding = finding_of(psnr, len(tested))
    rows = [_(NAMES[name]) for name in trained]
    columns = [_(NAMES[name]) for name in tested]
    hover = _("trained on {trained}, tested with {tested}: {psnr}",
              trained="%{y}", tested="%{x}", psnr="%{z:.1f} dB")  # fmt: skip
    figure = go.Figure(
        go.Heatmap(
            z=psnr.tolist(), x=[escape(name).replace(" ", "<br>") for name in columns],
            y=[escape(name) for name in rows],
            texttemplate="%{z:.1f}", colorscale=palette.SEQUENTIAL, xgap=2, ygap=2,
            colorbar={"title": {"text": "dB"}, "thickness": 12},
            hovertemplate=f"{hover}<extra></extra>",
        )
    )  # fmt: skip
    for place in range(len(tested)):
        figure.add_shape(
            type="rect", x0=place - 0.5, x1=place + 0.5, y0=place - 0.5, y1=place + 0.5,
            line={"color": palette.HERE, "width": 2},
        )  # fmt: skip
    figure.update_xaxes(title_text=_("tested with"), type="category", tickangle=0)
    figure.update_yaxes(title_text=_("trained on"), type="category", autorange="reversed")
    figures.show(
        figure, finding,
        {_("trained on"): rows, **dict(zip(columns, psnr.T.tolist(), strict=True))},
        key="denoising-matrix", height=500, alt=joined(_alt(len(rows), len(tested)), finding),
    )  # fmt: skip
    over = ngettext(
        "Mean PSNR in dB over {count} test image, higher is better.",
        "Mean PSNR in dB over {count} test images, higher is better.", answer.values["images"],
    )  # fmt: skip
    read = _(
        "Along the pink diagonal each model meets the noise that it knows. Read a row: what one"
        " noise teaches. Read a column: what helps against one noise."
    )
    last = _("The last row is a larger model that was trained longer, on many kinds.")
    st.caption(joined(over, read, last if MANY in trained else ""))


def _alt(models: int, noises: int) -> str:
    return _(
        "Heat map of PSNR: {models}, each trained on one noise, by {noises} that they are tested"
        " with.",
        models=ngettext("{count} model", "{count} models", models),
        noises=ngettext("{count} noise", "{count} noises", noises),
    )


def finding_of(psnr: torch.Tensor, size: int) -> str:
    """What the diagonal of the small models, as many as there are noises, shows in a sentence."""
    small = psnr[:size]
    own, best = small.diagonal(), small.max(0).values
    wins = int((own >= best - LEAD_DB).sum())
    others = (small.sum(0) - own) / (size - 1)
    gap = float((own - others).mean())
    return _(
        "Against {wins} of {noises} the model that learned from that very noise is the best of the"
        " eight: {gap:.1f} dB ahead of one that learned from another, on average.",
        wins=wins, noises=ngettext("{count} noise", "{count} noises", size), gap=gap,
    )  # fmt: skip

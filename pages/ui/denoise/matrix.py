"""Trained on one noise, tested on another: eight small models, trained on demand."""

from __future__ import annotations

from html import escape

import plotly.graph_objects as go
import streamlit as st
import torch

from ae_core import analyses, palette
from ae_core.analyses import Answer
from ae_core.checkpoints.cards import Card
from ae_core.evaluation import denoising
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
        "Does a model that learned to remove one kind of noise help against another? Eight small"
        " models learn, each from one kind, and each is tested on all of them."
    )
    analysis_results.show(
        "denoising_matrix", asked, _draw, at_once=False,
        words="Eight models, trained for about two seconds each",
    )  # fmt: skip


def _draw(answer: Answer) -> None:
    psnr = answer.tensors["psnr"]
    trained, tested = answer.values["trained"], answer.values["tested"]
    finding = finding_of(psnr, tested)
    rows = [f"{name} (ships)" if name == "many kinds" else name for name in trained]
    columns = [escape(name).replace(" ", "<br>") for name in tested]
    figure = go.Figure(
        go.Heatmap(
            z=psnr.tolist(), x=columns, y=[escape(name) for name in rows],
            texttemplate="%{z:.1f}", colorscale=palette.SEQUENTIAL, xgap=2, ygap=2,
            colorbar={"title": {"text": "dB"}, "thickness": 12},
            hovertemplate="trained on %{y}, tested with %{x}: %{z:.1f} dB<extra></extra>",
        )
    )  # fmt: skip
    for place in range(len(tested)):
        figure.add_shape(
            type="rect", x0=place - 0.5, x1=place + 0.5, y0=place - 0.5, y1=place + 0.5,
            line={"color": palette.HERE, "width": 2},
        )  # fmt: skip
    figure.update_xaxes(title_text="tested with", type="category", tickangle=0)
    figure.update_yaxes(title_text="trained on", type="category", autorange="reversed")
    figures.show(
        figure, finding,
        {"trained on": rows, **dict(zip(tested, psnr.T.tolist(), strict=True))},
        key="denoising-matrix", height=500,
        alt=f"Heat map of PSNR: {len(rows)} models, each trained on one noise, by {len(tested)}"
        f" noises that they are tested with. {finding}",
    )  # fmt: skip
    last = " The last row is a larger model that was trained longer, on many kinds."
    st.caption(
        f"Mean PSNR in dB over {answer.values['images']} test images, higher is better. Along the"
        " pink diagonal each model meets the noise that it knows. Read a row: what one noise"
        " teaches. Read a column: what helps against one noise."
        + (last if "many kinds" in trained else "")
    )


def finding_of(psnr: torch.Tensor, tested: list[str]) -> str:
    """What the diagonal of the small models shows, in a sentence."""
    size = len(tested)
    small = psnr[:size]
    own, best = small.diagonal(), small.max(0).values
    wins = int((own >= best - LEAD_DB).sum())
    others = (small.sum(0) - own) / (size - 1)
    gap = float((own - others).mean())
    return (
        f"Against {wins} of {size} noises the model that learned from that very noise is the best"
        f" of the eight: {gap:.1f} dB ahead of one that learned from another, on average."
    )

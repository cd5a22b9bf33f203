"""The card of one checkpoint: what it is, its network, how well it does, how to download it."""

from __future__ import annotations

from functools import partial
from html import escape

import plotly.graph_objects as go
import streamlit as st

from ae_core import image_sets, languages, palette
from ae_core.checkpoints import published
from ae_core.checkpoints.cards import Card
from ae_core.errors import UserError
from ae_core.export import downloads
from ae_core.models import FAMILIES, Preset
from ae_core.texts import _, joined
from pages.ui.drawing import plotted
from pages.ui.models import classifiers, network
from pages.ui.shared import cached, card_text, comparing, owner, widgets
from pages.ui.shared.labels import LOSSES
from pages.ui.take_home import one_page

MOST_POINTS = 500

STYLE = """
.stHtml dl.ae-tiles { display: flex; flex-wrap: wrap; gap: .3rem 1.8rem; margin: 0; padding: 0; }
.ae-tiles dt { font-size: .75rem; font-weight: 400; }
.ae-tiles dd { font-size: 1.25rem; line-height: 1.3; margin: 0; font-weight: 600;
  font-variant-numeric: tabular-nums; white-space: nowrap; }
.ae-tiles small { font-size: .75rem; font-weight: 400; opacity: .75; }
.ae-tiles .ae-better { display: block; line-height: 1.5; white-space: normal; }
.stHtml dl.ae-card-text { display: grid; grid-template-columns: minmax(6.5rem, max-content) 1fr;
  gap: .3rem .8rem; margin: 0; padding: 0; font-size: .875rem; }
.ae-card-text dt { opacity: .75; font-weight: 400; margin: 0; }
.ae-card-text dd { margin: 0; overflow-wrap: anywhere; }
"""


def model_card(card: Card) -> None:
    """Everything about one checkpoint; the text of its card even where its weights are broken."""
    st.html(f"<style>{STYLE}</style>")
    family = FAMILIES[card.family]
    trained = _(
        "**{family}**, trained on {images}.",
        family=_(family.title),
        images=widgets.as_text(card_text.set_title(card)),
    )
    st.markdown(
        f"## {widgets.as_text(card_text.short_title(card))}\n"
        f"{joined(trained, widgets.as_text(_(family.summary)))}"
    )
    with widgets.shown_errors():
        layers = cached.layers(card)
        network.draw(layers)
        st.caption(card_text.size_line(layers))
        _buttons(card)
    st.html(_tiles(card))
    left, right = st.columns([1.15, 1])
    with left:
        st.markdown(_("**How it was trained**"))
        st.html(card_text.table(card_text.training(card)))
        source = published.source_of(card)
        if source and source.source and published.is_published(card):
            st.caption(_source_line(source))
        st.markdown(_("**On what**"))
        st.html(card_text.table(card_text.data(card, _images(card))))
    with right:
        st.markdown(_("**Training curve**"))
        _curve(card)
    st.markdown(_("**The files**"))
    with widgets.shown_errors():
        st.html(card_text.table(card_text.file(card, downloads.disk_bytes(card))))
    if command := card_text.command(card):
        st.caption(
            _("Train the same on your own computer:") if card.repeats
            else _("Train one like it on your own computer, with other draws:")
        )  # fmt: skip
        st.code(command, language="bash", wrap_lines=True)
    classifiers.show(card)


def _source_line(source: Preset) -> str:
    """That a published system is trained as its source says, as far as that says it."""
    if not source.left_open:
        return _(
            "Network and training are those of [its source]({address}).", address=source.source
        )
    return _(
        "Network and training are those of [its source]({address}), which leaves open {left_open}.",
        address=source.source,
        left_open=_(source.left_open),
    )


def _buttons(card: Card) -> None:
    with st.container(horizontal=True):
        if st.button(
            _("Use"), type="primary", icon=":material/arrow_forward:",
            help=_("Open it on the page Latent space. Every other page shows it too."),
        ):  # fmt: skip
            st.switch_page("../latent_space.py")
        full = comparing.is_full(card)
        if st.button(
            _("Compare"), icon=":material/compare:", disabled=full,
            help=_("Four are compared already. Take one out there.") if full
            else _("Put it side by side with others."),
        ):  # fmt: skip
            comparing.add(card)
        st.download_button(
            _("Download weights"), partial(downloads.weights, owner.me(), card), on_click="ignore",
            file_name=f"{card.name}.safetensors", mime="application/octet-stream",
            icon=":material/download:", key=f"weights:{card.name}",
            help=_("The file of weights (safetensors). Python reads it without running any code."),
        )  # fmt: skip
        st.download_button(
            _("Download ONNX"), partial(downloads.onnx_zip, owner.me(), card), on_click="ignore",
            file_name=f"{card.name}-onnx.zip", mime="application/zip",
            icon=":material/download:", key=f"onnx:{card.name}",
            help=_(
                "Encoder and decoder for other programs and browsers. They are made when you click."
            ),
        )  # fmt: skip
        st.download_button(
            _("Download as one page"), languages.kept_for(one_page.maker(card)), on_click="ignore",
            file_name=f"{card.name}.html", mime="text/html",
            icon=":material/download:", key=f"html:{card.name}",
            help=_("Its live map in one HTML file, which opens in any browser without internet."),
        )  # fmt: skip


def _tiles(card: Card) -> str:
    """The figures, large, each with its unit and with which way is better."""
    tiles = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}<small> {escape(unit)}</small>"
        f'<small class="ae-better">{escape(better)}</small></dd></div>'
        for name, value, unit, better in card_text.figures(card)
    )
    return f'<dl class="ae-tiles">{tiles}</dl>'


def _images(card: Card) -> image_sets.ImageSet | None:
    """The image set, where it is on this server and whole."""
    try:
        return cached.own_images(card)
    except UserError as failure:
        st.error(widgets.sentence(failure), icon=":material/error:")
        return None


def _curve(card: Card) -> None:
    steps = card.curve.get("step", [])[:MOST_POINTS]
    losses = {
        name: values[: len(steps)]
        for name, values in list(card.curve.items())[: len(palette.MODELS)]
        if name != "step" and len(values) >= len(steps)
    }
    if len(steps) < 2 or not losses:
        st.caption(_("No curve was kept."))
        return
    figure = go.Figure()
    for (name, values), colour in zip(losses.items(), palette.MODELS, strict=False):
        # Plotly renders names as HTML.
        label = _(LOSSES[name]) if name in LOSSES else escape(name[:40])
        figure.add_scatter(
            x=steps, y=values, name=label, mode="lines", line={"color": colour, "width": 2},
            hovertemplate=_("step %{x}: %{y:.4g}") + f"<extra>{label}</extra>",
        )  # fmt: skip
    variational = FAMILIES[card.family].model.variational
    loss = _("loss, nats an image") if variational else _("loss, mean a pixel")
    figure.update_layout(
        height=230, margin={"l": 0, "r": 0, "t": 8, "b": 0}, showlegend=True,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        xaxis={"title": {"text": _("step")}}, yaxis={"title": {"text": loss}},
    )  # fmt: skip
    plotted.show(
        figure, key=f"curve:{card.name}", config={"displayModeBar": False},
        alt=_("Loss over {steps:.0f} steps of training; lower is better", steps=steps[-1]),
    )  # fmt: skip
    st.caption(_("The loss while it learned; lower is better."))

"""How well each restorer does against the strength of the noise, with the present one marked."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from ae_core import analyses, palette
from ae_core.analyses import Answer, denoising_curve
from ae_core.checkpoints.cards import Card
from ae_core.evaluation import denoising
from ae_core.texts import _, joined, ngettext
from pages.ui.denoise import bench, chosen_noise, train_link
from pages.ui.denoise.bench import COLOURS, TITLES
from pages.ui.denoise.chosen_noise import Corruption
from pages.ui.drawing import figures
from pages.ui.shared import analysis_results, cached, widgets
from pages.ui.shared.labels import NOISES

DASHES = {"noisy": "dot", "median": "dash", "non_local_means": "dash", "total_variation": "dash"}


def show(card: Card) -> None:
    """The noise, and the curve of its kind; its strength only moves the mark."""
    found = widgets.images_for(card)
    picture = st.container()
    corruption = chosen_noise.controls(dice=False)
    # The same denoiser for every strength: the one for the strength that the kind opens with.
    usual = Corruption(corruption.kind, chosen_noise.first(corruption.kind), corruption.mean)
    here = bench.models(cached.available()[0], card, usual)
    asked = {
        "images": found.key.to_dict(), "noise": usual.noise().to_card(),
        **{name: analyses.of(here[name]) if name in here else None
           for name in ("not_trained_on_noise", "trained_on_noise")},
    }  # fmt: skip
    words = ngettext(
        "The curve over {count} test image", "The curve over {count} test images",
        min(denoising_curve.IMAGES, len(found.test)),
    )  # fmt: skip
    with picture:
        analysis_results.show(
            "denoising_curve", asked, lambda answer: _draw(answer, corruption), words=words
        )
    train_link.link(card, found.name, corruption)


def _draw(answer: Answer, corruption: Corruption) -> None:
    strengths = answer.tensors["strengths"].tolist()
    names = answer.values["restorers"]
    psnr = dict(zip(names, answer.tensors["psnr"].tolist(), strict=True))
    at = max(corruption.strength, strengths[0])
    here = {name: float(np.interp(at, strengths, values)) for name, values in psnr.items()}
    figure = go.Figure()
    for name, values in psnr.items():
        hover = _("{restorer}: {psnr} at {strength}",
                  restorer=_(TITLES[name]), psnr="%{y:.1f} dB", strength="%{x:.2f}")  # fmt: skip
        figure.add_scatter(
            x=strengths, y=values, name=_(TITLES[name]), mode="lines+markers",
            line={"color": COLOURS[name], "dash": DASHES.get(name, "solid"), "width": 2.5},
            hovertemplate=f"{hover}<extra></extra>",
        )  # fmt: skip
    figure.add_vline(x=at, line={"color": palette.HERE, "width": 2})
    figure.add_scatter(
        x=[at] * len(here), y=list(here.values()), mode="markers",
        showlegend=False, hoverinfo="skip", marker={"size": 10, "color": palette.HERE},
    )  # fmt: skip
    option = corruption.noise().strength_option()
    figure.update_xaxes(title_text=_(option.help), range=[float(option.low or 0), strengths[-1]])
    figure.update_yaxes(title_text=_("PSNR in dB, higher is better"))
    figure.update_layout(legend={"orientation": "h", "y": -0.22})
    noise = _(NOISES[corruption.kind])
    if corruption.mean:
        noise = _("{noise} with mean {mean:.2f}", noise=noise, mean=corruption.mean)
    images = ngettext("{count} test image", "{count} test images", answer.values["images"])
    finding = denoising.verdict(here, at)
    alt = _(
        "PSNR of {count} restorers against the strength of the noise, over {images}: {noise}.",
        count=len(names) - 1, images=images, noise=noise,
    )  # fmt: skip
    figures.show(
        figure, finding,
        {option.name: strengths, **{_(TITLES[name]): values for name, values in psnr.items()}},
        key="denoising-curve", height=430, alt=joined(alt, finding),
    )  # fmt: skip
    mean = _("Mean over {images}, {noise}.", images=images, noise=noise)
    pink = _("The pink line is the present strength; read off it what each restorer reaches there.")
    st.caption(joined(mean, pink))

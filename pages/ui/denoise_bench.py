"""The bench of Denoise: clean, noisy and restored images, one row above the other."""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st
import torch

from ae_core import denoising, filters, metrics, noise
from ae_core.cards import Card
from ae_core.errors import UserError
from ae_core.types import Images, Pixels
from pages.ui import (
    cached,
    charts,
    choosing,
    denoise_noise,
    facts,
    live,
    noises,
    pictures,
    views,
    widgets,
)
from pages.ui.denoise_noise import Corruption
from pages.ui.noises import KINDS
from pages.ui.pictures import Row

KEY = "denoise-bench"

TITLES = {
    "clean": "Clean",
    "noisy": "Noisy",
    "untaught": "Not trained on noise",
    "taught": "Trained on noise",
    "median": "Median filter",
    "non_local_means": "Non-local means",
    "total_variation": "Total variation",
}

COLOURS = {
    "clean": "transparent",
    "noisy": charts.PALETTE[3],
    "untaught": charts.PALETTE[1],
    "taught": charts.PALETTE[0],
    "median": charts.PALETTE[4],
    "non_local_means": charts.PALETTE[2],
    "total_variation": charts.PALETTE[5],
}
"""The same in every part of the page."""

_BENCH = st.components.v2.component("denoise_bench", html=live.PLACE, js=live.LOADER)


def show(card: Card) -> None:
    """The images to choose, the noise under the hand, and the rows that follow it."""
    found = widgets.images_for(card)
    picture = st.container()
    indices = choosing.choose(found, lambda: cached.errors(card, found.name))
    names = [f"A {found.classes[found.test_labels[i]]}, test image {i}" for i in indices]
    with picture:
        if live.why_not():
            _through_the_server(card, found.test[indices], names)
        else:
            _in_the_browser(card, found.test[indices], names)


def models(card: Card, corruption: Corruption) -> dict[str, Card]:
    """The models that restore, by what they are: "untaught" and "taught", where they are here."""
    cards = cached.available()[0]
    found = {
        "untaught": denoising.untaught(cards, card),
        "taught": denoising.taught(cards, card, corruption.noise()),
    }
    return {name: each for name, each in found.items() if each}


def _in_the_browser(card: Card, images: Pixels, names: list[str]) -> None:
    corruption = denoise_noise.now()
    released = dict(st.session_state.get(KEY, {})).get("released")
    filtered: dict[str, Any] = {"turn": "", "rows": {}}
    if isinstance(released, Mapping):
        with widgets.shown_errors():
            corruption = denoise_noise.keep(denoise_noise.received(released.get("corruption", {})))
            filtered = _filtered(released, images)
    here = models(card, corruption)
    _BENCH(
        key=KEY,
        data=live.data(
            "bench",
            shape=list(images.shape[1:]),
            count=len(images),
            clean=b64encode(images.numpy().tobytes()).decode(),
            texts=names,
            kinds=[_kind(kind) for kind in KINDS],
            corruption=vars(corruption),
            untaught=_model(here.get("untaught")),
            taught={kind: _model(_taught(card, corruption, kind)) for kind in KINDS},
            filtered=filtered,
            names=denoising.NAMES,
            titles=TITLES,
            colours=COLOURS,
        ),
        on_released_change=lambda: None,
        on_failed_change=lambda: live.failed(KEY),
    )


def _taught(card: Card, corruption: Corruption, kind: str) -> Card | None:
    if kind != corruption.kind:
        corruption = Corruption(kind, denoise_noise.first(kind))
    return models(card, corruption).get("taught")


def _kind(kind: str) -> dict[str, Any]:
    option = noise.NOISES[kind].strength_option()
    return {
        "kind": kind, "title": KINDS[kind], "help": option.help, "low": option.low,
        "high": option.high, "first": option.default, "drawn": kind in noises.DRAWN,
        "step": noises.step(float(option.low or 0), float(option.high or 1)),
    }  # fmt: skip


def _model(card: Card | None) -> dict[str, Any] | None:
    if card is None:
        return None
    cached.load(card)  # one that is broken is told of here, and not by a browser that fails
    here = f"/live-models/{card.name}/{card.weights_sha256}"
    return {
        "title": facts.short_title(card), "encoder": f"{here}/encoder",
        "decoder": f"{here}/decoder", "dim": card.latent_dim,
    }  # fmt: skip


def _filtered(released: Mapping[str, Any], images: Pixels) -> dict[str, Any]:
    """What the filters make of the noisy images that the browser sent, as it can read them.

    Those of other images, from before, get no answer: the browser sends the present ones next.

    Raises:
        UserError: they did not arrive whole.
    """
    turn, sent = str(released.get("turn"))[:64], str(released.get("noisy"))
    try:
        data = b64decode(sent, validate=True)
    except Error as failure:
        raise UserError("The noisy images did not arrive. Move the slider once more.") from failure
    if len(data) != images.numel():
        return {"turn": "", "rows": {}}
    pixels = torch.from_numpy(np.frombuffer(data, np.uint8).copy()).view(images.shape)
    return {"turn": turn, "rows": _filter_rows(sent, pixels)}


@st.cache_data(max_entries=64, show_spinner=False)
def _filter_rows(sent: str, _noisy: Pixels) -> dict[str, str]:  # noqa: ARG001 - the cache's key
    noisy = _noisy.float().div(255)
    level = filters.noise_level(noisy)
    return {name: _as_text(filters.restored(name, noisy, level)) for name in filters.FILTERS}


def _as_text(x: Images) -> str:
    return b64encode(x.mul(255).round().to(torch.uint8).numpy().tobytes()).decode()


def _through_the_server(card: Card, images: Pixels, names: list[str]) -> None:
    place = st.container()
    corruption = denoise_noise.controls()
    clean = images.float().div(255)
    noisy = corruption.noise()(clean, torch.Generator().manual_seed(corruption.seed))
    level = filters.noise_level(noisy)
    found = {"noisy": noisy}
    for name, each in models(card, corruption).items():
        found[name] = denoising.through(cached.load(each).model, noisy)
    found |= {name: filters.restored(name, noisy, level) for name in filters.FILTERS}
    rows = [Row(TITLES["clean"], views.digits(clean), names)]
    psnr: dict[str, float] = {}
    for name, x in found.items():
        figures = denoising.scores(x, clean)
        psnr[name] = figures["psnr"]
        label = (
            f"{TITLES[name]}: {figures['psnr']:.1f} dB, SSIM {figures['ssim']:.2f},"
            f" MSE {figures['mse']:.3f}"
        )
        captions = [f"{value:.1f} dB" for value in metrics.psnr(x, clean).tolist()]
        texts = [f"{each}, {_words(name)}" for each in names]
        rows.append(Row(label, views.digits(x), texts, captions))
    with place:
        pictures.strip(rows)
        st.markdown(f"**{denoising.verdict(psnr)}**")
        st.caption(
            "Under each image its PSNR (dB) against the clean one, higher is better. SSIM is 1 and"
            f" MSE is 0 where nothing differs. {live.why_not()}"
        )


def _words(name: str) -> str:
    restores = name in ("untaught", "taught")
    return f"restored by {denoising.NAMES[name]}" if restores else TITLES[name].lower()

"""The bench of Denoise: rows of clean, noisy and restored images."""

from __future__ import annotations

import math
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st
import torch

from ae_core import noise, numerals, palette
from ae_core.checkpoints.cards import Card
from ae_core.errors import UserError
from ae_core.evaluation import denoising, filters, metrics
from ae_core.texts import N_, _, joined
from ae_core.types import Images, Pixels
from pages.ui.browser import mounting
from pages.ui.denoise import chosen_noise, train_link
from pages.ui.denoise.chosen_noise import Corruption
from pages.ui.drawing import new_pictures, pictures, places, views
from pages.ui.drawing.pictures import Row
from pages.ui.shared import cached, card_text, choosing, forms, labels, widgets
from pages.ui.shared.labels import NOISES

KEY = "denoise-bench"

MOST_OWN = 10
"""Pictures of one's own in a row."""

TITLES = {
    "clean": N_("Clean"),
    "noisy": N_("Noisy"),
    "not_trained_on_noise": N_("Not trained on noise"),
    "trained_on_noise": N_("Trained on noise"),
    "median": N_("Median filter"),
    "non_local_means": N_("Non-local means"),
    "total_variation": N_("Total variation"),
}

COLOURS = {
    "clean": "transparent",
    "noisy": palette.REFERENCE,
    "not_trained_on_noise": palette.MODELS[1],
    "trained_on_noise": palette.MODELS[0],
    "median": palette.MODELS[3],
    "non_local_means": palette.MODELS[2],
    "total_variation": palette.MODELS[4],
}
"""The same in every part of the page."""

ANSWERED = "denoise-answered"
"""The filtered images that the browser sent last, by the turn that it gave them."""

UNANSWERED: dict[str, Any] = {"turn": "", "rows": {}}

_BENCH = st.components.v2.component("denoise_bench", html=mounting.PLACE, js=mounting.LOADER)


def show(card: Card) -> None:
    """The images to choose, the controls of the noise, and the rows that follow them."""
    found = widgets.images_for(card)
    picture = places.kept("bench-place")
    indices = choosing.choose(found, card)
    names: Sequence[str] = [
        _("A {label}, test image {number}", label=found.classes[found.test_labels[i]], number=i)
        for i in indices
    ]
    images = found.test[indices]
    with new_pictures.expander(), widgets.shown_errors():
        if own := new_pictures.brought(card, found, key="denoise", most=MOST_OWN):
            images, names = own.x, own.names
    with picture:
        if mounting.why_not():
            _through_the_server(card, found.name, images, names)
        else:
            cards = cached.available()[0]
            fixed = _fixed(cards, card, images, names)
            _in_the_browser(card, cards, found.name, fixed)


def models(cards: Sequence[Card], card: Card, corruption: Corruption) -> dict[str, Card]:
    """The models that restore, by whether they were trained on noise, where they are here."""
    found = {
        "not_trained_on_noise": denoising.not_trained_on_noise(cards, card),
        "trained_on_noise": denoising.trained_on_noise(cards, card, corruption.noise()),
    }
    return {name: each for name, each in found.items() if each}


def _fixed(
    cards: Sequence[Card], card: Card, images: Pixels, names: Sequence[str]
) -> dict[str, Any]:
    """The data for the browser that does not depend on the noise."""
    usual = {kind: Corruption(kind, chosen_noise.first(kind)) for kind in NOISES}
    return mounting.data(
        "denoising",
        shape=list(images.shape[1:]),
        count=len(images),
        clean=b64encode(images.numpy().tobytes()).decode(),
        texts=names,
        kinds=[_kind(kind) for kind in NOISES],
        not_trained_on_noise=_model(denoising.not_trained_on_noise(cards, card)),
        trained_on_noise={
            kind: _model(denoising.trained_on_noise(cards, card, each.noise()))
            for kind, each in usual.items()
        },
        names={name: _(text) for name, text in denoising.NAMES.items()},
        titles={name: _(text) for name, text in TITLES.items()},
        colours=COLOURS,
    )


@st.fragment(key="bench")
def _in_the_browser(card: Card, cards: Sequence[Card], images: str, fixed: dict[str, Any]) -> None:
    """Redrawn alone when a control is released, so that a whole class doing so costs little."""
    if mounting.why_not():
        st.rerun()
    with widgets.shown_errors():
        answered: dict[str, Any] = st.session_state.setdefault(ANSWERED, dict(UNANSWERED))
        released = dict(st.session_state.get(KEY, {})).get("released")
        if isinstance(released, Mapping) and released.get("turn") != answered["turn"]:
            with widgets.shown_errors():
                asked = chosen_noise.received(released.get("corruption", {}))
                chosen_noise.keep(asked, released.get("covered", ()))
                answered = st.session_state[ANSWERED] = filtered(released, fixed)
        corruption = chosen_noise.now()
        learned = _model(denoising.trained_on_noise(cards, card, corruption.noise()))
        _BENCH(
            key=KEY,
            data={
                **fixed,
                "trained_on_noise": {**fixed["trained_on_noise"], corruption.kind: learned},
                "corruption": vars(corruption),
                "covered": chosen_noise.covered(fixed["shape"]),
                "filtered": answered,
            },
            on_released_change=lambda: None,
            on_failed_change=lambda: mounting.failed(KEY),
        )
        train_link.link(card, images, corruption)


def _kind(kind: str) -> dict[str, Any]:
    option = noise.NOISES[kind].strength_option()
    return {
        "kind": kind, "title": _(NOISES[kind]), "help": _(option.help), "low": option.low,
        "high": option.high, "first": option.default, "drawn": kind in labels.DRAWN_NOISES,
        "step": forms.step(float(option.low or 0), float(option.high or 1)),
    }  # fmt: skip


def _model(card: Card | None) -> dict[str, Any] | None:
    if card is None:
        return None
    cached.load(card)  # so that a broken one is reported here, and does not fail in the browser
    here = f"/live-models/{card.name}/{card.weights_sha256}"
    return {
        "title": card_text.short_title(card), "encoder": f"{here}/encoder",
        "decoder": f"{here}/decoder", "dim": card.latent_dim,
    }  # fmt: skip


def filtered(released: Mapping[str, Any], fixed: Mapping[str, Any]) -> dict[str, Any]:
    """The noisy images that the browser sent, filtered, as it can read them.

    Those of other images, from before, get no answer: the browser sends the present ones next.

    Raises:
        UserError: they did not arrive whole.
    """
    try:
        data = b64decode(str(released.get("noisy")), validate=True)
    except Error as failure:
        raise UserError(
            _("The noisy images did not arrive. Move the slider once more.")
        ) from failure
    shape = (fixed["count"], *fixed["shape"])
    if len(data) != math.prod(shape):
        return dict(UNANSWERED)
    pixels = torch.frombuffer(bytearray(data), dtype=torch.uint8).view(shape)
    noisy = pixels.float().div(255)
    level = filters.noise_level(noisy)
    rows = {name: _as_text(filters.restored(name, noisy, level)) for name in filters.FILTERS}
    return {"turn": str(released.get("turn"))[:64], "rows": rows}


def _as_text(x: Images) -> str:
    return b64encode(x.mul(255).round().to(torch.uint8).numpy().tobytes()).decode()


def _through_the_server(card: Card, image_set: str, images: Pixels, names: Sequence[str]) -> None:
    place = st.container()
    corruption = chosen_noise.controls()
    train_link.link(card, image_set, corruption)
    clean = images.float().div(255)
    noisy = corruption.noise()(clean, torch.Generator().manual_seed(corruption.seed))
    if corruption.kind == "masking":
        noisy = chosen_noise.cover(noisy)
    level = filters.noise_level(noisy)
    found = {"noisy": noisy}
    for name, each in models(cached.available()[0], card, corruption).items():
        found[name] = denoising.through(cached.load(each).model, noisy)
    found |= {name: filters.restored(name, noisy, level) for name in filters.FILTERS}
    rows = [Row(_(TITLES["clean"]), views.digits(clean), names)]
    psnr: dict[str, float] = {}
    for name, x in found.items():
        figures = denoising.scores(x, clean)
        psnr[name] = figures["psnr"]
        label = _(
            "{restorer}: {psnr:.1f} dB, SSIM {ssim:.2f}, MSE {mse:.3f}",
            restorer=_(TITLES[name]), **figures,
        )  # fmt: skip
        captions = [
            f"{numerals.written(value, '.1f')} dB" for value in metrics.psnr(x, clean).tolist()
        ]
        texts = [_alt(each, name) for each in names]
        rows.append(Row(label, views.digits(x), texts, captions))
    with place:
        pictures.strip(rows)
        st.markdown(f"**{denoising.verdict(psnr)}**")
        under = _(
            "Under each image its PSNR (dB) against the clean one, higher is better. SSIM is 1 and"
            " MSE is 0 where nothing differs."
        )
        st.caption(joined(under, mounting.why_not()))


def _alt(image: str, name: str) -> str:
    if name == "noisy":
        return _("{image}, noisy", image=image)
    return _("{image}, restored by {restorer}", image=image, restorer=_(denoising.NAMES[name]))

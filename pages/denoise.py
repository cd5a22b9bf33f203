"""Denoise: turn noise up, and see how much of it a model takes away."""

import streamlit as st
import torch

from ae_core import latent, metrics, noise
from ae_core.cards import Card
from pages.ui import cached, choosing, pictures, views, widgets
from pages.ui.noises import KINDS
from pages.ui.pictures import Row


def restorers(card: Card) -> list[Card]:
    """The models that restore: one that was taught to, and the chosen one."""
    taught = [
        other
        for other in cached.available()[0]
        if other.noise is not None
        and (other.image_set, other.image_shape) == (card.image_set, card.image_shape)
    ]
    taught.sort(key=lambda other: (other != card, other.name))
    return taught[:1] + ([card] if card not in taught[:1] else [])


def row(label: str, x: torch.Tensor, clean: torch.Tensor, names: list[str]) -> Row:
    """Images with what they score against the clean ones."""
    psnr, ssim = metrics.psnr(x, clean), metrics.ssim(x, clean)
    captions = [f"{p:.1f} dB · {s:.2f}" for p, s in zip(psnr.tolist(), ssim.tolist(), strict=True)]
    return Row(label, views.digits(x), [f"{name}, {label.lower()}" for name in names], captions)


@st.fragment
def bench(card: Card) -> None:
    """The noise under the hand, and the rows that follow it."""
    with widgets.shown_errors():
        found = widgets.images_for(card)
        picture = st.container()
        left, middle, right = st.columns([1.5, 1, 1], vertical_alignment="bottom")
        with left:
            chosen = widgets.one_of("Noise", tuple(KINDS.values()), key="noise")
        kind = noise.NOISES[next(name for name, text in KINDS.items() if text == chosen)]
        option = kind.strength_option()
        strength = middle.slider(
            f"{option.help}", float(option.low or 0), float(option.high or 1),
            float(option.default), 0.05, key=f"strength-{kind.kind}", bind="query-params",
        )  # fmt: skip
        spoiler = kind().at(float(strength))
        if isinstance(spoiler, noise.Gaussian):
            mean = right.slider(
                "Grey veil (mean of the noise)", 0.0, 1.0, 0.0, 0.05, key="mean",
                bind="query-params",
            )  # fmt: skip
            spoiler = noise.Gaussian(mean=float(mean), std=float(strength))
        indices = choosing.choose(found, lambda: cached.errors(card, found.name))
        clean = found.test[indices].float().div(255)
        spoilt = spoiler(clean, torch.Generator().manual_seed(0))
        names = [f"A {found.classes[found.test_labels[i]]}, test image {i}" for i in indices]
        rows = [Row("Clean", views.digits(clean), names), row("Noisy", spoilt, clean, names)]
        for other in restorers(card):
            restored = latent.reconstruct(
                cached.load(other).model, spoilt.mul(255).round().to(torch.uint8)
            )
            name = other.title.partition(" · ")[0]
            label = f"Restored by {name}" if other.noise else f"{name} (never taught to denoise)"
            rows.append(row(label, restored, clean, names))
        with picture:
            pictures.strip(rows)
            st.caption(
                "Under each image its PSNR (dB) and its SSIM (1 is perfect) against the clean one;"
                " higher is better for both."
            )


st.header("Denoise", anchor=False)
with widgets.shown_errors():
    card = widgets.picked_model()
    st.caption(
        "A denoising model sees the noisy image and has learned to draw the clean one. Turn the"
        " noise up until it gives in."
    )
    bench(card)

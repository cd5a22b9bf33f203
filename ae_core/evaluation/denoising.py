"""Which model to denoise with, which restorer wins, and what repeated denoising leads to."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from ae_core.accounts import ownership
from ae_core.checkpoints.cards import Card
from ae_core.evaluation import metrics
from ae_core.models import batches
from ae_core.models.base import Autoencoder
from ae_core.noise import Noise, Varied
from ae_core.texts import N_, _
from ae_core.types import Images

NAMES = {
    "noisy": N_("the noisy image itself"),
    "not_trained_on_noise": N_("the model not trained on noise"),
    "trained_on_noise": N_("the model trained on noise"),
    "median": N_("the median filter"),
    "non_local_means": N_("non-local means"),
    "total_variation": N_("total variation"),
}
"""Every restorer in words, and the noisy image to compare it with."""

TIE_DB = 0.1
"""A smaller difference cannot be seen."""

STILL = 1e-3
"""Root mean square change of a pixel below which nothing can be seen: a quarter of a grey level."""


def trained_on_noise(cards: Sequence[Card], like: Card, noise: Noise) -> Card | None:
    """The model trained on the noise most like this one, of those for the same images.

    `like` itself where it was trained on noise; else the same kind at the nearest options, else
    noise of every kind, else any.
    """
    if like.noise:
        return like
    fitting = [card for card in cards if card.noise and _same_images(card, like)]
    return min(fitting, key=lambda card: (_distance(card, noise), card.name), default=None)


def shipped(cards: Sequence[Card], like: Card) -> Card | None:
    """The model shipped for these images that was trained on many kinds of noise."""
    fitting = (
        card for card in cards
        if isinstance(card.training_noise(), Varied) and _same_images(card, like)
        and not ownership.is_private(card.name)
    )  # fmt: skip
    return next(fitting, None)


def not_trained_on_noise(cards: Sequence[Card], like: Card) -> Card | None:
    """A model that was not trained on noise: `like` itself, or the one most like it."""
    if not like.noise:
        return like
    fitting = [card for card in cards if not card.noise and _same_images(card, like)]
    return min(
        fitting,
        key=lambda card: (
            card.family != like.family, abs(card.latent_dim - like.latent_dim), card.name,
        ),
        default=None,
    )  # fmt: skip


def _same_images(card: Card, like: Card) -> bool:
    return (card.image_set, card.image_shape) == (like.image_set, like.image_shape)


def _distance(card: Card, noise: Noise) -> tuple[int, float]:
    learned = card.training_noise()
    if type(learned) is type(noise):
        theirs, ours = learned.to_dict(), noise.to_dict()
        return 0, sum(abs(theirs[name] - value) for name, value in ours.items())
    return 1 + (not isinstance(learned, Varied)), 0.0


def through(model: Autoencoder, noisy: Images) -> Images:
    """Reconstructions of noisy images, which the model sees as bytes, as a file would hold them."""
    return batches.reconstruct(model, noisy.mul(255).round().to(torch.uint8))


def scores(restored: Images, clean: Images) -> dict[str, float]:
    """PSNR (dB), SSIM and MSE against the clean images, each a mean over the images."""
    return {
        name: float(metric(restored, clean).mean())
        for name, metric in (("psnr", metrics.psnr), ("ssim", metrics.ssim), ("mse", metrics.mse))
    }


def verdict(psnr: Mapping[str, float], strength: float | None = None) -> str:
    """Which of `NAMES` restores best, by its mean PSNR in dB, and by how much, in words.

    `strength` is that of the noise, where the sentence is to name it.
    """
    where = _("here") if strength is None else _("at {strength:.2f}", strength=strength)
    # A model whose training diverged may give NaN.
    psnr = {name: value for name, value in psnr.items() if math.isfinite(value)}
    best = max(psnr, key=lambda name: psnr[name])
    if psnr[best] - psnr["noisy"] < TIE_DB:
        return _(
            "Nothing helps {where}: the noisy images are as near to the clean ones as anything, at"
            " {psnr:.1f} dB.",
            where=where, psnr=psnr["noisy"],
        )  # fmt: skip
    others = {name: value for name, value in psnr.items() if name not in (best, "noisy")}
    found: dict[str, Any] = {
        "restorer": _capital(_(NAMES[best])), "where": where, "psnr": psnr[best],
    }  # fmt: skip
    if not others:
        return _(
            "{restorer} restores best {where}: {psnr:.1f} dB, {gap:.1f} dB better than the noisy"
            " images.",
            **found, gap=psnr[best] - psnr["noisy"],
        )  # fmt: skip
    second = max(others, key=lambda name: others[name])
    found |= {"other": _(NAMES[second]), "gap": psnr[best] - psnr[second]}
    if found["gap"] < TIE_DB:
        return _(
            "{restorer} restores best {where}: {psnr:.1f} dB, and {other} is as good.", **found
        )
    return _(
        "{restorer} restores best {where}: {psnr:.1f} dB, {gap:.1f} dB better than {other}.",
        **found,
    )


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def rounds(
    restore: Callable[[Images], Images], x: Images, count: int
) -> Float[Tensor, "rounds c h w"]:
    """An image, (1, c, h, w), and what each round of `restore` makes of the last one."""
    seen = [x]
    for __ in range(count):
        seen.append(restore(seen[-1]))
    return torch.cat(seen)


def changes(seen: Float[Tensor, "n c h w"]) -> Float[Tensor, " rounds"]:
    """The root mean square change of a pixel in each round."""
    return (seen[1:] - seen[:-1]).square().flatten(1).mean(1).sqrt()


def settled_after(changed: Float[Tensor, " rounds"]) -> int | None:
    """The round after which nothing changes any more; None where the last one still does."""
    moving = (~(changed < STILL)).nonzero().flatten()  # NaN has not settled
    last = int(moving[-1]) + 1 if len(moving) else 0
    return last if last < len(changed) else None

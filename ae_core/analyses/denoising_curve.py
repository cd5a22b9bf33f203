"""How well each restorer does against the strength of a noise, over 500 test images.

asked: `images` (name and sha256 of a set); `noise`, a card of it, whose strength does not matter;
`not_trained_on_noise` and `trained_on_noise`, models or None.
"""

from __future__ import annotations

import torch

from ae_core.analyses import Answer, Asked, Told, model_of
from ae_core.evaluation import denoising, filters, metrics
from ae_core.latent.coded_images import images_of
from ae_core.noise import Noise, from_card
from ae_core.texts import _
from ae_core.types import Images

VERSION = 3
IMAGES = 500
SHARES = (0.01, 0.05, 0.12, 0.25, 0.4, 0.55, 0.7, 0.85, 1.0)
"""Of the way from no noise to the strongest: what helps changes fastest where there is little."""


def compute(asked: Asked, told: Told) -> Answer:
    """`strengths`, (s,), and for each of `restorers` in order a row of `psnr` (dB): (r, s)."""
    clean = images_of(asked["images"]).test[:IMAGES].float().div(255)
    spoiler = from_card(asked["noise"])
    models = {
        name: model_of(asked[name]).model
        for name in ("not_trained_on_noise", "trained_on_noise")
        if asked.get(name)
    }
    strengths = strengths_of(spoiler)
    rows: dict[str, list[float]] = {}
    for number, strength in enumerate(strengths):
        said = _(
            "strength {strength:.2g}, {number} of {count}",
            strength=strength, number=number + 1, count=len(strengths),
        )  # fmt: skip
        told(number / len(strengths), said)
        noisy = spoiler.at(strength)(clean, torch.Generator().manual_seed(number))
        level = filters.noise_level(noisy)
        found: dict[str, Images] = {"noisy": noisy}
        found |= {name: denoising.through(model, noisy) for name, model in models.items()}
        found |= {name: filters.restored(name, noisy, level) for name in filters.FILTERS}
        for name, restored in found.items():
            rows.setdefault(name, []).append(float(metrics.psnr(restored, clean).mean()))
    return Answer(
        {"strengths": torch.tensor(strengths), "psnr": torch.tensor(list(rows.values()))},
        {"restorers": list(rows), "images": len(clean)},
    )


def strengths_of(spoiler: Noise) -> list[float]:
    """Strengths from next to the lowest, which is no noise, to the highest."""
    option = spoiler.strength_option()
    low, high = float(option.low or 0), float(option.high or 1)
    return [low + (high - low) * share for share in SHARES]

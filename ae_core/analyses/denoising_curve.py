"""How well each restorer does against the strength of a noise, over 500 test images.

asked: `set`, `sha256` of the images; `noise`, a card of it, whose strength does not matter;
`untaught` and `taught`, models or None.
"""

from __future__ import annotations

import torch

from ae_core import denoising, filters, metrics
from ae_core.analyses import Answer, Asked, Told, model_of
from ae_core.errors import UserError
from ae_core.image_sets import ImageSet, load
from ae_core.noise import Noise, from_card
from ae_core.types import Images

VERSION = 1
IMAGES = 500
STRENGTHS = 9


def compute(asked: Asked, told: Told) -> Answer:
    """`strengths`, (s,), and for each of `restorers` in order a row of `psnr` (dB): (r, s)."""
    clean = images(asked).test[:IMAGES].float().div(255)
    spoiler = from_card(asked["noise"])
    models = {
        name: model_of(asked[name]).model for name in ("untaught", "taught") if asked.get(name)
    }
    strengths = strengths_of(spoiler)
    rows: dict[str, list[float]] = {}
    for number, strength in enumerate(strengths):
        told(number / len(strengths), f"strength {strength:.2g}, {number + 1} of {len(strengths)}")
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
    """Strengths from above the lowest, which is no noise, to the highest."""
    option = spoiler.strength_option()
    low, high = float(option.low or 0), float(option.high or 1)
    return [low + (high - low) * step / STRENGTHS for step in range(1, STRENGTHS + 1)]


def images(asked: Asked) -> ImageSet:
    """The images that a question names.

    Raises:
        UserError: they are gone, or others by now.
    """
    found = load(str(asked["set"]))
    if found.sha256 != asked["sha256"]:
        raise UserError("The images are others by now. Load the page again.")
    return found

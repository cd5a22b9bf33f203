"""What a model learns from one noise, and what of it helps against another.

Trains a small dense autoencoder on each noise, right here, and tests each on all of them.
asked: `images` (name and sha256 of a set); `denoiser`, one more model to test, or None.
"""

from __future__ import annotations

import torch

from ae_core import checkpoints
from ae_core.analyses import Answer, Asked, Told, model_of
from ae_core.evaluation import denoising, metrics
from ae_core.image_sets import ImageSet
from ae_core.latent.coded_images import images_of
from ae_core.models.base import Autoencoder
from ae_core.noise import Blur, Contrast, Gaussian, LowResolution, Masking, Noise, SaltAndPepper
from ae_core.recipes import FAST
from ae_core.texts import N_, _
from ae_core.training.loop import Training
from ae_core.training.objectives import reconstruction

VERSION = 2
IMAGES = 500
STEPS, FEWEST_STEPS = 300, 60
"""Of training, for each: some two seconds. Larger images get fewer."""

NETWORK = {"latent_dim": 32, "hidden_width": 128, "activation": "silu", "code": "linear"}
NOISES: dict[str, Noise | None] = {
    "none": None,
    "gaussian": Gaussian(mean=0.0, std=0.5),
    "lighter_gaussian": Gaussian(mean=0.5, std=0.5),
    "salt_and_pepper": SaltAndPepper(0.3),
    "masking": Masking(0.5),
    "blur": Blur(1.5),
    "low_resolution": LowResolution(3.0),
    "contrast": Contrast(0.7),
}
MANY = "many_kinds"
"""What the `denoiser` was trained on."""

NAMES = {
    "none": N_("none"),
    "gaussian": N_("Gaussian"),
    "lighter_gaussian": N_("Gaussian, mean 0.5"),
    "salt_and_pepper": N_("salt and pepper"),
    "masking": N_("masking"),
    "blur": N_("blur"),
    "low_resolution": N_("low resolution"),
    "contrast": N_("contrast"),
    MANY: N_("many kinds (ships)"),
}
"""What a chart calls `NOISES`, and the last row."""


def compute(asked: Asked, told: Told) -> Answer:
    """`psnr` (dB): a row for each of `trained`, a column for each of `tested`."""
    found = images_of(asked["images"])
    clean = found.test[:IMAGES].float().div(255)
    spoilt = {
        name: noise(clean, torch.Generator().manual_seed(0)) if noise else clean
        for name, noise in NOISES.items()
    }
    models: dict[str, Autoencoder] = {}
    for number, (name, noise) in enumerate(NOISES.items()):
        said = _(
            "training on {noise}, {number} of {count}",
            noise=_(NAMES[name]), number=number + 1, count=len(NOISES),
        )  # fmt: skip
        told(number / len(NOISES), said)
        training = _training(found, noise)
        for event in training:
            told((number + event.step / event.steps) / len(NOISES), said)
        models[name] = training.model.eval()
    if asked.get("denoiser"):
        models[MANY] = model_of(asked["denoiser"]).model
    psnr = [
        [float(metrics.psnr(denoising.through(model, x), clean).mean()) for x in spoilt.values()]
        for model in models.values()
    ]
    return Answer(
        {"psnr": torch.tensor(psnr)},
        {"trained": list(models), "tested": list(spoilt), "images": len(clean)},
    )


def _training(found: ImageSet, noise: Noise | None) -> Training[Autoencoder]:
    model = checkpoints.build("dense", NETWORK, found.image_shape)
    steps = max(FEWEST_STEPS, min(STEPS, STEPS * 28 * 28 // model.pixels))
    objective = reconstruction(model, found.train, FAST, noise=noise)
    return Training(objective, steps=steps).prepare()

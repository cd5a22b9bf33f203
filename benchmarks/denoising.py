"""How much noise a denoising model takes away, beside what classical filters take.

    python -m benchmarks.denoising [--model mnist-wide-denoising-49]

PSNR in dB over the first 500 MNIST test images, for Gaussian noise of mean 0 and of mean 0.5, the
published kind. A filter cannot know the mean, so it gets the image with the mean taken off.
"""

from __future__ import annotations

import numpy as np
import torch
from skimage.filters import median
from skimage.morphology import disk
from skimage.restoration import denoise_nl_means

from ae_core import checkpoints, image_sets, latent
from ae_core.evaluation import metrics
from ae_core.noise import Gaussian
from ae_core.settings import THREADS
from ae_core.types import Images
from benchmarks import report

IMAGES = 500
STRENGTHS = tuple(round(0.1 * step, 1) for step in range(1, 11))


def filtered(noisy: Images, mean: float, std: float) -> dict[str, Images]:
    """What each classical filter makes of noisy images."""
    pixels = np.clip(noisy.squeeze(1).numpy() - mean, 0, 1)
    means = [
        denoise_nl_means(x, patch_size=5, patch_distance=6, h=0.8 * std, sigma=std, fast_mode=True)
        for x in pixels
    ]
    medians = [median(x, disk(1)) for x in pixels]
    return {
        "non_local_means": torch.from_numpy(np.stack(means)).float().unsqueeze(1).clamp(0, 1),
        "median": torch.from_numpy(np.stack(medians)).float().unsqueeze(1),
    }


def main() -> None:
    asked = report.parser("denoising", "Noise taken away")
    asked.add_argument(
        "--model", default="mnist-wide-denoising-49", help="checkpoint that denoises"
    )
    arguments = asked.parse_args()
    torch.set_num_threads(THREADS)
    model = checkpoints.load(arguments.model).model
    clean = image_sets.load("mnist").test[:IMAGES].float().div(255)
    figures: dict[str, float] = {}
    for mean in (0.0, 0.5):
        for std in STRENGTHS:
            noisy = Gaussian(mean=mean, std=std)(clean, torch.Generator().manual_seed(0))
            restored = latent.reconstruct(model, noisy.mul(255).round().to(torch.uint8))
            by = {"noisy": noisy, "model": restored, **filtered(noisy, mean, std)}
            for name, images in by.items():
                psnr = float(metrics.psnr(images, clean).mean())
                figures[f"{name}_mean_{mean:g}_std_{std:g}_db"] = psnr
        at = f"mean_{mean:g}_std_0.5_db"
        best = max(figures[f"non_local_means_{at}"], figures[f"median_{at}"])
        figures[f"lead_{at}"] = figures[f"model_{at}"] - best
    report.conclude(arguments, figures, report.goals("denoising"), "Denoising, PSNR in dB")


if __name__ == "__main__":
    main()

"""Evaluates a model on a set of images: the metrics on a checkpoint's card."""

from __future__ import annotations

import math
import warnings

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from ae_core.evaluation import metrics
from ae_core.models.base import Autoencoder, Batch
from ae_core.models.batches import AnyImages, in_batches
from ae_core.types import Labels, Latents

BATCH = 200
"""Images at a time: convolutions are 1.6 times as fast as with 1,000, which leave the cache."""

Others = Float[Tensor, "m d"]
TheirLabels = Int64[Tensor, " m"]

SMALLEST_DEVIATION = 1e-4
"""Codes that vary less than this are not scaled up."""

ROUNDS, LOOSENESS = 100, 50.0
"""Of the logistic regression: most iterations, and its inverse regularisation times the codes."""


@torch.no_grad()
def evaluate(model: Autoencoder, images: AnyImages) -> dict[str, float]:
    """Means over `images`, without noise and, for a VAE, at the posterior mean.

    Raises:
        UserError: the images are not of the model's shape, or not in [0, 1].

    Returns:
        `bce` and `mse` a pixel, `psnr` in dB, `ssim`; for a VAE also the parts of its loss with
        one sample an image (seed 0), in nats: with beta 1 `loss_bce` and `loss_kl` add up to the
        negative evidence lower bound.
    """
    model.eval()
    generator = torch.Generator(model.device).manual_seed(0)
    sums: dict[str, float] = {}
    for batch in in_batches(images, model.image_shape, BATCH):
        x = batch.to(model.device)
        x_hat = model(x)
        values = {
            "bce": metrics.bce(x_hat, x),
            "mse": metrics.mse(x_hat, x),
            "psnr": metrics.psnr(x_hat, x),
            "ssim": metrics.ssim(x_hat, x),
        }
        for name, value in values.items():
            sums[name] = sums.get(name, 0.0) + float(value.sum())
        if model.variational:
            for name, part in model.loss(Batch.of(x, generator=generator)).items():
                sums[f"loss_{name}"] = sums.get(f"loss_{name}", 0.0) + float(part) * len(x)
    return {name: total / len(images) for name, total in sums.items()}


def wilson_interval(hits: int, count: int) -> tuple[float, float]:
    """The 95 % interval of a share, of which `hits` of `count` are a sample (Wilson 1927)."""
    z = 1.959964
    middle = (hits + z * z / 2) / (count + z * z)
    half = z / (count + z * z) * math.sqrt(hits * (count - hits) / count + z * z / 4)
    return max(0.0, middle - half), min(1.0, middle + half)


def knn_accuracy(
    codes: Latents, labels: Labels, test_codes: Others, test_labels: TheirLabels, *, k: int = 5
) -> float:
    """Accuracy on the test codes of a vote among their `k` nearest training codes."""
    from sklearn.neighbors import KNeighborsClassifier  # scikit-learn takes a second to import

    neighbours = KNeighborsClassifier(k).fit(codes.cpu().numpy(), labels.cpu().numpy())
    return float(neighbours.score(test_codes.cpu().numpy(), test_labels.cpu().numpy()))


def linear_accuracy(
    codes: Latents, labels: Labels, test_codes: Others, test_labels: TheirLabels
) -> float:
    """Accuracy on the test codes of a linear classifier trained on the others.

    Logistic regression on codes with mean 0 and, over all of their numbers, standard deviation 1.
    """
    from sklearn.linear_model import LogisticRegression

    mean = codes.mean(0)
    scale = (codes - mean).std().clamp_min(SMALLEST_DEVIATION)
    known, asked = (((each - mean) / scale).cpu().numpy() for each in (codes, test_codes))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that more rounds would still gain a little
        linear = LogisticRegression(max_iter=ROUNDS, C=LOOSENESS / len(codes)).fit(
            known, labels.cpu().numpy()
        )
    return float(linear.score(asked, test_labels.cpu().numpy()))

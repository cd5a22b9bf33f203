"""Reconstruction metrics, one value per image."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from ae_core.errors import UserError
from ae_core.texts import _
from ae_core.types import Images, Latents

PerImage = Float[Tensor, " n"]

SSIM_WINDOW = 7
"""Pixels. Of Wang's 11 x 11 window a 28 x 28 image would hold two side by side."""

SSIM_CHUNK = 128
"""Images at a time, so that intermediate results stay in the processor's cache."""


def check_numbers(x_hat: Images, title: str) -> None:
    """Refuse reconstructions by the model called `title` that hold NaN or infinity.

    Raises:
        UserError: some do; what to do.
    """
    if not bool(x_hat.isfinite().all()):
        raise UserError(
            _(
                "{model} draws NaN instead of images. It is damaged, or was trained too fast:"
                " choose another model, or train it again.",
                model=title,
            )
        )


def check_codes(z: Latents, title: str) -> None:
    """Refuse codes by the model called `title` that hold NaN or infinity.

    Raises:
        UserError: some do; what to do.
    """
    if not bool(z.isfinite().all()):
        raise UserError(
            _(
                "Codes of {model} are not finite numbers. It is damaged, or was trained too fast:"
                " choose another model, or train it again.",
                model=title,
            )
        )


def bce(x_hat: Images, x: Images) -> PerImage:
    """Binary cross-entropy, mean over the pixels, in nats; lower is better.

    A reconstruction is clamped to [1e-7, 1 - 1e-7], so that one pixel costs at most 16.1.
    """
    clamped = x_hat.clamp(1e-7, 1 - 1e-7)
    return F.binary_cross_entropy(clamped, x, reduction="none").flatten(1).mean(dim=1)


def mse(x_hat: Images, x: Images) -> PerImage:
    """Squared error, mean over the pixels; lower is better."""
    return (x_hat - x).square().flatten(1).mean(dim=1)


def psnr(x_hat: Images, x: Images) -> PerImage:
    """Peak signal-to-noise ratio in dB, for a peak of 1, at most 100; higher is better."""
    return -10 * mse(x_hat, x).clamp(min=1e-10).log10()


def ssim(x_hat: Images, x: Images) -> PerImage:
    """Structural similarity, -1 to 1; higher is better (Wang et al. 2004).

    Even 7 x 7 window, edges mirrored, mean over all pixels: what torchmetrics gives for
    `gaussian_kernel=False, kernel_size=7, data_range=1`, to 1e-5. Written as two small matrix
    products, because its convolutions take several times as long on one thread.
    """
    h, w = x.shape[2:]
    vertical, horizontal = _window_sums(h, x), _window_sums(w, x).T
    parts = [
        _similarity(*pair, vertical, horizontal)
        for pair in zip(torch.split(x_hat, SSIM_CHUNK), torch.split(x, SSIM_CHUNK), strict=True)
    ]
    return torch.cat(parts)


def _similarity(x_hat: Tensor, x: Tensor, vertical: Tensor, horizontal: Tensor) -> Tensor:
    maps = torch.stack([x_hat, x, x_hat.square() + x.square(), x_hat * x])
    mean_hat, mean, squares, product = vertical @ maps @ horizontal / SSIM_WINDOW**2
    stable_mean, stable_variance = 0.01**2, 0.03**2
    means = mean_hat * mean
    mean_squares = mean_hat.square() + mean.square()
    covariance = product - means
    variances = (squares - mean_squares).clamp(min=0)
    luminance = (2 * means + stable_mean) / (mean_squares + stable_mean)
    structure = (2 * covariance + stable_variance) / (variances + stable_variance)
    return torch.mean((luminance * structure).flatten(1), dim=1)


def _window_sums(size: int, like: Tensor) -> Tensor:
    """The matrix, shape (size, size), that takes a column to its sums in a sliding window."""
    reach, last = SSIM_WINDOW // 2, size - 1
    assert size > reach, "mirrored edges need more pixels than half a window"
    places = torch.arange(size)[:, None] + torch.arange(-reach, reach + 1)
    mirrored = last - (last - places.abs()).abs()
    ones = torch.ones(mirrored.shape)
    return torch.zeros(size, size).scatter_add_(1, mirrored, ones).to(like)

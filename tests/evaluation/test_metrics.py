"""Every metric against a second, independent way to work it out."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from skimage.metrics import peak_signal_noise_ratio, structural_similarity
from torch import Tensor
from torch.distributions import Normal, kl_divergence

from ae_core.evaluation import metrics
from ae_core.models import losses


@pytest.fixture(params=[(5, 1, 28, 28), (3, 3, 17, 32)], ids=["grey", "colour"])
def pair(request: pytest.FixtureRequest) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(0)
    x = torch.rand(request.param, generator=generator)
    noise = torch.randn(request.param, generator=generator)
    spread = torch.linspace(0.05, 0.5, len(x))[:, None, None, None]
    return (x + spread * noise).clamp(0, 1), x


@pytest.mark.parametrize("metric", [metrics.bce, metrics.mse, metrics.psnr, metrics.ssim])
def test_each_image_has_its_own_figure(metric, pair: tuple[Tensor, Tensor]) -> None:
    x_hat, x = pair
    together = metric(x_hat, x)
    alone = torch.cat([metric(x_hat[i : i + 1], x[i : i + 1]) for i in range(len(x))])
    assert together.shape == (len(x),)
    torch.testing.assert_close(together, alone)


def test_bce_is_the_mean_over_the_pixels_in_nats(pair: tuple[Tensor, Tensor]) -> None:
    x_hat, x = (each.double().numpy() for each in pair)
    p = x_hat.clip(1e-7, 1 - 1e-7)
    expected = -(x * np.log(p) + (1 - x) * np.log(1 - p)).mean(axis=(1, 2, 3))
    np.testing.assert_allclose(metrics.bce(*pair).numpy(), expected, rtol=1e-2)
    half = torch.full((1, 1, 4, 4), 0.5)
    assert metrics.bce(half, half).item() == pytest.approx(math.log(2))


@pytest.mark.parametrize(("x_hat", "x"), [(0.0, 1.0), (1.0, 0.0)])
def test_bce_of_a_wholly_wrong_pixel_is_large_and_finite(x_hat: float, x: float) -> None:
    shape = (1, 1, 4, 4)
    cost = metrics.bce(torch.full(shape, x_hat), torch.full(shape, x)).item()
    assert 15.9 < cost < 16.2


def test_mse_is_the_squared_error_of_a_pixel(pair: tuple[Tensor, Tensor]) -> None:
    x_hat, x = (each.double().numpy() for each in pair)
    expected = ((x_hat - x) ** 2).mean(axis=(1, 2, 3))
    np.testing.assert_allclose(metrics.mse(*pair).numpy(), expected, rtol=1e-5)


def test_psnr_agrees_with_scikit_image(pair: tuple[Tensor, Tensor]) -> None:
    expected = [
        peak_signal_noise_ratio(image, guess, data_range=1)
        for guess, image in zip(*(each.double().numpy() for each in pair), strict=True)
    ]
    np.testing.assert_allclose(metrics.psnr(*pair).numpy(), expected, rtol=1e-5)


def test_psnr_of_the_same_image_is_the_cap() -> None:
    x = torch.rand(2, 1, 8, 8)
    assert metrics.psnr(x, x).tolist() == [100, 100]


def test_ssim_agrees_with_scikit_image_away_from_the_edges(pair: tuple[Tensor, Tensor]) -> None:
    x_hat, x = pair
    reach = metrics.SSIM_WINDOW // 2
    inner = []
    for guess, image in zip(x_hat.double().numpy(), x.double().numpy(), strict=True):
        _, full = structural_similarity(
            np.pad(image, ((0, 0), (reach, reach), (reach, reach)), mode="reflect"),
            np.pad(guess, ((0, 0), (reach, reach), (reach, reach)), mode="reflect"),
            win_size=metrics.SSIM_WINDOW, data_range=1, channel_axis=0,
            use_sample_covariance=False, full=True,
        )  # fmt: skip
        inner.append(full[:, reach:-reach, reach:-reach].mean())
    np.testing.assert_allclose(metrics.ssim(x_hat, x).numpy(), inner, atol=1e-5)


def test_ssim_agrees_with_torchmetrics(pair: tuple[Tensor, Tensor]) -> None:
    from torchmetrics.functional.image import structural_similarity_index_measure

    expected = structural_similarity_index_measure(
        *pair, gaussian_kernel=False, kernel_size=7, data_range=1.0, reduction="none"
    )
    torch.testing.assert_close(metrics.ssim(*pair), expected, atol=1e-5, rtol=0)


def test_ssim_of_the_same_image_is_one_even_when_it_is_blank() -> None:
    x = torch.cat([torch.rand(1, 1, 28, 28), torch.zeros(1, 1, 28, 28), torch.ones(1, 1, 28, 28)])
    torch.testing.assert_close(metrics.ssim(x, x), torch.ones(3))


def test_ssim_does_not_depend_on_how_many_images_come_at_once() -> None:
    x, x_hat = torch.rand(2, metrics.SSIM_CHUNK + 3, 1, 9, 9)
    whole = metrics.ssim(x_hat, x)
    torch.testing.assert_close(whole[-3:], metrics.ssim(x_hat[-3:], x[-3:]))


def test_kl_divergence_agrees_with_torchs_own_of_two_normals() -> None:
    generator = torch.Generator().manual_seed(0)
    mean = torch.randn(6, 3, generator=generator)
    log_variance = torch.randn(6, 3, generator=generator)
    expected = kl_divergence(Normal(mean, (0.5 * log_variance).exp()), Normal(0, 1))
    torch.testing.assert_close(losses.kl_divergence(mean, log_variance), expected)


def test_kl_divergence_of_the_prior_itself_is_zero() -> None:
    assert losses.kl_divergence(torch.zeros(2, 4), torch.zeros(2, 4)).abs().max() == 0

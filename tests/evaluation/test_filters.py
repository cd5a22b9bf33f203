"""The classical filters: that each takes its kind of noise away, and what they get told."""

from __future__ import annotations

import pytest
import torch
from skimage.filters import median
from skimage.restoration import estimate_sigma
from torch import Generator

from ae_core.evaluation import filters, metrics
from ae_core.image_sets import ImageSet
from ae_core.noise import Gaussian, SaltAndPepper

each_filter = pytest.mark.parametrize("name", filters.FILTERS)


def seeded() -> Generator:
    return Generator().manual_seed(0)


@pytest.mark.parametrize("std", [0.05, 0.1, 0.2])
def test_noise_level_of_a_grey_page_is_the_deviation_of_its_noise(std: float) -> None:
    noisy = Gaussian(0.0, std)(torch.full((4, 1, 64, 64), 0.5), seeded())
    assert filters.noise_level(noisy) == pytest.approx(std, rel=0.1)


def test_noise_level_is_that_of_scikit_image(digits: ImageSet) -> None:
    noisy = Gaussian(0.0, 0.2)(digits.test[:9].float().div(255), seeded())
    noisy[4] = 0.5
    each = [estimate_sigma(image.numpy()) for image in noisy[:, 0] if image.std() > 0]
    assert filters.noise_level(noisy) == pytest.approx(sum(each) / 8, rel=1e-5)


@each_filter
def test_each_filter_takes_noise_away(name: str, digits: ImageSet) -> None:
    clean = digits.test[:20].float().div(255)
    noisy = Gaussian(0.0, 0.3)(clean, seeded())
    restored = filters.restored(name, noisy)
    assert restored.shape == noisy.shape
    gain = metrics.psnr(restored, clean) - metrics.psnr(noisy, clean)
    assert gain.mean() > 1.5


def test_median_is_the_best_of_them_against_salt_and_pepper(digits: ImageSet) -> None:
    clean = digits.test[:20].float().div(255)
    noisy = SaltAndPepper(0.3)(clean, seeded())
    psnr = {
        name: float(metrics.psnr(filters.restored(name, noisy), clean).mean())
        for name in filters.FILTERS
    }
    assert max(psnr, key=lambda name: psnr[name]) == "median"


def test_median_of_many_images_is_that_of_each() -> None:
    noisy = torch.rand(3, 2, 12, 10, generator=seeded())
    found = filters.restored("median", noisy)
    for image, plain in zip(found.flatten(0, 1), noisy.flatten(0, 1), strict=True):
        expected = torch.from_numpy(median(plain.numpy(), torch.ones(3, 3).numpy()))
        torch.testing.assert_close(image, expected)


@each_filter
@pytest.mark.parametrize("shape", [(2, 3, 16, 12), (1, 1, 28, 28), (2, 3, 64, 64)])
def test_colour_and_empty_images_come_back_as_they_are(name: str, shape: tuple[int, ...]) -> None:
    for value in (0.0, 0.5, 1.0):
        plain = torch.full(shape, value)
        assert filters.noise_level(plain) == 0
        torch.testing.assert_close(filters.restored(name, plain), plain, atol=0.01, rtol=0)

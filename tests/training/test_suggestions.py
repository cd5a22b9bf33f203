"""Which network suits some images: by how many there are, their size and their colour."""

from __future__ import annotations

import pytest

from ae_core import checkpoints
from ae_core.models import FAMILY_OF, ImageShape, preset
from ae_core.training.suggestions import augmentation, suggested


@pytest.mark.parametrize(
    ("count", "shape", "network", "size"),
    [
        (40, (1, 28, 28), "wide-32", 8),
        (150, (1, 32, 32), "wide-32", 16),
        (800, (1, 28, 28), "ae-16", 16),
        (60_000, (1, 28, 28), "ae-16", 32),
        (40, (3, 64, 64), "residual-32", 8),
        (500, (3, 28, 28), "residual-32", 16),
        (5000, (1, 64, 64), "residual-32", 32),
        (5000, (3, 30, 30), "ae-16", 32),
    ],
)
def test_network_and_code_fit_the_images(
    count: int, shape: ImageShape, network: str, size: int
) -> None:
    found = suggested(count, shape)
    assert (found.preset, found.latent_dim) == (network, size)
    config = {**preset(network).config.to_dict(), "latent_dim": size}
    model = checkpoints.build(FAMILY_OF[network], config, shape)
    assert model.latent_dim == size
    assert found.seconds == (40 if network == "residual-32" else 10)
    assert f"{size} numbers" in found.why
    assert f"{count:,} training images" in found.why


def test_convolutions_learn_from_few_images_in_small_batches() -> None:
    assert suggested(2_000, (3, 64, 64)).recipe == {"batch_size": 32}
    assert suggested(20_000, (3, 64, 64)).recipe == {}
    assert suggested(2_000, (1, 28, 28)).recipe == {}


def test_few_images_are_moved_and_many_are_not() -> None:
    assert augmentation(199, (1, 28, 28)) == {"shift": 2}
    assert augmentation(199, (3, 64, 64)) == {"shift": 4}
    assert augmentation(200, (1, 28, 28)) == {}

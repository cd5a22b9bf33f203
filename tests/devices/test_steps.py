"""Steps of a run and of a sweep have Python wait for nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ae_core.image_sets import ImageSet
from ae_core.noise import Gaussian
from ae_core.recipes import FAST, Recipe
from ae_core.training.sweeps.together import Together
from tests.devices.strict_device import read_back, strict_device
from tests.training.small_runs import small, started
from tests.training.test_device_steps import MUON, free
from tests.training.test_resuming import AUGMENTED
from tests.training.test_sweeps import EACH, alone, asked


@pytest.fixture
def images(digits: ImageSet) -> ImageSet:
    """62 digits: seven batches of 8 and a last one of 6."""
    return replace(digits, train=digits.train[:62], train_labels=digits.train_labels[:62])


@pytest.mark.parametrize(
    "recipe",
    [MUON, AUGMENTED, replace(FAST, batch_size=8, memory_format="contiguous")],
    ids=["muon", "augmented", "fast"],
)
def test_a_free_step_reads_nothing_back(recipe: Recipe, images: ImageSet) -> None:
    with strict_device() as device:
        noise = Gaussian(mean=0.1, std=0.3)
        run = free(started(small().to(device), images.train, recipe, noise=noise, steps=20))
        while run.step < 5:
            run.advance()
        read_back.clear()
        while run.step < 16:  # two epochs, each with a batch that is shorter
            run.advance()
        assert not read_back
        event = next(iter(run))
        assert event.step > 16
        assert read_back


@pytest.mark.parametrize("name", ["vae-2", "ae-16", "denoising-49"])
def test_a_sweep_on_a_device_reads_nothing_back(name: str, images: ImageSet) -> None:
    specs = asked(name, *EACH[name])
    with strict_device() as device:
        together = Together([alone(spec, images, str(device)) for spec in specs])
        together.advance()
        read_back.clear()
        for _ in range(7):
            together.advance()
        assert not read_back

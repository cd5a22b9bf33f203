"""Every published network learns, and the same seed gives the same bits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from torch import Generator, Tensor

from ae_core import checkpoints
from ae_core.image_sets import ImageSet
from ae_core.models import FAMILIES, FAMILY_OF, preset
from ae_core.noise import Gaussian
from ae_core.training import loop
from ae_core.training.arithmetic import Arithmetic
from ae_core.types import Images, Pixels
from tests.shipped import CONVOLUTIONAL
from tests.training.small_runs import ADAM, Recorded, finished, loss_of, same_bits, small, started

# Deep convolutions take as long as all others together.
VARIANTS = [
    pytest.param(name, recipe, marks=pytest.mark.long if family in CONVOLUTIONAL else [])
    for name, family in FAMILY_OF.items()
    for recipe in FAMILIES[family].presets[name]
]
each_variant = pytest.mark.parametrize(("name", "recipe"), VARIANTS)


class Watched(Recorded):
    """Calls a function at each batch."""

    def __init__(self, watch: Callable[[], None]) -> None:
        super().__init__()
        object.__setattr__(self, "watch", watch)

    def __call__(self, x: Images, generator: Generator | None = None) -> Images:
        self.watch()  # type: ignore[attr-defined]
        return super().__call__(x, generator)


@each_variant
@pytest.mark.one_in(3)
def test_a_short_run_lowers_the_loss(
    name: str, recipe: str, images: Pixels, digits: ImageSet
) -> None:
    chosen = preset(name, recipe)
    model = checkpoints.build(FAMILY_OF[name], chosen.config, (1, 28, 28))
    short = replace(chosen.recipe, batch_size=50)
    # Its mean of squared gradients starts at 1, so that its first hundred steps are small.
    steps = 300 if short.optimizer == "tensorflow-rmsprop" else 30
    run = started(model, images, short, labels=digits.train_labels[:62], steps=steps)
    before = loss_of(model, images)
    finished(run)
    assert loss_of(model, images) < 0.95 * before


@each_variant
def test_the_same_seed_gives_the_same_bits_and_another_seed_others(
    name: str, recipe: str, images: Pixels, digits: ImageSet
) -> None:
    chosen = preset(name, recipe)
    noise = None if FAMILIES[FAMILY_OF[name]].model.solved_at_once else Gaussian(mean=0.0, std=0.2)

    def trained(seed: int) -> dict[str, Tensor]:
        run = started(
            checkpoints.build(FAMILY_OF[name], chosen.config, (1, 28, 28)),
            images,
            replace(chosen.recipe, batch_size=50),
            labels=digits.train_labels[:62],
            seed=seed,
            steps=4,
            noise=noise,
            arithmetic=Arithmetic(),
        )
        return finished(run)

    first = trained(7)
    torch.manual_seed(12345)
    assert same_bits(first, trained(7))
    if noise:
        other = trained(8)
        assert not any(
            torch.equal(first[key], value) for key, value in other.items() if value.any()
        )


def test_the_watchers_clock_has_no_part_in_the_result(
    images: Pixels, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = []
    for seconds in (0, 1000):
        monkeypatch.setattr(loop, "EVENT_SECONDS", seconds)
        ends.append(finished(started(small("vae_conv"), images, ADAM)))
    assert same_bits(*ends)


def test_a_model_is_left_ready_to_use(images: Pixels) -> None:
    run = started(small(), images, ADAM, steps=2)
    finished(run)
    assert not run.model.training


def test_a_training_leaves_threads_and_denormal_numbers_as_it_found_them(images: Pixels) -> None:
    def denormals_are_kept() -> bool:
        return bool(torch.tensor(1e-40).mul(0.5) > 0)

    run = started(small(), images, ADAM)
    run.arithmetic = Arithmetic(threads=2)
    inside: list[tuple[int, bool]] = []
    run.objective.noise = Watched(  # type: ignore[attr-defined]
        lambda: inside.append((torch.get_num_threads(), denormals_are_kept()))
    )
    before = torch.get_num_threads()
    assert denormals_are_kept()
    for _ in run:
        assert (torch.get_num_threads(), denormals_are_kept()) == (before, True)
    assert set(inside) == {(2, False)}
    assert (torch.get_num_threads(), denormals_are_kept()) == (before, True)

"""Models that are trained as one end where each would have ended alone."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from ae_core import image_sets
from ae_core.errors import UserError
from ae_core.image_sets import ImageSet
from ae_core.models import FAMILIES, FAMILY_OF, Autoencoder
from ae_core.noise import Gaussian
from ae_core.training import runs
from ae_core.training.arithmetic import Arithmetic
from ae_core.training.loop import Training
from ae_core.training.runs import RunSpec
from ae_core.training.sweeps import padding
from ae_core.training.sweeps import sweep as sweeps
from ae_core.training.sweeps.sweep import Axes
from ae_core.training.sweeps.together import Together
from tests.training.small_runs import Broken, few_of, finished

SIZES = Axes(code_sizes=(2, 5, 3), seeds=(0, 7))
FAST = {"batch_size": 16, "precision": "float32", "memory_format": "contiguous", "threads": 1}
ADAM = {**FAST, "optimizer": "adam"}

EACH: dict[str, tuple[Axes, dict[str, Any], dict[str, Any]]] = {
    "ae-2": (SIZES, {}, ADAM),
    "ae-16": (Axes(code_sizes=(4, 16)), {"widths": (32, 16)}, FAST),
    "vae-2": (Axes(code_sizes=(1, 4), betas=(0.5, 4.0), seeds=(0, 1)), {"widths": (16,)}, FAST),
    "beta-vae-10": (Axes(betas=(1.0, 2.0, 4.0)), {"widths": (16,)}, FAST),
    "denoising-49": (Axes(noise_strengths=(0.1, 0.4)), {"latent_dim": 9}, FAST),
    "sparse-16": (Axes(seeds=(0, 1, 2)), {}, {**ADAM, "shift": 2, "flip": True}),
    "k-sparse-16": (Axes(code_sizes=(4, 16)), {"widths": (32,)}, ADAM),
    "fsq-16": (Axes(code_sizes=(4, 16)), {"widths": (32,)}, FAST),
    "contractive-64": (Axes(code_sizes=(4, 16)), {}, ADAM),
    "conditional-vae-12": (Axes(seeds=(0, 1)), {"widths": (32,)}, FAST),
    "vae-conv-2": (Axes(code_sizes=(2, 3)), {}, FAST),
    "conv-49": (Axes(seeds=(0, 1)), {"outer_channels": 8, "inner_channels": 8}, FAST),
    "residual-32": (Axes(code_sizes=(2, 3)), {"width": 8}, FAST),
    "agarap-64": (Axes(code_sizes=(4, 9)), {}, {**ADAM, "optimizer": "sgd"}),
    "tanh-3": (Axes(code_sizes=(2, 3)), {}, {**ADAM, "optimizer": "tensorflow-rmsprop"}),
}


@pytest.fixture
def images(digits: ImageSet, monkeypatch: pytest.MonkeyPatch) -> ImageSet:
    """Two batches of 16 and a last one of 8, whatever set is asked for."""
    few = few_of(digits, 40, 20)
    monkeypatch.setattr(image_sets, "select", lambda *_, **__: few)
    return few


def asked(name: str, axes: Axes, config: dict[str, Any], recipe: dict[str, Any]) -> list[RunSpec]:
    noise = Gaussian(mean=0.1, std=0.2) if axes.noise_strengths else None
    base = RunSpec(
        preset=name, image_set="digits", steps=10, config=config, recipe=recipe, noise=noise
    )
    return sweeps.specs(base, axes)


def alone(spec: RunSpec, images: ImageSet, device: str = "cpu") -> Training[Autoencoder]:
    model = runs.network(spec, images).to(device)
    training = Training(runs.objective(spec, images, model), seed=spec.seed, steps=spec.steps)
    return training.prepare(arithmetic=Arithmetic())


@pytest.mark.parametrize("name", EACH)
@pytest.mark.one_in(3)
def test_each_model_of_a_sweep_ends_where_it_would_alone(name: str, images: ImageSet) -> None:
    specs = asked(name, *EACH[name])
    together = sweeps.start(specs)
    *_, told = sweeps.train(together)
    assert told.step == told.steps == 10 * len(specs)
    for spec, run in zip(specs, together, strict=True):
        single = alone(spec, images)
        expected = finished(single)
        assert run.training.step == 10
        assert all(event.losses for event in run.events)
        # Muon rounds to bfloat16, so the last bit of a gradient can be seen in a weight.
        for key, weight in run.training.model.state_dict().items():
            torch.testing.assert_close(weight, expected[key], rtol=1e-2, atol=3e-3)


def test_codes_of_different_sizes_are_trained_as_one_where_zeros_change_nothing(
    images: ImageSet,
) -> None:
    def groups(name: str) -> list[list[int]]:
        return padding.groups([alone(spec, images) for spec in asked(name, *EACH[name])])

    assert groups("ae-2") == [[0, 1, 2, 3, 4, 5]]
    assert groups("vae-2") == [[0, 1, 2, 3, 4, 5, 6, 7]]
    assert groups("residual-32") == [[0, 1]]
    # A code of sigmoids is never zero.
    assert groups("contractive-64") == [[0], [1]]


def test_a_model_whose_gradient_is_broken_leaves_the_others_alone(images: ImageSet) -> None:
    specs = asked("ae-2", Axes(seeds=(0, 1)), {"widths": (16,)}, {**FAST, "guard": True})
    members = [alone(spec, images) for spec in specs]
    expected = finished(alone(specs[1], images))
    members[0].objective.noise = Broken(4)  # type: ignore[attr-defined]
    *_, events = Together(members)
    assert [event.skipped_steps for event in events] == [1, 0]
    assert all(bool(each.isfinite().all()) for each in members[0].model.parameters())
    for name, weight in members[1].model.state_dict().items():
        torch.testing.assert_close(weight, expected[name], rtol=1e-2, atol=3e-3)


@pytest.mark.parametrize(
    ("axes", "why"),
    [
        (Axes(), "2 to 64 models, and these are 1"),
        (Axes(seeds=tuple(range(13)), code_sizes=(1, 2, 3, 4, 5)), "and these are 65"),
        (Axes(noise_strengths=(0.1, 0.2)), "no noise to change"),
    ],
)
def test_a_sweep_that_is_none_is_refused(axes: Axes, why: str) -> None:
    with pytest.raises(UserError, match=why):
        sweeps.specs(RunSpec(preset="ae-2", image_set="digits"), axes)


def test_a_beta_of_a_model_without_one_is_refused(images: ImageSet) -> None:
    with pytest.raises(UserError, match="no option 'beta'"):
        sweeps.start(asked("ae-2", Axes(betas=(1.0, 2.0)), {}, FAST))


def test_every_family_with_steps_is_tried_here() -> None:
    assert {FAMILY_OF[name] for name in EACH} == set(FAMILIES) - {"pca"}

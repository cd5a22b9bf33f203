"""Nothing mixes devices: everything a run does, and what is asked of its model, on a strict one."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from dataclasses import replace

import pytest
import torch
from safetensors.torch import load as read_tensors
from safetensors.torch import save as write_tensors

from ae_core import classifiers, latent
from ae_core.classifiers.network import Classifier
from ae_core.classifiers.objective import Recognition
from ae_core.classifiers.specs import ClassifierSpec
from ae_core.evaluation import anomalies, loss_maps
from ae_core.evaluation.bounds import bounds
from ae_core.evaluation.scores import evaluate, knn_accuracy, linear_accuracy
from ae_core.export import onnx_files
from ae_core.image_sets import ImageSet
from ae_core.jobs.under_way import snapshots
from ae_core.latent import code_views, traversals
from ae_core.models import FAMILIES, FAMILY_OF, preset
from ae_core.noise import KINDS, Noise
from ae_core.training import probing, runs
from ae_core.training.loop import Training
from ae_core.training.runs import Run, RunSpec
from tests.devices.strict_device import strict_device
from tests.training.small_runs import same_bits

CPU = torch.device("cpu")

FIRST_OF_FAMILY = {next(iter(family.presets)) for family in FAMILIES.values()}

SMALLER = {"conv": {"outer_channels": 8, "inner_channels": 8}, "residual": {"width": 8}}

each_preset = pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[] if name in FIRST_OF_FAMILY else pytest.mark.long)
        for name in FAMILY_OF
    ],
)


@pytest.fixture
def strict() -> Iterator[torch.device]:
    with strict_device() as device:
        yield device


@pytest.fixture
def images(digits: ImageSet) -> ImageSet:
    """Two batches of 16 and a last one of 8 to train on; every class among the 20 test images."""
    return replace(
        digits,
        train=digits.train[:40], train_labels=digits.train_labels[:40],
        test=digits.test[:20], test_labels=digits.test_labels[:20],
    )  # fmt: skip


def started(name: str, images: ImageSet, device: torch.device) -> Run:
    """A run of three steps, the last of a short batch, that has chosen its arithmetic."""
    spec = RunSpec(
        preset=name, image_set="digits", steps=3, name="tiny",
        recipe={"batch_size": 16, "precision": "auto"}, config=SMALLER.get(FAMILY_OF[name], {}),
    )  # fmt: skip
    model = runs.network(spec, images).to(device)
    training = Training(runs.objective(spec, images, model), seed=1, steps=spec.steps)
    return Run(spec, images, training.prepare())


def test_a_tensor_of_the_cpu_among_those_of_the_device_is_refused(strict: torch.device) -> None:
    layer = torch.nn.Linear(3, 2).to(strict)
    assert layer(torch.ones(4, 3, device=strict)).device == strict
    with pytest.raises(RuntimeError, match=r"addmm: a CPU tensor of \(4, 3\)"):
        layer(torch.ones(4, 3))
    with pytest.raises(RuntimeError, match="a generator of another device"):
        torch.rand(3, device=strict, generator=torch.Generator())


def same(on_device: torch.Tensor, on_cpu: torch.Tensor) -> bool:
    """Whether these are the same numbers, both on the CPU."""
    torch.testing.assert_close(on_device, on_cpu, rtol=1e-4, atol=1e-5)
    return on_device.device == on_cpu.device == CPU


@each_preset
@pytest.mark.one_in(3)
def test_a_run_on_a_device_is_watched_kept_and_resumed(
    name: str, images: ImageSet, strict: torch.device, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probing, "low_precision", lambda device: True)
    torch.manual_seed(0)
    run = started(name, images, strict)
    events = list(runs.watch(run))
    assert all(map(math.isfinite, events[-1].losses.values()))
    snapshotter = snapshots.of(run.training.objective, images)
    assert all(each.device == CPU for each in snapshotter.snapshot().values())
    assert snapshotter.losses().keys() == events[-1].losses.keys()
    state = run.training.state()
    resumed = started(name, images, strict)
    resumed.training.restore(read_tensors(write_tensors(state)))
    assert same_bits(
        read_tensors(write_tensors(resumed.training.state())), read_tensors(write_tensors(state))
    )
    assert math.isfinite(runs.finish(run).metrics["mse"])


@each_preset
@pytest.mark.one_in(7)
def test_a_model_on_a_device_answers_in_the_place_of_who_asks(
    name: str, images: ImageSet, strict: torch.device
) -> None:
    torch.manual_seed(0)
    model = runs.network(RunSpec(preset=name, config=SMALLER.get(FAMILY_OF[name], {})), images)
    model.eval().requires_grad_(False)
    if model.solved_at_once:
        model.solve(images.train)
    there = copy.deepcopy(model).to(strict)
    x = images.test
    z = latent.encode(model, x)
    assert same(latent.encode(there, x), z)
    assert same(latent.decode(there, z), latent.decode(model, z))
    assert same(latent.reconstruct(there, x), latent.reconstruct(model, x))
    assert latent.encode(there, x.to(strict)).device == strict
    assert evaluate(there, x).keys() == evaluate(model, x).keys()
    on_device = latent.encode(there, x.to(strict)), images.test_labels.to(strict)
    assert knn_accuracy(*on_device, *on_device) == knn_accuracy(
        z, images.test_labels, z, images.test_labels
    )
    assert 0 <= linear_accuracy(*on_device, *on_device) <= 1
    assert latent.slider_ranges(on_device[0])[0] == pytest.approx(latent.slider_ranges(z)[0], 1e-3)
    places = torch.arange(len(x))
    for mine, theirs in zip(
        vars(anomalies.scores(there, name, x.__getitem__, places, z)).values(),
        vars(anomalies.scores(model, name, x.__getitem__, places, z)).values(),
        strict=True,
    ):
        assert same(mine, theirs)
    assert same(traversals.movement(there, z[:2], z), traversals.movement(model, z[:2], z))
    assert same(traversals.ablation(there, x, z)[1], traversals.ablation(model, x, z)[1])
    assert same(code_views.components(there), code_views.components(model))
    if model.has_posterior:
        assert same(code_views.kl_of_each(there, x), code_views.kl_of_each(model, x))
        one = x[:1].float().div(255)
        assert same(loss_maps.kl_of(there, one), loss_maps.kl_of(model, one))


@each_preset
@pytest.mark.one_in(7)
def test_a_model_on_a_device_is_exported_and_stays_there(name: str, images: ImageSet) -> None:
    model = runs.network(RunSpec(preset=name, config=SMALLER.get(FAMILY_OF[name], {})), images)
    expected = onnx_files.onnx_bytes(model, "decoder")
    with strict_device() as strict:  # torch cannot trace a network inside
        model.to(strict)
    assert onnx_files.onnx_bytes(model, "decoder") == expected
    assert model.device == strict


def test_bounds_of_a_model_on_a_device_are_measured_there(
    images: ImageSet, strict: torch.device
) -> None:
    model = FAMILIES["vae"].model(preset("vae-2").config)
    expected = bounds(model, images.test)
    assert bounds(model.to(strict), images.test) == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
def test_noise_falls_where_the_images_lie(kind: type[Noise], strict: torch.device) -> None:
    x = torch.rand(4, 3, 12, 10, generator=torch.Generator().manual_seed(1))
    expected = kind()(x, torch.Generator().manual_seed(2))
    noisy = kind()(x.to(strict), torch.Generator(strict).manual_seed(2))
    assert noisy.device == strict
    assert same(noisy.cpu(), expected)


@pytest.mark.parametrize("name", ["ae-2", "conv-49"])
def test_a_classifier_learns_and_reads_on_a_device(
    name: str, images: ImageSet, strict: torch.device
) -> None:
    encoder = runs.network(RunSpec(preset=name, config=SMALLER.get(FAMILY_OF[name], {})), images)
    classifier = Classifier(encoder, len(images.classes)).to(strict)
    objective = Recognition(
        classifier,
        images.train,
        images.train_labels,
        ClassifierSpec(checkpoint=name, batch_size=16, shift=1),
        labelled=torch.arange(40),
    )
    training = Training(objective, steps=3).prepare()
    assert [event.step for event in training][-1] == 3
    taken = snapshots.of(objective, images).snapshot()
    assert all(each.device == CPU for each in taken.values())
    assert 0 <= classifiers.accuracy(classifier, images.test, images.test_labels) <= 1
    training.restore(read_tensors(write_tensors(training.state())))


def test_what_a_model_draws_of_each_class_is_read_on_a_device(
    images: ImageSet, strict: torch.device
) -> None:
    model = runs.network(RunSpec(preset="conditional-vae-12"), images)
    classifier = Classifier(model, len(images.classes))
    expected = classifiers.recognised(model, classifier, n=5)
    assert same(classifiers.recognised(model.to(strict), classifier.to(strict), n=5), expected)

"""What the benchmarks measure is what they say, tried on a few small steps."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn

from ae_core.image_sets import ImageSet
from ae_core.models import FAMILIES, FAMILY_OF, Autoencoder, preset
from ae_core.models.base import Batch
from ae_core.models.losses import gradient_only
from ae_core.models.variational import Variational, sample
from benchmarks import gpu, report, sweep, train
from benchmarks.baselines.plain import PLAIN

CPU = torch.device("cpu")

every_network = pytest.mark.parametrize("name", PLAIN)


class Listed(torch.utils.data.Dataset[tuple[Tensor, int]]):
    """The digits one at a time, as torchvision gives MNIST."""

    def __init__(self, digits: ImageSet) -> None:
        self.digits = digits

    def __len__(self) -> int:
        return len(self.digits.train)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        return self.digits.train[index] / 255, int(self.digits.train_labels[index])


def twins(name: str) -> tuple[Autoencoder, nn.Module]:
    """Our published network and the plain one, with the same weights."""
    torch.manual_seed(0)
    ours = FAMILIES[FAMILY_OF[name]].model(preset(name, "published").config)
    plain = PLAIN[name].network()
    with torch.no_grad():
        for mine, theirs in zip(ours.parameters(), plain.parameters(), strict=True):
            assert mine.shape == theirs.shape
            theirs.copy_(mine)
    return ours, plain


def some(digits: ImageSet) -> Tensor:
    return digits.train[:8] / 255


@every_network
def test_the_plain_network_is_the_published_one(name: str, digits: ImageSet) -> None:
    ours, plain = twins(name)
    x = some(digits)
    with torch.no_grad():
        if isinstance(ours, Variational):
            torch.manual_seed(1)
            drawn, *posterior = plain(x)
            for mine, theirs in zip(ours.posterior(x), posterior, strict=True):
                torch.testing.assert_close(mine, theirs, rtol=0, atol=1e-4)
            torch.manual_seed(1)
            expected = ours.decode(sample(*ours.posterior(x), None))
        else:
            drawn, expected = plain(x), ours(x)
    torch.testing.assert_close(drawn, expected, rtol=0, atol=1e-4)


@every_network
def test_both_loops_follow_the_same_gradient(name: str, digits: ImageSet) -> None:
    ours, plain = twins(name)
    x = some(digits)
    torch.manual_seed(1)
    with gradient_only():
        parts = ours.loss(Batch.of(x))
    torch.stack(list(parts.values())).sum().backward()
    torch.manual_seed(1)
    # The tutorials' variational loss is a sum over the images, ours their mean.
    images = len(x) if isinstance(ours, Variational) else 1
    (PLAIN[name].loss(plain, x) / images).backward()
    for mine, theirs in zip(ours.parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(mine.grad, theirs.grad, rtol=1e-3, atol=1e-4)


def test_every_loop_is_timed_and_compared_with_the_plain_one(digits: ImageSet) -> None:
    figures = train.speeds(
        "tanh-3", digits.train, Listed(digits), device=CPU, turns=2, seconds=0, least_steps=2
    )
    assert figures["tanh_3_times_as_fast"] == pytest.approx(
        figures["tanh_3_plain_epoch_s"] / figures["tanh_3_ours_epoch_s"]
    )
    assert figures["tanh_3_times_as_fast_float32"] == pytest.approx(
        figures["tanh_3_ours_float32_images_per_s"] / figures["tanh_3_plain_images_per_s"]
    )
    assert all(value > 0 for value in figures.values())


def test_a_turn_gives_seconds_of_computing_for_each_step_that_it_did() -> None:
    def busy() -> None:
        until = time.process_time() + 0.002
        while time.process_time() < until:
            pass

    def events() -> Iterator[int]:
        for step in range(0, 1000, 5):
            for _ in range(5):
                busy()
            time.sleep(0.02)
            yield step + 5

    contender = train.Contender(events(), CPU)
    assert 0.0019 < contender.turn(seconds=0, least_steps=8) < 0.004
    assert contender.done == 10
    contender.turn(seconds=0.03, least_steps=1)
    assert contender.done == 25


def test_every_goal_of_the_training_benchmark_is_measured(
    digits: ImageSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(train, "low_precision", lambda device: True)
    wanted = train.goals(list(PLAIN), CPU)
    figures = {
        f"{name.replace('-', '_')}_times_as_fast{ending}"
        for name in PLAIN
        for ending in ("", "_float32")
    }
    assert set(wanted) <= figures
    assert len(wanted) == 6
    assert set(train.goals(["dense-49"], CPU)) == {"dense_49_times_as_fast"}
    assert train.goals(["dense-49"], torch.device("cuda")) == {}
    monkeypatch.setattr(train, "low_precision", lambda device: False)
    assert set(train.goals(list(PLAIN), CPU)) == {"tanh_3_times_as_fast_float32"}


@pytest.mark.parametrize("module", [train, gpu])
def test_without_a_gpu_the_benchmarks_of_the_gpu_say_so(
    module: object, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(sys, "argv", ["it", *(["--device", "cuda"] if module is train else [])])
    with pytest.raises(SystemExit) as ended:
        module.main()  # type: ignore[attr-defined]
    assert ended.value.code
    assert (
        "There is no GPU here that PyTorch can use." in f"{ended.value} {capsys.readouterr().err}"
    )


@pytest.mark.long
def test_the_benchmark_of_the_gpu_measures_its_parts(
    digits: ImageSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured = gpu.Measured(CPU, digits, steps=10)
    gpu.as_graph(measured)
    gpu.sweep(measured, count=2)
    assert measured.failed == {}
    assert measured.figures.keys() == {
        "fast_49_1000_steps_eager_s", "fast_49_1000_steps_cuda_graph_s", "graph_times_as_fast",
        "sweep_2_models_s", "sweep_2_times_as_fast",
    }  # fmt: skip
    assert all(value > 0 for value in measured.figures.values())


@pytest.mark.long
def test_the_benchmark_of_the_gpu_runs_every_family_and_every_published_recipe(
    digits: ImageSet,
) -> None:
    few = replace(digits, train=digits.train[:100], train_labels=digits.train_labels[:100])
    measured = gpu.Measured(CPU, few, steps=10)
    gpu.families(measured)
    gpu.published(measured)
    assert measured.failed == {}
    assert {f"{name}_ms_a_step" for name in FAMILIES if name != "pca"} <= set(measured.figures)
    assert sum(name.startswith("published_") for name in measured.figures) == 10


def test_a_part_of_the_benchmark_that_fails_is_named_and_leaves_the_others(
    digits: ImageSet,
) -> None:
    measured = gpu.Measured(CPU, digits, steps=10)
    gpu.out_of_memory(measured)  # which needs a GPU
    assert set(measured.failed) == {"out of memory"}
    measured.began -= gpu.SECONDS + 1
    gpu.sweep(measured, count=2)
    assert measured.failed["sweep"] == "the time was over"


def test_a_sweep_is_compared_with_its_models_one_after_another(digits: ImageSet) -> None:
    figures = sweep.speeds(digits, turns=1, steps=2, sizes=(1, 2))
    assert figures["nine_code_sizes_times_as_fast"] == pytest.approx(
        figures["nine_code_sizes_one_by_one_s"] / figures["nine_code_sizes_as_one_s"]
    )
    assert set(report.goals("sweep")) <= set(figures)


def test_a_goal_is_missed_on_its_own_side_only() -> None:
    wanted = {"fast": {"above": 4.0}, "short": {"below": 80.0}}
    assert report.misses({"fast": 4.1, "short": 79.0}, wanted) == []
    assert report.misses({"fast": 4.0, "short": 80.0}, wanted) == [
        "fast is 4; it should be above 4.",
        "short is 80; it should be below 80.",
    ]


def test_a_goal_that_was_not_measured_is_missed() -> None:
    assert report.misses({}, {"fast": {"above": 4.0}}) == [
        "fast was not measured; it should be above 4."
    ]


def test_a_missed_goal_ends_the_check_with_its_sentence(
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked = report.parser("train", "Training")
    wanted = {"fast": {"above": 4.0}}
    report.conclude(asked.parse_args(["--json"]), {"fast": 3.0}, wanted, "Training")
    assert capsys.readouterr().out == '{"fast": 3.0}\n'
    with pytest.raises(SystemExit, match=r"fast is 3; it should be above 4\."):
        report.conclude(asked.parse_args(["--check"]), {"fast": 3.0}, wanted, "Training")

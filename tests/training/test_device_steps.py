"""Steps that read nothing back do what the usual ones do, and are taken on a GPU."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace

import pytest
import torch

from ae_core.models import Autoencoder
from ae_core.noise import Gaussian, Varied
from ae_core.recipes import Recipe
from ae_core.training.devices.steps import (
    CAPTURES_NOT,
    USUAL_STEPS,
    WAITS,
    WARM_UP_STEPS,
    DeviceSteps,
    FreeStep,
)
from ae_core.training.loop import Training
from ae_core.types import Images, Pixels
from tests.training.small_runs import (
    ADAM,
    Broken,
    finished,
    same_bits,
    small,
    started,
    stopped_at,
)
from tests.training.test_resuming import each_optimiser

MUON = replace(ADAM, optimizer="muon", guard=True)


def free(run: Training[Autoencoder]) -> Training[Autoencoder]:
    """The same run, as it is on a GPU."""
    run.free = True
    return run


@each_optimiser
@pytest.mark.parametrize("family", ["tanh", "vae_conv"])
@pytest.mark.one_in(3)
def test_free_steps_end_where_the_usual_ones_do(
    recipe: Recipe, family: str, images: Pixels
) -> None:
    noise = Gaussian(mean=0.1, std=0.3)
    usual = finished(started(small(family), images, recipe, noise=noise))
    run = free(started(small(family), images, recipe, noise=noise))
    ends = finished(run)
    assert not same_bits(ends, usual)  # they are other operators
    for name, weight in usual.items():
        torch.testing.assert_close(ends[name], weight, rtol=1e-2, atol=2e-4)


@pytest.mark.usefixtures("an_event_each_step")
def test_a_free_run_that_is_changed_on_its_way_ends_where_the_usual_one_does(
    images: Pixels,
) -> None:
    changed = {5: ("noise", 0.05), 7: ("rate", 3.0), 9: ("beta", 5.0)}
    ends = []
    for prepared in (lambda run: run, free):
        noise = Gaussian(mean=0.1, std=0.3)
        run = prepared(started(small("vae_conv"), images, ADAM, noise=noise))
        for event in run:
            if event.step in changed:
                run.change(*changed[event.step])
        ends.append(run.model.state_dict())
    usual, found = ends
    unchanged = finished(started(small("vae_conv"), images, ADAM, noise=noise))
    far = [not torch.allclose(unchanged[name], usual[name], 1e-2, 2e-4) for name in usual]
    assert any(far)
    for name, weight in usual.items():
        torch.testing.assert_close(found[name], weight, rtol=1e-2, atol=2e-4)


def test_a_gradient_that_is_broken_leaves_a_free_run_as_it_was(images: Pixels) -> None:
    broken = 6
    usual = started(small(), images, MUON, noise=Broken(broken))
    run = free(started(small(), images, MUON, noise=Broken(broken)))
    for _ in range(broken - 1):
        run.advance()
        usual.advance()
    before = run.state()
    run.advance()
    after = run.state()
    assert run.skipped_steps == 1
    changed = {"run.step", "run.skipped_steps", "generator"}
    assert {name for name in before if not torch.equal(before[name], after[name])} <= changed
    for each in (run, usual):
        each.advance()
    while usual.step < run.step:
        usual.advance()
    assert usual.skipped_steps == 1
    for mine, theirs in zip(run.model.parameters(), usual.model.parameters(), strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-2, atol=2e-4)


@pytest.mark.usefixtures("an_event_each_step")
def test_a_free_run_is_kept_and_resumed(images: Pixels) -> None:
    undisturbed = finished(free(started(small(), images, MUON, seed=3)))
    state = stopped_at(free(started(small(), images, MUON, seed=3)), 8)
    resumed = free(started(small(), images, MUON, seed=3))
    resumed.restore(state)
    assert resumed.optimiser.clipping.usual_norm > 0
    for name, weight in finished(resumed).items():
        torch.testing.assert_close(weight, undisturbed[name], rtol=1e-2, atol=2e-4)


class Recorder:
    """A stand-in for CUDA's graphs: what was done in a capture is undone, and done in a replay."""

    def __init__(self, run: Training[Autoencoder], *, refuses: bool = False) -> None:
        self.run, self.refuses = run, refuses
        self.replays = 0

    @property
    def steps(self) -> DeviceSteps:
        found = self.run._device_steps
        assert found
        return found

    def register_generator_state(self, generator: torch.Generator) -> None:
        assert generator is self.run.generator

    @contextmanager
    def capture(self, graph: Recorder, capture_error_mode: str) -> Iterator[None]:
        assert (graph, capture_error_mode) == (self, "thread_local")
        step = self.steps.step
        assert isinstance(step, FreeStep)
        changed = [*step.parameters, *step.memory, step.optimiser.clipping.usual_norm]
        before = [torch.as_tensor(each).clone() for each in changed]
        state = self.run.generator.get_state()
        yield
        if self.refuses:
            raise RuntimeError("operation not permitted when stream is capturing")
        with torch.no_grad():
            for now, then in zip(changed, before, strict=True):
                torch.as_tensor(now).copy_(then)
        self.run.generator.set_state(state)

    def replay(self) -> None:
        self.replays += 1
        self.steps.step(self.steps.chosen)


def on_gpu(
    run: Training[Autoencoder], monkeypatch: pytest.MonkeyPatch, *, refuses: bool = False
) -> Recorder:
    """Let a run take its steps as on a GPU, with a stand-in for what only CUDA has."""
    graph, stream = Recorder(run, refuses=refuses), Stream()
    monkeypatch.setattr(torch.cuda, "CUDAGraph", lambda: graph)
    monkeypatch.setattr(torch.cuda, "graph", graph.capture)
    monkeypatch.setattr(torch.cuda, "Stream", Stream)
    monkeypatch.setattr(torch.cuda, "current_stream", lambda: stream)
    monkeypatch.setattr(torch.cuda, "stream", lambda _: nullcontext())
    monkeypatch.setattr(torch.cuda, "get_sync_debug_mode", lambda: 0)
    monkeypatch.setattr(torch.cuda, "set_sync_debug_mode", lambda _: None)
    free(run)
    while run.step < USUAL_STEPS + 1:
        run.advance()
    graph.steps.on_gpu = True
    return graph


class Stream:
    def wait_stream(self, other: Stream) -> None:
        assert isinstance(other, Stream)


def test_whole_batches_are_replayed_and_shorter_ones_are_not(
    images: Pixels, monkeypatch: pytest.MonkeyPatch
) -> None:
    noise = Gaussian(mean=0.1, std=0.3)
    expected = finished(free(started(small(), images, MUON, noise=noise)))
    run = started(small(), images, MUON, noise=noise)
    graph = on_gpu(run, monkeypatch)
    assert same_bits(finished(run), expected)
    eager = USUAL_STEPS + 1 + WARM_UP_STEPS
    short = 2  # one in each epoch; the first of them comes after the warm-up
    assert graph.replays == run.steps - eager - short
    assert run.eager_because == ""


def test_a_step_that_cannot_be_captured_is_taken_as_it_is_and_the_card_says_so(
    images: Pixels, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = started(small(), images, MUON)
    expected = finished(free(started(small(), images, MUON)))
    graph = on_gpu(run, monkeypatch, refuses=True)
    ends = finished(run)
    assert graph.replays == 0
    assert run.eager_because == CAPTURES_NOT
    assert ends.keys() == expected.keys()


def test_a_step_that_waits_for_the_gpu_is_taken_as_it_is(
    images: Pixels, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = started(small(), images, MUON, noise=Waiting(reach=0.5))
    expected = finished(free(started(small(), images, MUON, noise=Varied(reach=0.5))))
    graph = on_gpu(run, monkeypatch)
    monkeypatch.setattr(torch.cuda, "set_sync_debug_mode", Waiting.allow)
    assert same_bits(finished(run), expected)
    assert graph.replays == 0
    assert run.eager_because == WAITS


class Waiting(Varied):
    """Noise whose numbers are read back, as `torch.cuda.set_sync_debug_mode` refuses it."""

    kind, strength = "waiting", "reach"
    refuses = False

    @classmethod
    def allow(cls, mode: str | int) -> None:
        cls.refuses = mode == "error"

    def __call__(self, x: Images, generator: torch.Generator | None = None) -> Images:
        if self.refuses:
            raise RuntimeError("called a synchronizing CUDA operation")
        return super().__call__(x, generator)

"""Training: reproducible to the bit, watched, stopped and resumed."""

from __future__ import annotations

import copy
import itertools
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
import torch
from safetensors.torch import load as read_tensors
from safetensors.torch import save as write_tensors
from torch import Generator, Tensor

from ae_core import checkpoints
from ae_core.errors import UserError
from ae_core.image_sets import ImageSet
from ae_core.models import FAMILIES, FAMILY_OF, Autoencoder, preset
from ae_core.models.base import Batch
from ae_core.noise import Gaussian, Masking, Noise
from ae_core.recipes import Recipe
from ae_core.training import loop
from ae_core.training.arithmetic import Arithmetic
from ae_core.training.loop import DivergedError, Training
from ae_core.training.objectives import Reconstruction, reconstruction
from ae_core.types import Images, Labels, Pixels
from tests.shipped import CONVOLUTIONAL

# Deep convolutions take as long as all others together.
VARIANTS = [
    pytest.param(name, recipe, marks=pytest.mark.long if family in CONVOLUTIONAL else [])
    for name, family in FAMILY_OF.items()
    for recipe in FAMILIES[family].presets[name]
]
each_variant = pytest.mark.parametrize(("name", "recipe"), VARIANTS)

ADAM = Recipe(batch_size=8, epochs=2, schedule="linear", memory_format="contiguous", threads=1)
EACH_OPTIMISER = [
    ADAM,
    replace(ADAM, optimizer="muon", guard=True),
    replace(ADAM, optimizer="sgd"),
    replace(ADAM, optimizer="sgd", momentum=0.0),
    replace(ADAM, optimizer="rmsprop"),
    replace(ADAM, optimizer="tensorflow-rmsprop"),
]
each_optimiser = pytest.mark.parametrize(
    "recipe", EACH_OPTIMISER, ids=lambda recipe: f"{recipe.optimizer}-{recipe.momentum:g}"
)
NETWORKS: dict[str, dict[str, Any]] = {"tanh": {"widths": [16, 8]}, "vae_conv": {}}
each_network = pytest.mark.parametrize("family", NETWORKS)


@pytest.fixture(scope="module")
def images(digits: ImageSet) -> Pixels:
    """62 digits: seven batches of 8 and a last one of 6."""
    return digits.train[:62]


@pytest.fixture
def an_event_each_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "EVENT_SECONDS", 0)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock on which every step takes the same time."""
    clock = Clock()
    monkeypatch.setattr(time, "perf_counter", lambda: clock.now)
    advance = Training.advance

    def timed(run: Training[Autoencoder]) -> Batch:
        batch = advance(run)
        clock.now += clock.step_seconds
        return batch

    monkeypatch.setattr(Training, "advance", timed)
    return clock


@dataclass
class Clock:
    now: float = 100.0
    step_seconds: float = 0.01


class Recorded(Noise):
    """Keeps what it is given, and gives it back."""

    kind = "recorded"
    strength = ""

    def __init__(self) -> None:
        object.__setattr__(self, "batches", [])

    def __call__(self, x: Images, generator: Generator | None = None) -> Images:
        self.batches.append(x.clone())  # type: ignore[attr-defined]
        return x


class Broken(Recorded):
    """Gives NaN at the calls named."""

    def __init__(self, *calls: int) -> None:
        super().__init__()
        object.__setattr__(self, "calls", calls)

    def __call__(self, x: Images, generator: Generator | None = None) -> Images:
        seen = super().__call__(x)
        is_broken = len(self.batches) in self.calls  # type: ignore[attr-defined]
        return torch.full_like(x, torch.nan) if is_broken else seen


class Watched(Recorded):
    """Calls a function at each batch."""

    def __init__(self, watch: Callable[[], None]) -> None:
        super().__init__()
        object.__setattr__(self, "watch", watch)

    def __call__(self, x: Images, generator: Generator | None = None) -> Images:
        self.watch()  # type: ignore[attr-defined]
        return super().__call__(x, generator)


def small(family: str = "tanh") -> Autoencoder:
    return checkpoints.build(family, NETWORKS.get(family, {}), (1, 28, 28))


def started(
    model: Autoencoder,
    images: Pixels,
    recipe: Recipe,
    *,
    labels: Labels | None = None,
    noise: Noise | None = None,
    seed: int = 0,
    steps: int | None = None,
    **prepared: Any,
) -> Training[Autoencoder]:
    objective = reconstruction(model, images, recipe, labels=labels, noise=noise)
    return Training(objective, seed=seed, steps=steps).prepare(**prepared)


def finished(run: Training[Autoencoder]) -> dict[str, Tensor]:
    """The weights at the end of the run."""
    for _ in run:
        pass
    return run.model.state_dict()


def stopped_at(run: Training[Autoencoder], step: int) -> dict[str, Tensor]:
    """The state of a run that its watcher leaves at this step, by way of a file's bytes."""
    for event in run:
        if event.step == step:
            break
    assert run.step == step
    return read_tensors(write_tensors(run.state()))


def same_bits(a: dict[str, Tensor], b: dict[str, Tensor]) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def loss_of(model: Autoencoder, images: Pixels) -> float:
    x = images.float() / 255
    parts = model.loss(Batch.of(x, generator=Generator().manual_seed(0)))
    return sum(part.item() for part in parts.values())


@each_variant
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


@each_optimiser
@each_network
@pytest.mark.parametrize("step", [1, 5, 8, 11])
@pytest.mark.usefixtures("an_event_each_step")
def test_a_stopped_and_resumed_run_ends_in_the_same_bits(
    recipe: Recipe, family: str, step: int, images: Pixels
) -> None:
    noise = Gaussian(mean=0.1, std=0.3)
    undisturbed = finished(started(small(family), images, recipe, seed=3, noise=noise))
    state = stopped_at(started(small(family), images, recipe, seed=3, noise=noise), step)
    resumed = started(small(family), images, recipe, seed=3, noise=noise)
    resumed.restore(state)
    assert resumed.step == step
    assert same_bits(finished(resumed), undisturbed)


@pytest.mark.usefixtures("an_event_each_step")
def test_a_run_in_bfloat16_resumes_in_the_same_bits_wherever_it_started(images: Pixels) -> None:
    recipe = replace(ADAM, epochs=1)
    short = Arithmetic("bfloat16", "channels_last")
    expected = finished(started(small("vae_conv"), images, recipe, arithmetic=short))
    state = stopped_at(started(small("vae_conv"), images, recipe, arithmetic=short), 3)
    resumed = started(small("vae_conv"), images, recipe)
    resumed.restore(state)
    assert resumed.arithmetic == short
    assert same_bits(finished(resumed), expected)
    plain = finished(started(small("vae_conv"), images, recipe))
    assert not same_bits(plain, expected)


@each_optimiser
@pytest.mark.usefixtures("an_event_each_step")
def test_a_state_stays_as_it_was_taken_while_the_run_goes_on(
    recipe: Recipe, images: Pixels
) -> None:
    run = started(small(), images, recipe)
    next(events := iter(run))
    state = run.state()
    copied = {name: value.clone() for name, value in state.items()}
    for _ in events:
        pass
    assert same_bits(state, copied)


@each_optimiser
@pytest.mark.usefixtures("an_event_each_step")
def test_two_runs_can_go_on_from_one_state(recipe: Recipe, images: Pixels) -> None:
    run = started(small(), images, recipe)
    next(iter(run))
    state = run.state()
    ends = []
    for _ in range(2):
        resumed = started(small(), images, recipe)
        resumed.restore(state)
        ends.append(finished(resumed))
    assert same_bits(*ends)


@pytest.mark.usefixtures("an_event_each_step")
def test_a_run_goes_on_where_its_watcher_left_it(images: Pixels) -> None:
    expected = finished(started(small(), images, ADAM))
    run = started(small(), images, ADAM)
    for step in (1, 6, 8, 13):
        stopped_at(run, step)
    assert same_bits(finished(run), expected)


def test_events_come_ten_times_a_second_and_at_the_end_of_each_epoch(
    images: Pixels, clock: Clock
) -> None:
    clock.step_seconds = 0.03
    events = list(started(small(), images, ADAM))
    assert [event.step for event in events] == [4, 8, 12, 16]
    clock.step_seconds = 0.06
    events = list(started(small(), images, ADAM))
    assert [event.step for event in events] == [2, 4, 6, 8, 10, 12, 14, 16]
    clock.step_seconds = 0.001
    events = list(started(small(), images, ADAM))
    assert [(event.step, event.epoch_ended) for event in events] == [(8, True), (16, True)]


def test_no_two_events_are_further_apart_than_a_fifth_of_a_second(
    images: Pixels, clock: Clock
) -> None:
    clock.step_seconds = 0.07
    began = clock.now
    times = [began, *(clock.now for _ in started(small(), images, ADAM))]
    assert max(later - earlier for earlier, later in itertools.pairwise(times)) < 0.2


def test_leaving_the_loop_stops_the_run_at_that_step(images: Pixels, clock: Clock) -> None:
    run = started(small(), images, ADAM)
    event = next(iter(run))
    stopped = clock.now
    assert run.step == event.step == 8 < run.steps
    assert clock.now == stopped


def test_an_event_says_how_the_run_stands(images: Pixels, clock: Clock) -> None:
    run = started(small(), images, ADAM)
    first, last = list(run)
    assert (first.epoch, first.epochs, first.step, first.steps) == (1, 2, 8, 16)
    assert first.seconds == pytest.approx(0.08)
    assert first.seconds_left == pytest.approx(0.08)
    assert first.images_per_second == pytest.approx(800)
    assert (last.epoch, last.step, last.skipped_steps) == (2, 16, 0)
    assert last.seconds_left == 0
    assert list(last.losses) == ["mse"]
    assert run.seconds == pytest.approx(0.16)


def test_the_losses_of_an_event_are_those_of_the_model_as_it_is(images: Pixels) -> None:
    noise = Recorded()
    run = started(small("vae_conv"), images, ADAM, noise=noise, steps=3, seed=5)
    event = list(run)[-1]
    x = noise.batches[-1]  # type: ignore[attr-defined]
    parts = run.model.loss(Batch.of(x, generator=Generator().manual_seed(5)))
    assert event.losses == pytest.approx({name: part.item() for name, part in parts.items()})
    assert list(event.losses) == ["bce", "kl"]


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


def test_a_time_limit_becomes_a_number_of_steps_before_the_start(
    images: Pixels, clock: Clock
) -> None:
    run = started(small(), images, ADAM, seconds=2.0)
    assert run.steps == pytest.approx(169, abs=1)  # 2 s less the 0.3 s of timing
    began = clock.now
    events = list(run)
    assert clock.now - began == pytest.approx(1.69, abs=0.02)
    assert events[-1].step == events[0].steps == run.steps


def test_timing_the_steps_takes_a_fifth_of_the_time_at_most(images: Pixels, clock: Clock) -> None:
    clock.step_seconds = 0.05
    began = clock.now
    run = started(small(), images, ADAM, seconds=1.0)
    assert clock.now - began == pytest.approx(0.25)  # the step that passes 0.2 s is the last
    assert run.steps == pytest.approx((1.0 - 0.25) / 0.05, abs=1)


def test_however_short_the_time_there_is_a_step(images: Pixels, clock: Clock) -> None:
    clock.step_seconds = 5.0
    run = started(small(), images, ADAM, seconds=0.1)
    assert list(run)[-1].step == run.steps == 1


def test_a_time_limit_is_kept_within_reason_on_a_real_clock(images: Pixels) -> None:
    run = started(small(), images, ADAM, seconds=0.5)
    finished(run)
    assert 0.05 < run.seconds < 5


def test_timing_the_steps_leaves_no_trace_in_the_result(images: Pixels, clock: Clock) -> None:
    noise = Gaussian(mean=0.0, std=0.1)
    timed = started(small(), images, ADAM, seconds=1.0, noise=noise)
    counted = started(small(), images, ADAM, steps=timed.steps, noise=noise)
    assert same_bits(finished(timed), finished(counted))


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


def test_a_training_that_is_not_prepared_goes_on_from_the_weights_of_the_model(
    images: Pixels,
) -> None:
    model = small()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    run = Training(reconstruction(model, images, ADAM), steps=3)
    assert same_bits(model.state_dict(), before)
    again = copy.deepcopy(model)
    expected = finished(started(again, images, ADAM, steps=3, fresh=False))
    assert same_bits(finished(run), expected)


def test_a_number_of_steps_replaces_the_epochs(images: Pixels) -> None:
    run = started(small(), images, ADAM, steps=11)
    events = list(run)
    assert (events[-1].step, events[-1].epochs, events[-1].epoch_ended) == (11, 2, True)


@pytest.mark.parametrize("seconds", [0.0, -1.0, float("nan"), float("inf")])
def test_a_time_that_is_none_is_refused(seconds: float, images: Pixels) -> None:
    with pytest.raises(UserError, match=rf"^seconds is {seconds}; it can be 0\.1 to "):
        started(small(), images, ADAM, seconds=seconds)


@pytest.mark.parametrize("steps", [0, -5])
def test_a_number_of_steps_below_one_is_refused(steps: int, images: Pixels) -> None:
    with pytest.raises(UserError, match=f"^steps is {steps}; it can be 1 to "):
        started(small(), images, ADAM, steps=steps)


@pytest.mark.parametrize("seed", [-1, 2**32, 10**30])
def test_a_seed_that_torch_cannot_take_is_refused(seed: int, images: Pixels) -> None:
    with pytest.raises(UserError, match=rf"^seed is {seed}; it can be 0 to 4294967295\."):
        started(small(), images, ADAM, seed=seed)


def test_the_largest_seed_is_as_good_as_any(images: Pixels) -> None:
    run = started(small(), images, ADAM, seed=2**32 - 1, steps=9)
    assert list(run)[-1].step == 9


@pytest.mark.usefixtures("an_event_each_step")
def test_a_learning_rate_that_explodes_ends_in_a_sentence_that_names_the_step(
    images: Pixels,
) -> None:
    recipe = replace(ADAM, optimizer="sgd", learning_rate=1.0, momentum=0.99, epochs=50)
    run = started(small("vae_conv"), images, recipe)
    with pytest.raises(UserError, match="smaller learning rate") as refused:
        finished(run)
    named = re.search(
        r"became NaN or infinite at step (\d+) \(.*is nan.*\); .* step (\d+)\.", str(refused.value)
    )
    assert named
    assert int(named[2]) == run.step < int(named[1]) < run.steps


@pytest.mark.usefixtures("an_event_each_step")
def test_a_run_that_explodes_goes_back_to_its_last_good_weights(
    images: Pixels, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "GOOD_SECONDS", 0)
    run = started(small(), images, replace(ADAM, epochs=1), noise=Broken(3))
    states: list[dict[str, Tensor]] = []
    with pytest.raises(DivergedError) as refused:
        states.extend(copy.deepcopy(run.model.state_dict()) for _ in run)
    assert refused.value.step == run.step == len(states) > 0
    assert same_bits(run.model.state_dict(), states[-1])


def test_a_model_that_learns_from_classes_asks_for_them(images: Pixels) -> None:
    with pytest.raises(UserError, match="Choose a set with labels"):
        started(small("conditional_vae"), images, ADAM)


def test_a_solved_model_needs_one_step_and_takes_no_noise(images: Pixels) -> None:
    run = started(small("pca"), images, ADAM)
    assert [event.step for event in run] == [1]
    with pytest.raises(UserError, match="cannot learn to remove noise"):
        started(small("pca"), images, ADAM, noise=Gaussian())


def test_the_guard_passes_over_broken_steps_and_counts_them(images: Pixels) -> None:
    recipe = replace(ADAM, guard=True, epochs=1)
    run = started(small(), images, recipe, noise=Broken(1, 4, 6))
    events = list(run)
    assert events[-1].skipped_steps == run.skipped_steps == 3
    assert all(bool(weight.isfinite().all()) for weight in run.model.state_dict().values())
    assert loss_of(run.model, images) < loss_of(small(), images)


def test_without_the_guard_a_broken_step_ends_the_run(images: Pixels) -> None:
    with pytest.raises(UserError, match="with the guard on"):
        finished(started(small(), images, replace(ADAM, epochs=1), noise=Broken(2)))


@pytest.mark.usefixtures("an_event_each_step")
def test_steps_passed_over_are_remembered_when_a_run_resumes(
    images: Pixels, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Reconstruction, "losses", lambda *_: {})
    recipe = replace(ADAM, guard=True, epochs=1)
    state = stopped_at(started(small(), images, recipe, noise=Broken(1, 2)), 2)
    resumed = started(small(), images, recipe)
    resumed.restore(state)
    assert list(resumed)[-1].skipped_steps == 2


def test_the_guard_clips_a_gradient_at_twice_its_usual_length(images: Pixels) -> None:
    run = started(small(), images, replace(ADAM, guard=True))
    weights = list(run.model.parameters())

    def guarded(length: float) -> float:
        for weight in weights:
            weight.grad = torch.zeros_like(weight)
        assert weights[0].grad is not None
        weights[0].grad[0, 0] = length
        assert run.optimiser.clipping.accepts()
        return weights[0].grad[0, 0].item()

    assert guarded(1.0) == 1
    assert guarded(1.5) == 1.5
    usual = run.optimiser.clipping.usual_norm
    assert usual == pytest.approx(1.025)
    assert guarded(1e6) == pytest.approx(2 * usual)
    assert run.optimiser.clipping.usual_norm == pytest.approx(1.05 * usual)


def test_images_of_another_shape_are_refused_and_both_shapes_named(images: Pixels) -> None:
    model = checkpoints.build("dense", {}, (3, 32, 32))
    with pytest.raises(UserError, match=r"images are 1 x 28 x 28, the model takes 3 x 32 x 32\."):
        started(model, images, ADAM)


def test_an_empty_set_is_refused(images: Pixels) -> None:
    with pytest.raises(UserError, match="There are no images to train on"):
        started(small(), images[:0], ADAM)


def test_a_batch_can_be_larger_than_the_set(images: Pixels) -> None:
    run = started(small(), images[:3], replace(ADAM, batch_size=8192))
    assert [event.step for event in run] == [1, 2]


@each_network
def test_noise_is_put_on_what_the_encoder_sees_and_not_on_the_target(
    family: str, images: Pixels, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = small(family)
    given: list[tuple[Images, Images]] = []
    loss = model.loss

    def recorded(batch: Batch) -> Any:
        given.append((batch.seen.clone(), batch.clean.clone()))
        return loss(batch)

    monkeypatch.setattr(model, "loss", recorded)
    finished(started(model, images, ADAM, noise=Masking(amount=1.0), steps=3))
    whole = {image.numpy().tobytes() for image in images.float() / 255}
    assert len(given) >= 3
    for seen, clean in given:
        assert not seen.any()
        assert {image.numpy().tobytes() for image in clean} <= whole


def test_an_epoch_shows_each_image_once_and_the_next_in_another_order(images: Pixels) -> None:
    noise = Recorded()
    finished(started(small(), images, ADAM, noise=noise))
    batches: list[Images] = noise.batches  # type: ignore[attr-defined]
    epochs = [torch.cat(batches[:8]), torch.cat(batches[8:])]
    whole = sorted(image.numpy().tobytes() for image in images.float() / 255)
    for epoch in epochs:
        assert sorted(image.numpy().tobytes() for image in epoch) == whole
    assert not torch.equal(*epochs)


def test_a_run_can_go_on_from_the_weights_that_the_model_has(images: Pixels) -> None:
    model = small()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    started(model, images, ADAM, fresh=False)
    assert same_bits(model.state_dict(), before)
    started(model, images, ADAM)
    assert not same_bits(model.state_dict(), before)


def rates(recipe: Recipe, images: Pixels, steps: int) -> Iterator[list[float]]:
    run = started(small(), images, recipe, steps=steps)
    for _ in range(steps):
        yield [group["lr"] for part in run.optimiser.parts for group in part.param_groups]
        run.optimiser.advance()


def test_a_linear_schedule_rises_for_a_twentieth_and_falls_to_nothing(images: Pixels) -> None:
    recipe = replace(ADAM, optimizer="muon", learning_rate=0.1, muon_learning_rate=0.4)
    outer, inner = zip(*rates(recipe, images, 100), strict=True)
    assert outer[:5] == pytest.approx((0.02, 0.04, 0.06, 0.08, 0.1))
    assert max(outer) == pytest.approx(0.1)
    assert list(outer[5:]) == sorted(outer[5:], reverse=True)
    assert outer[-1] == pytest.approx(0.1 / 95)
    assert inner == pytest.approx([4 * rate for rate in outer])


def test_a_constant_schedule_stays(images: Pixels) -> None:
    recipe = replace(ADAM, schedule="constant", learning_rate=0.1)
    assert list(rates(recipe, images, 7)) == [[0.1]] * 7


def test_muon_takes_the_inner_matrices_and_adam_the_rest(images: Pixels) -> None:
    run = started(small(), images, replace(ADAM, optimizer="muon"))
    adam, muon = run.optimiser.parts
    assert isinstance(muon, torch.optim.Muon)
    shapes = {tuple(weight.shape) for weight in muon.param_groups[0]["params"]}
    assert shapes == {(8, 16), (3, 8), (8, 3), (16, 8)}
    rest = {tuple(weight.shape) for weight in adam.param_groups[0]["params"]}
    assert {(16, 784), (784, 16), (784,), (16,), (8,), (3,)} == rest


@pytest.mark.parametrize(
    ("initialisation", "spread"),
    [
        # uniform to 1 / sqrt(inputs); uniform to sqrt(6 / (inputs + outputs)); sqrt(2 / inputs)
        ("torch", 784**-0.5 / 3**0.5),
        ("glorot", (6 / (784 + 200)) ** 0.5 / 3**0.5),
        ("scaled", (2 / 784) ** 0.5),
    ],
)
def test_first_weights_are_drawn_as_the_recipe_says(
    initialisation: Any, spread: float, images: Pixels
) -> None:
    model = checkpoints.build("deep", {"widths": [200]}, (1, 28, 28))
    started(model, images, replace(ADAM, initialisation=initialisation))
    weight = next(model.parameters())
    assert weight.std().item() == pytest.approx(spread, rel=0.02)
    assert weight.mean().item() == pytest.approx(0, abs=spread / 20)


def test_scaled_weights_first_draw_the_mean_image(images: Pixels) -> None:
    model = small()
    started(model, images, replace(ADAM, initialisation="scaled"))
    mean = (images.float() / 255).mean(0).clamp(1e-3, 1 - 1e-3)
    bias = model.decoder[-1].bias
    assert isinstance(bias, Tensor)
    torch.testing.assert_close(bias.sigmoid().view(1, 28, 28), mean, atol=1e-5, rtol=1e-5)

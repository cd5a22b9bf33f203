"""Classifiers on encoders: trained from few labels, kept, and every broken one refused."""

from __future__ import annotations

import hashlib
import itertools
import json
import shlex
import shutil
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from torch import Tensor

from ae_core import checkpoints, classifiers, image_sets, latent
from ae_core.classifiers import runs as classifier_runs
from ae_core.classifiers.cards import ClassifierCard
from ae_core.classifiers.network import Classifier
from ae_core.classifiers.objective import Recognition
from ae_core.classifiers.recipe import ClassifierRecipe
from ae_core.classifiers.runs import ClassifierRun, ClassifierSpec
from ae_core.cli import main
from ae_core.errors import UserError
from ae_core.image_sets import ImageSet
from ae_core.image_sets.subsets import balanced, shifted
from ae_core.models import FAMILIES
from ae_core.models.families.conditional_vae import ConditionalVAE
from ae_core.models.families.conditional_vae import Config as ConditionalConfig
from ae_core.settings import settings
from ae_core.training import loop, runs, stopped
from ae_core.training.arithmetic import Arithmetic
from ae_core.training.loop import DivergedError, Event, Training
from ae_core.training.runs import RunSpec
from benchmarks import classifier as benchmark
from benchmarks import report
from tests.conftest import Mnist

PLAIN = ClassifierSpec(
    checkpoint="tiny",
    steps=12,
    head_width=16,
    precision="float32",
    memory_format="contiguous",
    threads=1,
)


def started(**changes: Any) -> ClassifierRun:
    return classifier_runs.start(replace(PLAIN, **changes), on="cpu")


def trained(**changes: Any) -> ClassifierRun:
    run = started(**changes)
    for _ in run.training:
        pass
    return run


def kept(**changes: Any) -> ClassifierCard:
    return classifier_runs.finish(trained(**changes))


def weights(run: ClassifierRun) -> dict[str, Tensor]:
    return {k: v.clone() for k, v in run.training.model.state_dict().items()}


def same(one: dict[str, Tensor], other: dict[str, Tensor], part: str = "") -> bool:
    names = [name for name in one if name.startswith(part)]
    assert names and one.keys() == other.keys()
    return all(torch.equal(one[name], other[name]) for name in names)


def folder_of(name: str) -> Path:
    return settings().checkpoint_roots[0] / name


@pytest.fixture(scope="session")
def kept_folder(
    trained_folder: Path, tmp_path_factory: pytest.TempPathFactory, digits: ImageSet
) -> Path:
    root = tmp_path_factory.mktemp("classifiers")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("AE_HOME", str(root))
        shutil.copytree(trained_folder, root / "checkpoints" / "tiny")
        return root / "checkpoints" / kept(name="reader").name


@pytest.fixture
def reader(kept_folder: Path, tiny: str) -> str:
    """The name of a classifier in `AE_HOME`, beside the checkpoint that it started from."""
    shutil.copytree(kept_folder, folder_of("reader"))
    return "reader"


# What a classifier is.


@pytest.mark.parametrize("family", FAMILIES)
def test_the_decoder_of_every_family_is_taken_off_and_its_encoder_stays(family: str) -> None:
    declared = FAMILIES[family]
    torch.manual_seed(0)
    model = declared.model(declared.config())
    classifier = Classifier(model, 10)
    with torch.device("meta"):
        outline = Classifier(declared.model(declared.config()), 10)
    assert outline.state_dict().keys() == classifier.state_dict().keys()
    assert not [name for name in classifier.state_dict() if "decoder" in name]
    assert len(model.decoder) > 0, "the model itself is left whole"
    x = torch.rand(3, *model.image_shape)
    with torch.no_grad():
        assert torch.equal(classifier.model.encode(x), model.encode(x))
        assert classifier(x).shape == (3, 10)


def test_a_linear_head_has_one_layer(tiny: str) -> None:
    model = checkpoints.load(tiny).model
    assert [p.shape for p in Classifier(model, 4, head_width=0).head.parameters()] == [(4, 3), (4,)]
    assert len(list(Classifier(model, 4, head_width=7).head.parameters())) == 4


def test_codes_reach_the_head_with_mean_zero_and_deviation_one(tiny: str, digits: ImageSet) -> None:
    classifier = Classifier(checkpoints.load(tiny).model, 10)
    classifier.standardise(digits.train)
    z = latent.encode(classifier.model, digits.train)
    standard = (z - classifier.code_mean) / classifier.code_std
    torch.testing.assert_close(standard.mean(0), torch.zeros(3), atol=1e-4, rtol=0)
    torch.testing.assert_close(standard.std(0), torch.ones(3), atol=1e-2, rtol=0)


def test_a_number_of_the_code_that_never_moves_is_left_as_it_is(
    tiny: str, digits: ImageSet
) -> None:
    model = checkpoints.load(tiny).model
    layers = [layer for layer in model.modules() if isinstance(layer, torch.nn.Linear)]
    last = next(layer for layer in layers if layer.out_features == model.latent_dim)
    last.weight[1], last.bias[1] = 0.0, 0.5
    classifier = Classifier(model, 10)
    classifier.standardise(digits.train)
    assert classifier.code_std[1] == 1
    assert classifier.code_std[0] != 1


def test_predictions_are_classes_and_their_probabilities(reader: str, digits: ImageSet) -> None:
    labels, probabilities = classifiers.load(reader).classifier.predict(digits.test)
    assert probabilities.shape == (360, 10)
    torch.testing.assert_close(probabilities.sum(1), torch.ones(360))
    assert torch.equal(labels, probabilities.argmax(1))


def test_confusion_counts_every_image_once_and_agrees_with_the_accuracy(
    reader: str, digits: ImageSet
) -> None:
    classifier = classifiers.load(reader).classifier
    counts = classifiers.confusion(classifier, digits.test, digits.test_labels)
    assert torch.equal(counts.sum(1), torch.bincount(digits.test_labels))
    accuracy = classifiers.accuracy(classifier, digits.test, digits.test_labels)
    assert counts.diagonal().sum() / 360 == pytest.approx(accuracy)
    guessed = classifier.predict(digits.test)[0]
    assert counts[3, 5] == ((digits.test_labels == 3) & (guessed == 5)).sum()


# Which images it learns from.


def test_ten_labelled_images_are_one_of_each_class(tiny: str) -> None:
    run = started(labels=10, seed=4)
    assert isinstance(run.training.objective, Recognition)
    assert sorted(run.training.objective.labels.tolist()) == list(range(10))


@pytest.mark.parametrize("count", [10, 33, 100, 1000])
def test_labelled_images_are_balanced_over_the_classes(count: int, digits: ImageSet) -> None:
    chosen = balanced(digits.train_labels, count, classes=10, seed=0)
    assert len(set(chosen.tolist())) == count
    of_class = torch.bincount(digits.train_labels[chosen], minlength=10)
    assert of_class.max() - of_class.min() <= 1


@pytest.mark.parametrize("seed", range(5))
def test_rounds_by_sorting_are_those_of_counting_class_by_class(seed: int) -> None:
    labels = torch.randint(0, 7, (60,), generator=torch.Generator().manual_seed(seed))
    labels[labels == 3] = 4  # a class without images
    generator = torch.Generator().manual_seed(seed)
    shuffled = torch.randperm(60, generator=generator)
    turn_of_class = torch.randperm(7, generator=generator)
    of_class = torch.nn.functional.one_hot(labels[shuffled], 7)
    rounds = of_class.cumsum(0).gather(1, labels[shuffled, None])[:, 0]
    places = shuffled[(rounds * 7 + turn_of_class[labels[shuffled]]).argsort()]
    for count in (7, 30, 60):
        assert torch.equal(balanced(labels, count, classes=7, seed=seed), places[:count])


def test_fewer_images_than_classes_are_refused_with_what_to_do() -> None:
    labels = torch.arange(20)
    for count in (20, 25):
        with pytest.raises(UserError, match="There are 25 classes and 20 training images") as said:
            balanced(labels, count, classes=25, seed=0)
        assert "cannot be drawn" not in str(said.value)


def test_a_class_that_runs_out_leaves_its_share_to_the_others() -> None:
    labels = torch.tensor([0] * 2 + [1] * 50 + [2] * 50)
    chosen = balanced(labels, 32, classes=3, seed=0)
    assert torch.bincount(labels[chosen]).tolist() == [2, 15, 15]
    assert sorted(balanced(labels, 102, classes=3, seed=0).tolist()) == list(range(102))


def test_the_seed_draws_the_labelled_images_and_fewer_are_among_more(digits: ImageSet) -> None:
    def drawn(count: int, seed: int) -> set[int]:
        return set(balanced(digits.train_labels, count, classes=10, seed=seed).tolist())

    assert drawn(100, 0) == drawn(100, 0)
    assert drawn(100, 0) != drawn(100, 1)
    assert drawn(10, 0) < drawn(100, 0)


@pytest.mark.parametrize("count", [9, 1438])
def test_too_few_and_too_many_labelled_images_are_refused(count: int, tiny: str) -> None:
    with pytest.raises(UserError, match=f"{count:,} labelled images cannot be drawn"):
        started(labels=count)


def test_images_that_are_held_out_are_measured_on_and_not_learned_from(
    tiny: str, digits: ImageSet
) -> None:
    run = started(hold_out=300)
    assert torch.equal(run.images.test, digits.train[-300:])
    assert len(run.training.objective.images) == len(digits.train) - 300
    assert started().images.test is not None
    assert torch.equal(started().images.test, digits.test)


def test_an_image_is_shifted_as_a_whole_and_its_edge_is_repeated() -> None:
    x = torch.arange(50 * 2 * 5 * 7).remainder(251).to(torch.uint8).view(50, 2, 5, 7)
    moved = shifted(x, 2, torch.Generator().manual_seed(0))
    moves = set()
    for before, after in zip(x, moved, strict=True):
        found = [
            (down, right)
            for down in range(-2, 3)
            for right in range(-2, 3)
            if torch.equal(
                after,
                before[:, (torch.arange(5) + down).clamp(0, 4)][
                    :, :, (torch.arange(7) + right).clamp(0, 6)
                ],
            )
        ]
        assert found
        moves.update(found)
    assert len(moves) > 10
    assert torch.equal(shifted(x, 0, torch.Generator()), x)


# How it is trained.


def test_a_classifier_learns(tiny: str) -> None:
    assert kept(steps=150, learning_rate=0.01).metrics["accuracy"] > 0.6


def test_the_same_seed_gives_the_same_bits(tiny: str) -> None:
    options: dict[str, Any] = {"labels": 50, "shift": 1, "batch_size": 20}
    first = weights(trained(seed=3, **options))
    assert same(first, weights(trained(seed=3, **options)))
    assert not same(first, weights(trained(seed=4, **options)), "head")


def test_a_frozen_encoder_stays_as_it_is_and_the_head_learns(tiny: str) -> None:
    run = started(frozen=True)
    before = weights(run)
    for _ in run.training:
        pass
    assert same(before, weights(run), "model")
    assert not same(before, weights(run), "head")
    assert not same(before, weights(trained()), "model")


def test_from_scratch_is_the_same_network_with_other_weights(tiny: str) -> None:
    pretrained, scratch = weights(started()), weights(started(scratch=True))
    encoder = checkpoints.load(tiny).model.state_dict()
    assert torch.equal(pretrained["model.encoder.0.weight"], encoder["encoder.0.weight"])
    assert {k: v.shape for k, v in pretrained.items()} == {k: v.shape for k, v in scratch.items()}
    assert not same(pretrained, scratch, "model")
    assert same(pretrained, scratch, "head")
    assert same(scratch, weights(started(scratch=True)))
    assert not same(scratch, weights(started(scratch=True, seed=1)), "model")


def test_the_checkpoint_itself_is_not_changed(tiny: str) -> None:
    before = (folder_of(tiny) / "weights.safetensors").read_bytes()
    kept()
    assert (folder_of(tiny) / "weights.safetensors").read_bytes() == before


def test_the_encoder_learns_at_its_share_of_the_heads_rate(tiny: str) -> None:
    run = started(learning_rate=0.004, encoder_rate=0.25, steps=40)
    list(zip(run.training, range(1), strict=False))
    assert run.training.optimiser.full_rates == [0.004, 0.001]


def test_events_come_while_it_trains_and_leaving_the_loop_stops_it(
    tiny: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "EVENT_SECONDS", 0)
    run = started(labels=50, batch_size=20, steps=9)
    seen = []
    for event in run.training:
        seen.append(event)
        if event.step == 4:
            break
    assert [event.step for event in seen] == [1, 2, 3, 4]
    assert [event.epoch for event in seen] == [1, 1, 1, 2]
    assert [event.epoch_ended for event in seen] == [False, False, True, False]
    assert set(seen[0].losses) == {"cross_entropy", "error"}
    assert seen[0].losses["cross_entropy"] > 0
    card = classifier_runs.finish(run)
    assert (card.steps, card.planned_steps) == (4, 9)


def test_a_run_that_was_left_goes_on_to_the_same_bits(
    tiny: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "EVENT_SECONDS", 0)
    run = started(labels=50, batch_size=20, steps=9)
    for event in run.training:
        if event.step == 4:
            break
    for _ in run.training:
        pass
    assert same(weights(run), weights(trained(labels=50, batch_size=20, steps=9)))


@pytest.mark.parametrize("changes", [{"shift": 2}, {"frozen": True}], ids=str)
def test_a_stopped_and_resumed_run_ends_in_the_same_bits(
    tiny: str, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any]
) -> None:
    options = {"labels": 50, "batch_size": 20, "steps": 9, **changes}
    undisturbed = weights(trained(**options))
    monkeypatch.setattr(loop, "EVENT_SECONDS", 0)
    run = started(**options)
    list(itertools.islice(runs.watch(run), 4))
    stopped.keep(run)
    resumed = started(**options)
    stopped.resume(resumed)
    assert resumed.training.step == run.training.step == 4
    for _ in resumed.training:
        pass
    assert same(weights(resumed), undisturbed)


def test_tensorboard_is_given_the_losses_of_a_classifier(tiny: str, home: Path) -> None:
    run = started(name="reader")
    list(runs.watch(run))
    (folder,) = (home / "runs" / "reader").iterdir()
    found = EventAccumulator(str(folder)).Reload()
    for name in ("cross_entropy", "error"):
        (last,) = found.Scalars(f"loss/{name}")
        assert last.step == 12
        assert last.value == pytest.approx(run.events[-1].losses[name])
    assert found.Scalars("loss/total")[0].value == found.Scalars("loss/cross_entropy")[0].value
    assert [tag.partition("/")[0] for tag in found.Tags()["images"]] == ["original"] * 10


def test_a_time_limit_becomes_a_number_of_steps_that_gives_the_same_bits(tiny: str) -> None:
    limited = started(steps=None, seconds=0.5, labels=50, shift=1)
    steps = limited.training.steps
    for _ in limited.training:
        pass
    assert limited.training.step == steps >= 1
    assert same(weights(limited), weights(trained(steps=steps, labels=50, shift=1)))


def test_more_labels_are_given_more_steps(tiny: str) -> None:
    few, many = started(steps=None, labels=10), started(steps=None)
    assert 200 < few.training.steps < many.training.steps


def test_a_loss_of_nan_is_said_in_a_sentence(tiny: str) -> None:
    run = started()
    with torch.no_grad():
        next(iter(run.training.model.head.parameters())).fill_(float("nan"))
    with pytest.raises(DivergedError, match=r"became NaN .* smaller learning rate\."):
        for _ in run.training:
            pass


def test_images_of_another_size_are_refused(tiny: str, monkeypatch: pytest.MonkeyPatch) -> None:
    black = torch.zeros(20, 3, 32, 32, dtype=torch.uint8)
    some = torch.arange(20) % 10
    colour = replace(
        image_sets.select("digits"), train=black, train_labels=some, test=black, test_labels=some
    )
    monkeypatch.setattr(image_sets, "select", lambda name, hold_out: colour)
    with pytest.raises(UserError, match="are 3 x 32 x 32, and the encoder takes 1 x 28 x 28"):
        started()


def cut(images: ImageSet, train: int, test: int, **changes: Any) -> ImageSet:
    return replace(
        images,
        train=images.train[:train],
        train_labels=images.train_labels[:train],
        test=images.test[:test],
        test_labels=images.test_labels[:test],
        **changes,
    )


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda images: replace(images, classes=("image",)), "have no labels. Choose another set"),
        (
            lambda images: replace(images, train_labels=torch.zeros_like(images.train_labels)),
            "are of one class, .* Choose a set of two classes or more",
        ),
        (lambda images: cut(images, 15, 4), "has 19 images, and a classifier needs 20 or more"),
    ],
)
def test_images_from_which_nothing_can_be_learned_are_refused(
    tiny: str,
    digits: ImageSet,
    monkeypatch: pytest.MonkeyPatch,
    spoil: Callable[[ImageSet], ImageSet],
    sentence: str,
) -> None:
    monkeypatch.setattr(image_sets, "select", lambda name, hold_out: spoil(digits))
    with pytest.raises(UserError, match=sentence):
        started()


def test_twenty_images_are_enough(
    tiny: str, digits: ImageSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image_sets, "select", lambda name, hold_out: cut(digits, 16, 4))
    assert kept(steps=2).labels == 16


def test_a_training_can_be_told_its_arithmetic_or_finds_the_fastest(
    tiny: str, digits: ImageSet
) -> None:
    classifier = Classifier(checkpoints.load(tiny).model, 10)
    objective = Recognition(
        classifier,
        digits.train,
        digits.train_labels,
        ClassifierRecipe(threads=1),
        labelled=torch.arange(100),
    )
    found = Training(objective).prepare().arithmetic
    assert (found.threads, found.memory_format) == (1, "contiguous")
    told = Arithmetic("bfloat16", "channels_last", 2)
    assert Training(objective).prepare(arithmetic=told).arithmetic == told


# How it is kept.


def test_a_classifier_comes_back_with_the_figures_on_its_card(
    reader: str, digits: ImageSet
) -> None:
    found = classifiers.load(reader)
    card = found.card
    assert classifiers.card(reader) == card
    assert (card.started_from, card.family, card.labels) == ("tiny", "tanh", len(digits.train))
    assert (card.image_set, card.image_set_sha256) == ("digits", digits.sha256)
    assert card.classes == list("0123456789")
    accuracy = classifiers.accuracy(found.classifier, digits.test, digits.test_labels)
    assert card.metrics == {"accuracy": pytest.approx(accuracy, abs=1e-6)}
    counts = classifiers.confusion(found.classifier, digits.test, digits.test_labels)
    assert torch.equal(classifiers.kept_confusion(card), counts)


@pytest.mark.parametrize(
    ("learned_from", "changes", "seen"),
    [
        ({"part": "all"}, {}, True),
        ({"part": "all"}, {"scratch": True}, False),
        ({"part": "all", "image_set_sha256": "0" * 64}, {}, False),
        ({}, {}, False),
    ],
)
def test_the_card_says_whether_the_encoder_had_seen_the_test_images(
    learned_from: dict[str, str], changes: dict[str, bool], seen: bool, tiny: str
) -> None:
    path = folder_of(tiny) / "card.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **learned_from}))
    assert kept(**changes).encoder_has_seen_test_images == seen


def test_a_classifier_comes_back_to_the_bit(reader: str) -> None:
    found = classifiers.load(reader)
    counts = classifiers.kept_confusion(found.card)
    classifiers.save(replace(found.card, name="again"), found.classifier, counts)
    again = classifiers.load("again")
    assert torch.equal(classifiers.kept_confusion(again.card), counts)
    assert same(found.classifier.state_dict(), again.classifier.state_dict())
    assert again.classifier.code_mean.dtype == torch.float32
    assert not any(p.requires_grad for p in again.classifier.parameters())
    assert not any(p.is_meta for p in again.classifier.state_dict().values())


def test_a_classifier_of_a_thousand_classes_comes_back_whole(reader: str) -> None:
    model = checkpoints.load("tiny").model
    many = [f"A class of which the name is rather long, number {i}" for i in range(1000)]
    card = replace(classifiers.card(reader), name="wide", classes=many)
    classifier = Classifier(model, 1000, head_width=card.head_width)
    counts = torch.arange(1000**2).view(1000, 1000)
    written = classifiers.save(card, classifier, counts)
    found = classifiers.load("wide")
    assert found.card == written
    assert found.classifier.classes == 1000
    assert torch.equal(classifiers.kept_confusion(found.card), counts)
    assert "wide" in [card.name for card in classifiers.available()[0]]


def test_a_confusion_that_is_not_the_cards_is_refused_with_the_reason(reader: str) -> None:
    def refusal(**tensors: Tensor) -> str:
        data = save(tensors)
        (folder_of(reader) / "confusion.safetensors").write_bytes(data)
        change_card(folder_of(reader), confusion_sha256=hashlib.sha256(data).hexdigest())
        with pytest.raises(UserError) as refused:
            classifiers.kept_confusion(classifiers.card(reader))
        return str(refused.value)

    counts = torch.ones(10, 10, dtype=torch.int32)
    for wrong in (counts[:9], counts.float(), -counts):
        assert "its confusion is not 10 x 10 counts" in refusal(confusion=wrong)
    assert "its confusion is not 10 x 10 counts" in refusal(counts=counts)
    card = replace(classifiers.card(reader), confusion_sha256="0" * 64)
    with pytest.raises(UserError, match="is not the file that its card names"):
        classifiers.kept_confusion(card)


def test_the_confusion_on_a_card_of_an_earlier_version_is_read(reader: str) -> None:
    counts = [[number] * 10 for number in range(10)]
    change_card(folder_of(reader), confusion=counts, confusion_sha256="")
    assert classifiers.kept_confusion(classifiers.card(reader)).tolist() == counts


def test_shorter_weights_are_kept_when_they_do_as_well(
    tiny: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(classifier_runs, "HALF_IS_AS_GOOD", 1.0)  # whatever this model gets wrong
    run = trained()
    bits = {k: v.half().float() for k, v in weights(run).items()}
    classifier_runs.finish(run)
    file = load_file(folder_of("tiny-classifier") / "weights.safetensors")
    assert {value.dtype for value in file.values()} == {torch.float16}
    assert same(classifiers.load("tiny-classifier").classifier.state_dict(), bits)


def test_loading_draws_nothing_from_torchs_own_randomness(reader: str) -> None:
    torch.manual_seed(0)
    expected = torch.rand(3)
    torch.manual_seed(0)
    classifiers.load(reader)
    assert torch.equal(torch.rand(3), expected)


def test_classifiers_and_checkpoints_are_listed_apart(reader: str) -> None:
    cards, broken = checkpoints.available()
    assert "tiny" in {card.name for card in cards}
    assert reader not in {card.name for card in cards}
    assert not broken
    found, odd = classifiers.available()
    assert reader in [card.name for card in found]
    assert "tiny" not in [card.name for card in found]
    assert not odd


def test_a_classifier_is_no_checkpoint_and_a_checkpoint_no_classifier(reader: str) -> None:
    for read in (checkpoints.card, checkpoints.load):
        with pytest.raises(UserError, match="There is no checkpoint 'reader'"):
            read(reader)
    for name in ("tiny", "nothing", "../tiny", "", "x" * 300, "Reader"):
        with pytest.raises(UserError, match="There is no classifier"):
            classifiers.load(name)


def test_a_classifier_never_replaces_a_checkpoint(tiny: str) -> None:
    with pytest.raises(UserError, match="tiny is a checkpoint"):
        started(name="tiny")
    assert checkpoints.load(tiny).card.name == tiny


def test_a_checkpoint_never_replaces_a_classifier(reader: str) -> None:
    card = checkpoints.card("tiny")
    with pytest.raises(UserError, match="reader is a classifier"):
        runs.start(RunSpec("tanh-3", "digits", steps=1, name=reader), on="cpu")
    with pytest.raises(UserError, match="reader is a classifier"):
        checkpoints.save(replace(card, name=reader), checkpoints.load("tiny").model)
    assert classifiers.load(reader).card.name == reader


def test_a_classifier_can_be_made_again_under_its_name(reader: str) -> None:
    kept(name=reader, title="New")
    assert classifiers.card(reader).title == "New"


def test_the_command_on_the_card_asks_for_the_same(
    tiny: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = kept(labels=20, frozen=True, shift=1, seed=5, hold_out=100, title="Two words")
    asked: list[ClassifierSpec] = []

    def refuse(spec: ClassifierSpec, **_: Any) -> None:
        asked.append(spec)
        raise UserError("Enough.")

    monkeypatch.setattr(classifier_runs, "start", refuse)
    words = shlex.split(card.command)
    assert words[:3] == ["python", "-m", "ae_core"]
    with pytest.raises(SystemExit):
        main.main([*words[3:], "--into", "elsewhere"])
    assert asked[0].recipe() == card.recipe
    assert asked == [
        replace(PLAIN, labels=20, frozen=True, shift=1, seed=5, hold_out=100, title="Two words")
    ]


# Broken ones.


def change_card(folder: Path, **values: Any) -> None:
    path = folder / "classifier.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def change_weights(folder: Path, change: Callable[[dict[str, Tensor]], Any]) -> None:
    """Replace the weights, and their digest on the card: a careful stranger."""
    tensors = load_file(folder / "weights.safetensors")
    change(tensors)
    data = save(tensors)
    (folder / "weights.safetensors").write_bytes(data)
    change_card(folder, weights_sha256=hashlib.sha256(data).hexdigest())


def fill(name: str, value: float) -> Callable[[Path], None]:
    return lambda folder: change_weights(folder, lambda t: t[name].fill_(value))


BAD_CARDS: dict[str, Callable[[Path], Any]] = {
    "not JSON": lambda f: (f / "classifier.json").write_text("{"),
    "a list": lambda f: (f / "classifier.json").write_text("[]"),
    "nested brackets": lambda f: (f / "classifier.json").write_text("[" * 500_000),
    "two megabytes": lambda f: (f / "classifier.json").write_text('"' + "x" * 2**21 + '"'),
    "an unknown field": lambda f: change_card(f, surprise=1),
    "another format": lambda f: change_card(f, format=2),
    "another's name": lambda f: change_card(f, name="other"),
    "an unknown family": lambda f: change_card(f, family="zebra"),
    "an option out of bounds": lambda f: change_card(f, config={"latent_dim": 10**9}),
    "an unknown recipe": lambda f: change_card(f, recipe={"speed": 9}),
    "a head out of bounds": lambda f: change_card(f, recipe={"head_width": 10**9}),
    "an image too large": lambda f: change_card(f, image_shape=[1, 10**6, 10**6]),
    "no accuracy": lambda f: change_card(f, metrics={}),
    "an accuracy above one": lambda f: change_card(f, metrics={"accuracy": 1.5}),
    "an accuracy that is no number": lambda f: change_card(f, metrics={"accuracy": float("nan")}),
    "one class": lambda f: change_card(f, classes=["0"], confusion=[[1]]),
    "a million classes": lambda f: change_card(f, classes=["0"] * 30_000),
    "a class that is a number": lambda f: change_card(f, classes=list(range(10))),
    "a confusion of another size": lambda f: change_card(f, confusion=[[1] * 10] * 9),
    "a confusion with a short row": lambda f: change_card(f, confusion=[[1] * 9] * 10),
    "no confusion": lambda f: change_card(f, confusion_sha256=""),
    "a count below zero": lambda f: change_card(f, confusion=[[-1] * 10] * 10),
    "a count with a fraction": lambda f: change_card(f, confusion=[[0.5] * 10] * 10),
    "frozen in words": lambda f: change_card(f, frozen="yes"),
}

BAD_WEIGHTS: dict[str, Callable[[Path], Any]] = {
    "no weights": lambda f: (f / "weights.safetensors").unlink(),
    "another digest": lambda f: change_card(f, weights_sha256="0" * 64),
    "no safetensors": lambda f: (f / "weights.safetensors").write_bytes(b"\x80\x04\x95."),
    "fewer classes than the head": lambda f: change_card(
        f, classes=["a", "b"], confusion=[[1, 1]] * 2
    ),
    "a head of another width": lambda f: change_card(f, recipe={"head_width": 5}),
    "another network": lambda f: change_card(f, config={"latent_dim": 3, "widths": [5]}),
    "a weight left out": lambda f: change_weights(f, lambda t: t.pop("head.0.weight")),
    "a decoder": lambda f: change_weights(
        f, lambda t: t.update({"model.decoder.0.weight": torch.zeros(2, 3)})
    ),
    "a weight that is no number": fill("head.0.bias", float("nan")),
    "a deviation of zero": fill("code_std", 0.0),
    "a deviation below zero": fill("code_std", -1.0),
}


def is_a_plain_sentence(text: str) -> bool:
    return len(text) < 500 and "\n" not in text and text.endswith(".") and "Error" not in text


@pytest.mark.parametrize("way", BAD_CARDS)
def test_a_bad_card_is_listed_as_broken_with_the_reason(way: str, reader: str) -> None:
    BAD_CARDS[way](folder_of(reader))
    found, broken = classifiers.available()
    assert reader not in [card.name for card in found]
    reasons = {folder.name: folder.reason for folder in broken}
    assert is_a_plain_sentence(reasons[reader])
    for read in (classifiers.card, classifiers.load):
        with pytest.raises(UserError) as refused:
            read(reader)
        assert str(refused.value) == reasons[reader]
    assert checkpoints.available()[1] == []


@pytest.mark.parametrize("way", BAD_WEIGHTS)
def test_bad_weights_are_refused_with_the_reason(way: str, reader: str) -> None:
    BAD_WEIGHTS[way](folder_of(reader))
    with pytest.raises(UserError) as refused:
        classifiers.load(reader)
    assert is_a_plain_sentence(str(refused.value))
    assert reader in str(refused.value)


# What a model draws on purpose.


class Always(Classifier):
    """Takes everything for a three."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.nn.functional.one_hot(torch.full((len(x),), 3), self.classes).float()


def test_the_share_that_is_recognised_is_counted_for_each_class() -> None:
    model = ConditionalVAE(ConditionalConfig(widths=(8,)))
    shares = classifiers.recognised(model, Always(model, 10), n=7)
    assert shares.tolist() == [0, 0, 0, 1, 0, 0, 0, 0, 0, 0]


def test_the_seed_draws_the_styles() -> None:
    torch.manual_seed(0)
    model = ConditionalVAE(ConditionalConfig(widths=(8,)))
    classifier = Classifier(model, 10)

    def seen(seed: int) -> Tensor:
        drawn: list[Tensor] = []
        classifier.register_forward_pre_hook(lambda _, given: drawn.append(given[0]))
        classifiers.recognised(model, classifier, n=4, seed=seed)
        return torch.cat(drawn[-10:])

    assert seen(0).shape == (40, 1, 28, 28)
    assert torch.equal(seen(0), seen(0))
    assert not torch.equal(seen(0), seen(1))


def test_a_model_and_a_classifier_of_different_classes_are_refused() -> None:
    model = ConditionalVAE(ConditionalConfig(widths=(8,)))
    with pytest.raises(UserError, match="different images or classes"):
        classifiers.recognised(model, Classifier(model, 9))


# The command.


def ran(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        main.main(["classify", *words])
    said = capsys.readouterr()
    return int(ended.value.code or 0), said.out, said.err


QUICK = ["tiny", "--steps", "5", "--labels", "20", "--threads", "1"]


def test_the_command_keeps_a_classifier_and_says_how_well_it_does(
    capsys: pytest.CaptureFixture[str], tiny: str, tmp_path: Path
) -> None:
    code, out, _ = ran(capsys, *QUICK, "--frozen", "--name", "mine")
    card = classifiers.card("mine")
    assert (code, card.frozen, card.steps) == (0, True, 5)
    assert out.startswith("Kept mine after 5 steps on 20 labelled images")
    assert f"{card.metrics['accuracy']:.2%} of 360 images recognised." in out
    ran(capsys, *QUICK, "--into", str(tmp_path / "elsewhere"))
    assert (tmp_path / "elsewhere" / "tiny-classifier" / "classifier.json").is_file()


def test_the_command_gives_json(capsys: pytest.CaptureFixture[str], tiny: str) -> None:
    code, out, err = ran(capsys, *QUICK, "--scratch", "--json")
    *events, last = map(json.loads, out.splitlines())
    assert (code, err) == (0, "")
    assert events[-1]["event"]["step"] == 5
    assert last["whole"] is True
    assert last["classifier"] == classifiers.card("tiny-classifier").to_dict() | {
        "image_shape": [1, 28, 28]
    }
    assert last["classifier"]["scratch"] is True


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nothing"], "There is no checkpoint 'nothing'"),
        (["tiny", "--labels", "3"], "3 labelled images cannot be drawn"),
        (["tiny", "--name", "tiny"], "tiny is there already"),
        (["tiny", "--name", "tiny", "--replace"], "tiny is a checkpoint"),
        (["tiny", "--hold-out", "99999"], "Hold out 1 to"),
        (["tiny", "--shift", "99"], "--shift"),
        (["tiny", "--set", "zebras"], "There is no image set 'zebras'"),
        ([], "Missing argument 'checkpoint'"),
    ],
)
def test_the_command_refuses_in_a_sentence(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str], tiny: str
) -> None:
    code, out, err = ran(capsys, *words)
    assert (code, out) == (2, "")
    assert err.startswith("Error: ") and err.count("\n") == 1
    assert said in err


def test_ctrl_c_keeps_what_was_learned_and_resuming_ends_in_the_same_bits(
    capsys: pytest.CaptureFixture[str], tiny: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    iterate = Training.__iter__

    def interrupted(training: Training[Classifier]) -> Iterator[Event]:
        for event in iterate(training):
            signal.raise_signal(signal.SIGINT)
            yield event

    words = [*QUICK, "--precision", "float32"]
    before = signal.getsignal(signal.SIGINT)
    with monkeypatch.context() as patched:
        patched.setattr(loop, "EVENT_SECONDS", 0)
        patched.setattr(Training, "__iter__", interrupted)
        code, out, _ = ran(capsys, *words)
    assert code == 130
    assert out.startswith("Kept tiny-classifier after 1 steps")
    assert "It was stopped; the same command with --resume goes on." in out
    assert signal.getsignal(signal.SIGINT) is before
    assert classifiers.card("tiny-classifier").steps == 1
    assert ran(capsys, *words, "--resume")[0] == 0
    ran(capsys, *words, "--name", "undisturbed")
    resumed, undisturbed = map(classifiers.card, ("tiny-classifier", "undisturbed"))
    assert (resumed.steps, resumed.weights_sha256) == (5, undisturbed.weights_sha256)


# The benchmark.


def test_the_benchmark_compares_both_on_the_same_labelled_images(
    tiny: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[ClassifierSpec] = []
    start = classifier_runs.start

    def noted(spec: ClassifierSpec, **how: Any) -> ClassifierRun:
        asked.append(spec)
        return start(replace(spec, steps=2), **how)

    monkeypatch.setattr(classifier_runs, "start", noted)
    figures = benchmark.measure(tiny, labels=(10, 20), runs=2, hold_out=0)
    assert figures["gain_20"] == pytest.approx(figures["pretrained_20"] - figures["scratch_20"])
    assert 0 <= figures["scratch_10"] <= 1
    scratch = [spec for spec in asked if spec.scratch]
    pretrained = [spec for spec in asked if not spec.scratch]
    assert [replace(spec, scratch=False) for spec in scratch] == pretrained
    assert [(spec.labels, spec.seed) for spec in pretrained] == [(10, 0), (10, 1), (20, 0), (20, 1)]


def test_every_goal_of_the_benchmark_is_measured() -> None:
    wanted = report.goals("classifier")
    assert set(wanted) == {"gain_10", "gain_100", "gain_1000"}
    assert {f"gain_{count}" for count in benchmark.LABELS} >= set(wanted)


def test_models_lists_classifiers_and_says_which_are_broken(
    reader: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = folder_of("torn")
    folder.mkdir()
    (folder / "classifier.json").write_text("{")
    with pytest.raises(SystemExit):
        main.main(["models", "--json"])
    listed = json.loads(capsys.readouterr().out)
    assert [card["name"] for card in listed["classifiers"]] == [reader, "mnist-classifier"]
    assert "'torn'" in listed["broken"][0]["reason"]
    with pytest.raises(SystemExit):
        main.main(["models"])
    assert f"{classifiers.card(reader).metrics['accuracy']:.2%}" in capsys.readouterr().out


# The classifier that ships.


@pytest.fixture(scope="module")
def shipped() -> classifiers.Kept:
    return classifiers.load("mnist-classifier")


def test_the_shipped_classifier_recognises_what_its_card_says(
    shipped: classifiers.Kept, mnist_files: Mnist, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert shipped.card.metrics["accuracy"] > 0.99
    counts = classifiers.kept_confusion(shipped.card)
    assert int(counts.sum()) == 10_000
    assert float(counts.diagonal().sum()) / 10_000 == shipped.card.metrics["accuracy"]
    if mnist_files.is_real:
        monkeypatch.setenv("AE_DATA_DIR", str(mnist_files.raw))
        images = image_sets.load("mnist")
        some = slice(None, None, 5)
        reached = classifiers.accuracy(
            shipped.classifier, images.test[some], images.test_labels[some]
        )
        assert reached == pytest.approx(shipped.card.metrics["accuracy"], abs=2e-3)


def test_the_shipped_classifier_is_made_by_the_command_on_its_card(
    shipped: classifiers.Kept, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[ClassifierSpec] = []

    def refuse(spec: ClassifierSpec, *, on: str, root: Path | None) -> None:
        asked.append(spec)
        raise UserError("Enough.")

    monkeypatch.setattr(classifier_runs, "start", refuse)
    ran(capsys, *shlex.split(shipped.card.command)[4:], "--into", "elsewhere")
    assert asked[0].recipe() == shipped.card.recipe
    assert (asked[0].checkpoint, asked[0].steps) == (shipped.card.started_from, shipped.card.steps)


def test_samples_of_a_class_are_recognised_as_that_class(shipped: classifiers.Kept) -> None:
    model = checkpoints.load("mnist-conditional-vae-12").model
    assert isinstance(model, ConditionalVAE)
    assert float(classifiers.recognised(model, shipped.classifier).mean()) >= 0.97

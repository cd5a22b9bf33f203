"""Which labelled images a classifier learns from."""

from __future__ import annotations

import pytest
import torch

from ae_core.classifiers.objective import Recognition
from ae_core.errors import UserError
from ae_core.image_sets import ImageSet
from ae_core.image_sets.subsets import augmented, balanced, first_of_each, flipped, shifted
from tests.classifiers.small_runs import started


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


def test_half_of_the_images_are_mirrored_and_the_rest_stay() -> None:
    x = torch.arange(200 * 3 * 4 * 6).remainder(251).to(torch.uint8).view(200, 3, 4, 6)
    turned = flipped(x, torch.Generator().manual_seed(0))
    mirrored = [torch.equal(after, before.flip(2)) for before, after in zip(x, turned, strict=True)]
    stayed = [torch.equal(after, before) for before, after in zip(x, turned, strict=True)]
    assert 70 < sum(mirrored) < 130
    assert sum(mirrored) + sum(stayed) == 200


def test_nothing_is_drawn_for_what_is_not_asked() -> None:
    x = torch.arange(2 * 28).to(torch.uint8).view(2, 1, 4, 7)
    generator = torch.Generator().manual_seed(0)
    before = generator.get_state()
    assert augmented(x, generator) is x
    assert torch.equal(generator.get_state(), before)
    assert not torch.equal(augmented(x, generator, shift=2, flip=True), x)


def test_first_images_are_one_of_each_class_and_then_whatever_comes_first() -> None:
    labels = torch.tensor([2, 2, 0, 2, 5, 0])
    assert first_of_each(labels, 5).tolist() == [2, 0, 4, 1, 3]
    assert first_of_each(labels, 2).tolist() == [2, 0]
    assert first_of_each(labels[:0], 3).tolist() == []

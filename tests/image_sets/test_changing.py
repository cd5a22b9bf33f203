"""Changes of a set that somebody made: whole or not at all, a new version where images change."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from ae_core import image_sets
from ae_core.accounts import ownership
from ae_core.errors import UserError
from ae_core.image_sets import changing, stored
from ae_core.image_sets.base import ImageSetKey
from ae_core.image_sets.stored import SetCard
from tests.image_sets.pets import collection_of, saved
from tests.people import ME, TEACHER, YOU, with_links


@pytest.fixture
def pets() -> SetCard:
    """A set of 60 images in three classes: "9", "10" and "cat"."""
    return saved(collection_of(60, lambda n: ["10", "9", "cat"][n % 3]))


def key_of(card: SetCard) -> ImageSetKey:
    return ImageSetKey(card.name, card.sha256)


def test_another_title_stands_on_the_card_and_in_the_list(pets: SetCard) -> None:
    changing.rename(ME, pets.name, "  My\tleaves ")
    assert image_sets.load(pets.name).title == "My leaves"
    assert [each.title for each in ownership.of(ME, ownership.IMAGE_SET)] == ["My leaves"]
    assert image_sets.load(pets.name).sha256 == pets.sha256
    with pytest.raises(UserError, match="at least one letter"):
        changing.rename(ME, pets.name, " ")


def test_words_for_the_images_are_given_and_taken_back(pets: SetCard) -> None:
    assert image_sets.load(pets.name).noun == ("", "")
    changing.call(ME, pets.name, "leaf", " leaves\n")
    assert image_sets.load(pets.name).noun == ("leaf", "leaves")
    with pytest.raises(UserError, match="both words"):
        changing.call(ME, pets.name, "leaf", "")
    changing.call(ME, pets.name, "", "")
    assert image_sets.load(pets.name).noun == ("", "")


def test_another_name_of_a_class_leaves_the_images_what_they_were(pets: SetCard) -> None:
    before = image_sets.load(pets.name)
    changing.rename_class(ME, key_of(pets), "10", "wolf")
    after = image_sets.load(pets.name)
    assert before.classes == ("9", "10", "cat")
    assert after.classes == ("9", "wolf", "cat")
    assert after.sha256 == before.sha256
    assert torch.equal(after.test_labels, before.test_labels)


def test_two_classes_become_one_in_a_new_version(pets: SetCard) -> None:
    before = image_sets.load(pets.name)
    changed = changing.rename_class(ME, key_of(pets), "9", "cat")
    after = image_sets.load(pets.name)
    assert after.classes == ("10", "cat")
    assert after.sha256 == changed.sha256 != before.sha256
    assert torch.equal(after.train, before.train)
    names = [before.classes[label] for label in before.train_labels]
    merged = [after.classes[label] for label in after.train_labels]
    assert merged == ["cat" if name == "9" else name for name in names]


def test_dropped_images_are_gone_and_the_others_stay_on_their_side(pets: SetCard) -> None:
    before = image_sets.load(pets.name)
    changing.drop(ME, key_of(pets), train=[0, 2, 10**6, -1], test=[1])
    after = image_sets.load(pets.name)
    stays = [number for number in range(len(before.train)) if number not in (0, 2)]
    assert torch.equal(after.train, before.train[stays])
    assert torch.equal(after.train_labels, before.train_labels[stays])
    assert len(after.test) == len(before.test) - 1
    assert after.sha256 != before.sha256
    (mine,) = ownership.of(ME, ownership.IMAGE_SET)
    assert mine.bytes == stored.size(pets.name) < mine.bytes + 3 * 28 * 28 * 3
    assert image_sets.load(pets.name).sha256 == after.sha256


def test_a_class_that_has_lost_its_last_image_is_gone(pets: SetCard) -> None:
    before = image_sets.load(pets.name)
    nines = {part: (getattr(before, f"{part}_labels") == 0).nonzero()[:, 0].tolist()
             for part in ("train", "test")}  # fmt: skip
    changing.drop(ME, key_of(pets), **nines)
    after = image_sets.load(pets.name)
    assert after.classes == ("10", "cat")
    assert len(after.train) + len(after.test) == 40


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda key: changing.rename_class(ME, key, "dog", "wolf"), "has no class 'dog'"),
        (lambda key: changing.rename_class(ME, key, "cat", " \t"), "needs a name"),
        (lambda key: changing.drop(ME, key, train=range(60)), "one of them to train"),
        (lambda key: changing.drop(ME, key, test=range(60)), "one of them to train"),
        (lambda key: changing.drop(ME, ImageSetKey(key.name, "0" * 64), train=[0]), "have changed"),
    ],
    ids=["no such class", "no name", "all to train on", "all to test on", "changed meanwhile"],
)
def test_what_cannot_be_changed_is_said_and_nothing_changes(
    pets: SetCard, change: Callable[[ImageSetKey], object], reason: str
) -> None:
    with pytest.raises(UserError, match=reason):
        change(key_of(pets))
    assert stored.card(pets.name) == pets


def test_only_the_owner_changes_a_set(pets: SetCard) -> None:
    ownership.share(ME, pets.name, True)
    for person in (YOU, with_links(YOU, pets.name), TEACHER):
        with pytest.raises(UserError, match="not yours"):
            changing.drop(person, key_of(pets), train=[0])
    assert stored.card(pets.name) == pets


def test_names_from_outside_are_one_line_and_short(pets: SetCard) -> None:
    changing.rename_class(ME, key_of(pets), "cat", "x\n\x00y" + 100 * "z")
    (name,) = [name for name in image_sets.load(pets.name).classes if name.startswith("x")]
    assert name == "x y" + 37 * "z"

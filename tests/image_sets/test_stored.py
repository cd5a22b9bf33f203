"""Image sets that people made: kept whole or not at all, read as if a stranger had made them."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors import safe_open

from ae_core import image_sets
from ae_core.accounts import ownership
from ae_core.errors import UserError
from ae_core.image_sets import base, stored
from ae_core.image_sets.stored import SetCard
from ae_core.images.form import Form, formed
from ae_core.uploads.collection import PictureCollection
from ae_core.uploads.intake import ReadResult
from tests.image_sets.pets import collection_of, picture, saved
from tests.people import ME, YOU, with_links


@pytest.fixture
def pets() -> SetCard:
    """A set of 60 images in three classes, in `AE_HOME`."""
    return saved(collection_of(60, lambda n: ["10", "9", "cat"][n % 3]))


def folder(card: SetCard) -> Path:
    return stored.root() / card.name


def rewritten(card: SetCard, **changes: Any) -> None:
    path = folder(card) / "set.json"
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **changes}), "utf-8")


def test_first_images_of_a_set_are_like_all_of_them() -> None:
    """Also where the pictures came class by class."""
    card = saved(collection_of(80, lambda n: "first" if n < 40 else "second"))
    labels = image_sets.load(card.name).train_labels
    assert 0.2 < labels[:20].float().mean() < 0.8
    assert saved(collection_of(80, lambda n: "first" if n < 40 else "second")).sha256 == card.sha256


@pytest.mark.parametrize("size", [28, 32, 64])
@pytest.mark.parametrize("colour", [True, False])
def test_a_set_comes_back_as_it_was_formed(size: int, colour: bool) -> None:
    collection, form = collection_of(40, str), Form(size=size, colour=colour)
    card = saved(collection, form)
    images = image_sets.load(card.name)
    assert images.image_shape == form.image_shape
    assert images.title == "My *pets*"
    assert images.classes == tuple(str(n) for n in range(40))
    assert len(images.train) + len(images.test) == 40
    for part, labels in ((images.train, images.train_labels), (images.test, images.test_labels)):
        assert (part.dtype, labels.dtype) == (torch.uint8, torch.int64)
        assert len(part) == len(labels) > 0
        for image, label in zip(part.numpy(), labels.tolist(), strict=True):
            assert np.array_equal(image, formed(picture(label), form))


def test_the_hash_is_that_of_all_pixels_and_labels_as_of_the_other_sets(pets: SetCard) -> None:
    images = image_sets.load(pets.name)
    parts = (images.train, images.train_labels, images.test, images.test_labels)
    assert images.sha256 == pets.sha256 == base.sha256_of(*parts)


def test_the_file_is_one_that_every_reader_of_its_format_reads(pets: SetCard) -> None:
    images = image_sets.load(pets.name)
    with safe_open(folder(pets) / "images.safetensors", "pt") as file:
        for part in ("train", "train_labels", "test", "test_labels"):
            assert torch.equal(file.get_tensor(part), getattr(images, part))


def test_classes_are_in_a_persons_order_and_numbers_in_theirs(pets: SetCard) -> None:
    assert pets.classes == ["9", "10", "cat"]


def test_images_without_labels_are_one_class_and_some_without_are_no_class() -> None:
    assert saved(collection_of(20)).classes == ["image"]
    assert saved(collection_of(20, lambda n: "cat" if n % 2 else "")).classes == ["cat", "no class"]


def test_a_set_is_its_owners_until_it_is_shared(pets: SetCard) -> None:
    assert pets.name in image_sets.available()
    assert ownership.is_private(pets.name)
    assert pets.name in ownership.visible(ME, image_sets.available())
    assert pets.name not in ownership.visible(with_links(YOU, pets.name), image_sets.available())
    (mine,) = ownership.of(ME, ownership.IMAGE_SET)
    assert (mine.title, mine.name) == ("My *pets*", pets.name)
    assert mine.bytes == sum(file.stat().st_size for file in folder(pets).iterdir())


def test_the_same_pictures_are_parted_the_same_way_every_time() -> None:
    first, again = (image_sets.load(saved(collection_of(40)).name) for _ in range(2))
    assert first.sha256 == again.sha256
    more = image_sets.load(saved(collection_of(60)).name)
    tested = {image.tobytes() for image in first.test.numpy()}
    assert tested <= {image.tobytes() for image in more.test.numpy()}


def test_nothing_that_is_alike_lies_on_both_sides() -> None:
    collection = PictureCollection()
    for number in range(60):
        collection.add(ReadResult("", "", picture(number, 60)))
        collection.add(ReadResult("", "", picture(number, 60)))
        collection.add(ReadResult("", "", picture(number, 60).resize((44, 44))))
    images = image_sets.load(saved(collection).name)
    assert len(images.train) + len(images.test) == 120
    distance = torch.cdist(images.train.flatten(1).float(), images.test.flatten(1).float())
    assert distance.min() > 500
    assert len(images.test) % 2 == 0
    fewer = image_sets.load(saved(collection, without_twins=True).name)
    assert len(fewer.train) + len(fewer.test) == 60


def test_pictures_that_their_form_makes_the_same_stay_on_one_side() -> None:
    collection = PictureCollection()
    for number in range(30):
        pixels = np.asarray(picture(number, 64)).copy()
        wide = np.concatenate([pixels, pixels, pixels], axis=1)
        for side in (0, 255):
            wide[:, :64] = wide[:, 128:] = side
            collection.add(ReadResult("", "", Image.fromarray(wide.copy())))
    survey = collection.survey()
    assert (survey.repeated, survey.twins) == (0, [])
    images = image_sets.load(saved(collection).name)
    train, test = (
        {image.tobytes() for image in part.numpy()} for part in (images.train, images.test)
    )
    assert len(train) + len(test) == 30
    assert not train & test


def test_too_few_different_pictures_are_no_set(home: Path) -> None:
    collection = collection_of(9)
    collection.add(ReadResult("", "", picture(0)))
    with pytest.raises(UserError, match="at least 10 different pictures, and these are 9"):
        saved(collection)
    assert not stored.root().exists()


def test_a_sixth_set_is_refused_by_the_name_of_its_limit() -> None:
    collection = collection_of(20)
    for _ in range(5):
        saved(collection)
    with pytest.raises(UserError, match=r"The limit is 5 \(`image_sets_kept` in limits\.toml\)"):
        saved(collection)
    assert saved(collection, person=YOU).name in stored.names()


def test_a_set_that_would_be_too_much_with_all_the_rest_is_refused(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits_file = home.with_name("mine.toml")
    limits_file.write_text("megabytes_kept = 1\n")
    monkeypatch.setenv("AE_LIMITS", str(limits_file))
    collection, form = collection_of(200), Form(size=32, colour=True)  # 0.6 MB
    first = saved(collection, form)
    with pytest.raises(UserError, match=r"0\.6 MB more\. .* The limit is 1 \(`megabytes_kept`"):
        saved(collection, form)
    assert stored.names() == [first.name]
    assert len(ownership.of(ME, ownership.IMAGE_SET)) == 1
    assert saved(collection_of(20)).name in stored.names()  # there is room for a smaller one


def test_two_sets_that_are_formed_at_once_do_not_share_the_last_room(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits_file = home.with_name("mine.toml")
    limits_file.write_text("megabytes_kept = 1\n")
    monkeypatch.setenv("AE_LIMITS", str(limits_file))
    collection, form = collection_of(300), Form(size=32, colour=True)
    others: list[SetCard] = []

    def tell(share: float) -> None:
        if not others:
            others.append(saved(collection, form))

    with pytest.raises(UserError, match="`megabytes_kept`"):
        saved(collection, form, tell=tell)
    assert stored.names() == [others[0].name]


def test_a_set_without_a_name_is_refused(home: Path) -> None:
    with pytest.raises(UserError, match="at least one letter"):
        saved(collection_of(20), title=" \u202e ")
    assert not stored.root().exists()


def nothing_is_left(home: Path) -> bool:
    root = stored.root()
    return ownership.of(ME, ownership.IMAGE_SET) == [] and (
        not root.exists() or list(root.iterdir()) == []
    )


def test_a_full_disk_leaves_nothing_behind(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UserError, match=r"could not be saved in .*No space left on device"):
        saved(collection_of(20))
    monkeypatch.undo()
    monkeypatch.setenv("AE_HOME", str(home))
    assert nothing_is_left(home)


@pytest.mark.parametrize("until", [0.5, 0.9])
def test_stopping_half_way_leaves_nothing_behind(until: float, home: Path) -> None:
    class Stopped(BaseException):
        pass

    told: list[float] = []

    def tell(share: float) -> None:
        told.append(share)
        if share >= until:
            raise Stopped

    with pytest.raises(Stopped):
        saved(collection_of(700), tell=tell)
    assert told == sorted(told)
    assert nothing_is_left(home)


def test_deleting_takes_the_files_and_the_record(pets: SetCard) -> None:
    image_sets.remove(pets.name)
    assert nothing_is_left(folder(pets))
    assert pets.name not in image_sets.available()
    with pytest.raises(UserError, match="no such image set"):
        image_sets.load(pets.name)
    image_sets.remove(pets.name)
    image_sets.remove("digits")
    image_sets.remove("../../etc")
    assert "digits" in image_sets.available()


@pytest.mark.parametrize("name", ["my-../../x", "my-", "my-" + "x" * 70, "my-A", "my-x/y", "my-\0"])
def test_a_name_that_is_no_folder_of_ours_is_no_set(name: str) -> None:
    with pytest.raises(UserError, match="There is no such image set"):
        image_sets.load(name)


def test_titles_are_given_and_broken_sets_left_out(pets: SetCard) -> None:
    broken = saved(collection_of(20), title="Broken")
    (folder(broken) / "set.json").write_text("{")
    names = image_sets.available()
    assert image_sets.titles(names) == {
        "digits": "Built-in digits",
        "shapes": "Shapes",
        pets.name: "My *pets*",
    }


def refused(card: SetCard) -> str:
    with pytest.raises(UserError) as caught:
        image_sets.load(card.name)
    message = str(caught.value)
    assert message.startswith(f"The folder {card.name!r} is not a whole image set")
    assert message.isprintable()
    assert len(message) < 400
    return message


def test_a_class_that_turns_the_line_is_read_without_what_turns_it(pets: SetCard) -> None:
    path = folder(pets) / "set.json"
    values = {**json.loads(path.read_text()), "classes": ["a", "\u202eb", "c\ud800"]}
    path.write_text(json.dumps(values))
    assert image_sets.load(pets.name).classes == ("a", " b", "c ")


HOSTILE_CARDS: dict[str, tuple[dict[str, Any], str]] = {
    "another format": ({"format": 2}, "format 2; this version reads 1"),
    "another name": ({"name": "my-other"}, "it is of 'my-other'"),
    "more images than there are": (
        {"train": 10**6},
        "images.safetensors is not what its card says",
    ),
    "more than anybody has": ({"train": 10**12}, "it counts"),
    "no test images": ({"test": 0}, "it counts"),
    "negative": ({"test": -5}, "test is -5"),
    "two channels": ({"image_shape": [2, 28, 28]}, "image shape"),
    "giant images": ({"image_shape": [3, 100_000, 100_000]}, "image shape"),
    "turned": ({"image_shape": [28, 28, 3]}, "image shape"),
    "a float": ({"train": 48.0}, "train is 48.0"),
    "a truth": ({"train": True}, "train is True"),
    "too few classes": ({"classes": ["a"]}, "labels without a class"),
    "no classes": ({"classes": []}, "it has 0 classes"),
    "the same class twice": ({"classes": ["a", "a", "b"]}, "two of one name"),
    "a class that is no text": ({"classes": ["a", 1, "b"]}, "classes is 1"),
    "a long class": ({"classes": ["a", "b" * 999, "c"]}, "its classes are"),
    "many classes": ({"classes": [str(n) for n in range(2000)]}, "it has 2,000 classes"),
    "a long title": ({"title": "x" * 10_000}, "its title is"),
    "no title": ({"title": ""}, "its title is"),
    "another hash": ({"sha256": "0" * 64}, "is not the file that its card names"),
    "no hash": ({"sha256": "x"}, "its hash or its date is invalid"),
    "something unknown": ({"more": 1}, "'more' is missing or unknown"),
}


@pytest.mark.parametrize("case", HOSTILE_CARDS)
def test_a_card_that_claims_what_is_not_so_is_refused(case: str, pets: SetCard) -> None:
    changes, said = HOSTILE_CARDS[case]
    rewritten(pets, **changes)
    assert said in refused(pets)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"name": 1}', "[" * 100_000, '{"a":NaN}'])
def test_a_card_that_is_none_is_refused(text: str, pets: SetCard) -> None:
    (folder(pets) / "set.json").write_text(text)
    assert "set.json is not a card" in refused(pets)


@pytest.mark.parametrize("name", ["set.json", "images.safetensors"])
def test_a_missing_file_is_named(name: str, pets: SetCard) -> None:
    (folder(pets) / name).unlink()
    assert f"{name} cannot be read" in refused(pets)


@pytest.mark.parametrize("change", ["cut", "longer", "header", "pixel", "label"])
def test_a_changed_file_is_refused(change: str, pets: SetCard) -> None:
    path = folder(pets) / "images.safetensors"
    data = bytearray(path.read_bytes())
    start = 8 + int.from_bytes(data[:8], "little")
    if change == "cut":
        del data[-1]
    elif change == "longer":
        data.append(0)
    else:
        data[{"header": 12, "label": start, "pixel": len(data) - 1}[change]] ^= 1
    path.write_bytes(data)
    expected = "is not the file that" if change in ("pixel", "label") else "is not what its card"
    assert expected in refused(pets)


def test_labels_outside_the_classes_are_refused_even_with_the_right_hash(pets: SetCard) -> None:
    images = image_sets.load(pets.name)
    train_labels = images.train_labels.numpy().copy()
    train_labels[0] = 3
    stored.write(
        pets,
        (train_labels, images.test_labels.numpy()),
        ([images.train.numpy().tobytes()], [images.test.numpy().tobytes()]),
    )
    assert "labels without a class" in refused(pets)


def test_changing_the_images_in_memory_leaves_the_file_alone(pets: SetCard) -> None:
    before = (folder(pets) / "images.safetensors").read_bytes()
    images = image_sets.load(pets.name)
    images.train.zero_()
    images.train_labels[:] = 7
    assert (folder(pets) / "images.safetensors").read_bytes() == before
    assert image_sets.load(pets.name).train.any()


def test_half_written_and_foreign_folders_are_no_sets(pets: SetCard) -> None:
    for name in (".my-half-x1", "my-UPPER", "notes.txt"):
        (stored.root() / name).mkdir()
    (stored.root() / "my-file").write_text("")
    (stored.root() / "public").mkdir()
    assert image_sets.available() == ["digits", "shapes", pets.name]

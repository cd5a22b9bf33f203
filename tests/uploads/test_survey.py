"""What is said of pictures before they are kept, and how they are split."""

from __future__ import annotations

import io
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from ae_core.errors import UserError
from ae_core.image_sets import splits
from ae_core.uploads import archives, near_duplicates, readings
from ae_core.uploads.intake import ReadResult
from tests.uploads.made_files import (
    collection_of,
    encoded,
    picture,
    read,
    surveyed,
)


def test_the_survey_counts_sizes_colours_ground_classes_and_refusals() -> None:
    collection = collection_of(
        [
            ReadResult("a", "cat", picture(0, (40, 30))),
            ReadResult("b", "cat", picture(1, (40, 30), "L")),
            ReadResult("c", "dog", Image.new("RGB", (10, 10), "black")),
            ReadResult("bad", reason="It is broken."),
            ReadResult(".DS_Store"),
        ]
    )
    survey = collection.survey()
    assert survey.classes == {"cat": 2, "dog": 1}
    assert (survey.count, survey.colourful, survey.left_out) == (3, 1, 1)
    assert (survey.smallest, survey.largest, survey.usual) == ((10, 10), (40, 30), (40, 30))
    assert survey.refused == [("bad", "It is broken.")]


def test_a_collection_gives_back_what_was_put_in_and_keeps_large_pictures_small() -> None:
    small, grey = picture(0, (50, 40)), picture(1, (7, 9), "L")
    collection = collection_of(
        [ReadResult("", "", each) for each in (small, grey, picture(2, (4000, 1000)))]
    )
    assert np.array_equal(np.asarray(collection.picture(0)), np.asarray(small))
    assert np.array_equal(np.asarray(collection.picture(1)), np.asarray(grey))
    assert collection.picture(2).size == (256, 64)
    assert np.array_equal(np.asarray(collection.picture(0)), np.asarray(small))


def test_a_pile_leaves_nothing_behind(home: Path) -> None:
    collection = collection_of([ReadResult("", "", picture())])
    assert list(home.iterdir()) == []
    del collection


def test_an_upload_without_any_picture_says_why() -> None:
    with pytest.raises(UserError, match=r"No picture could be read\. “a\.png” is empty"):
        collection_of(read(("a.png", b""))).survey()


def test_copies_are_found_whatever_the_file_and_twins_whatever_the_quality() -> None:
    first, other = picture(0, (60, 60)), picture(1, (60, 60))
    survey = surveyed(
        first,
        other,
        Image.open(io.BytesIO(encoded(first))),
        Image.open(io.BytesIO(encoded(first, "JPEG", quality=60))),
        first.resize((45, 45)),
    )
    assert survey.repeated == 1
    assert survey.is_first.tolist() == [True, True, False, True, True]
    assert survey.twins == [(0, 3), (0, 4)]
    assert len(set(survey.groups[[0, 2, 3, 4]].tolist())) == 1
    assert survey.groups[1] != survey.groups[0]


def test_a_copy_in_another_class_is_counted() -> None:
    survey = surveyed(("a", picture()), ("b", picture()), ("a", picture()), ("b", picture(1)))
    assert (survey.repeated, survey.contradicted) == (2, 1)


def test_plain_pictures_of_other_colours_are_not_alike() -> None:
    colours = ("black", "white", "red", "lime", "blue", "grey")
    survey = surveyed(*(Image.new("RGB", (20, 20), colour) for colour in colours))
    assert (survey.repeated, survey.twins) == (0, [])


def test_different_digits_are_not_alike(digits: Any) -> None:
    survey = surveyed(*(Image.fromarray(image) for image in digits.train[:400, 0].numpy()))
    assert survey.repeated == 0
    assert len(survey.twins) < 20


def test_near_groups_are_those_that_comparing_every_pair_gives() -> None:
    rng = np.random.default_rng(0)
    hashes = rng.integers(0, 2**63, 300).astype(np.uint64)
    for index in range(150, 300):
        flips = rng.integers(0, 64, int(rng.integers(1, 8)))
        hashes[index] = hashes[index - 150] ^ np.bitwise_or.reduce(
            np.uint64(1) << flips.astype(np.uint64)
        )
    glances = np.zeros((300, 192), np.uint8)
    groups = near_duplicates.near_groups(hashes, glances)
    near = np.bitwise_count(hashes[:, None] ^ hashes[None, :]) <= near_duplicates.MOST_BITS
    assert 150 < len(set(groups.tolist())) < 300
    for one, other in zip(*np.nonzero(near), strict=True):
        assert groups[one] == groups[other]
    for group in set(groups.tolist()):
        inside = groups == group
        assert inside.sum() == 1 or near[inside][:, inside].sum() > inside.sum()


def digests_of(count: int, start: int = 0) -> list[bytes]:
    return [zlib.crc32(str(n).encode()).to_bytes(4, "big") * 8 for n in range(start, start + count)]


def test_one_in_five_is_for_testing_and_the_same_images_fall_the_same_way() -> None:
    digests = digests_of(3000)
    chosen = splits.is_test(digests, np.arange(3000))
    assert 0.17 < chosen.mean() < 0.23
    order = np.random.default_rng(0).permutation(3000)[:500]
    again = splits.is_test([digests[index] for index in order], np.arange(500))
    assert np.array_equal(again, chosen[order])


def test_what_is_alike_stays_on_one_side() -> None:
    groups = np.arange(1000) // 4
    chosen = splits.is_test(digests_of(1000), groups).reshape(-1, 4)
    assert (chosen.all(1) | ~chosen.any(1)).all()
    assert 0 < chosen.sum() < 1000


@pytest.mark.parametrize("start", range(0, 40, 2))
def test_there_is_always_one_to_train_on_and_one_to_test_on(start: int) -> None:
    chosen = splits.is_test(digests_of(2, start), np.arange(2))
    assert chosen.sum() == 1


def test_images_that_are_all_alike_cannot_be_parted() -> None:
    with pytest.raises(UserError, match="All images look the same"):
        splits.is_test(digests_of(5), np.zeros(5, np.int64))


def test_the_folder_of_a_picture_is_its_class_whichever_way_the_slashes_lean() -> None:
    assert archives.parts_of("a\\b/c.png") == ("a", "b", "c.png")
    assert readings.folder_of("c.png") == ""
    assert readings.folder_of("photos/cats/c.png") == "cats"
    assert readings.folder_of("photos/cats/train/c.png") == "cats"

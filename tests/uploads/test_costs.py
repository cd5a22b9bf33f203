"""What made a reader throw, or take minutes, and is one of many of its kind."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest

from ae_core.images import headers
from ae_core.uploads import archives, array_labels, number_scale, tables
from ae_core.uploads.number_scale import Scale
from ae_core.uploads.readings import class_in_name
from tests.uploads.made_files import encoded, good, packed, picture, pixels_of, read, saved, zipped


@pytest.mark.parametrize("shape", [(1_500, 1_200), (900, 1_600, 3), (3, 900, 1_600)])
def test_one_picture_larger_than_what_is_looked_at_is_read_whole(shape: tuple[int, ...]) -> None:
    ramp = np.add.outer(np.arange(1_600), np.arange(1_600)) // 13
    height, width = shape[1:] if shape[0] == 3 else shape[:2]
    numbers = ramp[:height, :width]
    if len(shape) == 3:
        numbers = np.stack([numbers] * 3, axis=0 if shape[0] == 3 else 2)
    (found,) = good(read(("large.npy", saved(numbers.astype(np.uint8)))))
    upright = numbers.transpose(1, 2, 0) if shape[0] == 3 else numbers
    assert np.array_equal(pixels_of(found), upright.astype(np.uint8))


def test_damaged_labels_cost_the_labels_and_not_the_pictures() -> None:
    pictures = np.stack([np.asarray(picture(n, (12, 10), "L")) for n in range(9)])
    data = packed(images=pictures, labels=np.arange(9))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        place = archive.getinfo("labels.npy").header_offset
    damaged = data[: place + 60] + b"\xff" * 30 + data[place + 90 :]
    found = read(("a.npz", damaged))
    assert len(good(found)) == 9
    assert ["damaged" in each.reason for each in found if each.reason] == [True]


def test_numbers_that_no_double_tells_apart_are_no_classes() -> None:
    assert array_labels.labels_in(np.full(3, 1e300)) is None
    assert array_labels.labels_in(np.array([2.0, 5.0])) == ["2", "5"]


def test_numbers_beyond_those_of_four_bytes_keep_their_shades() -> None:
    shades = number_scale.to_bytes(np.linspace(0, 1e300, 64), Scale(0, 1e300))
    assert np.array_equal(shades, np.rint(np.linspace(0, 255, 64)))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a/cat.17.jpg", "cat"), ("cat (3).png", "cat"), ("cat_3.png", "cat"), ("3.png", ""),
        ("cat).png", "cat)"), ("(3).png", ""), ("cat 3 b.png", "cat 3 b"),
        ("1" * 100_000 + "x.png", "1" * 100_000 + "x"), ("_" * 100_000 + "x", "_" * 100_000 + "x"),
    ],
)  # fmt: skip
def test_a_class_in_a_name_stands_before_its_number_however_long_the_name(
    name: str, said: str
) -> None:
    assert class_in_name(name) == said


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("a/b.png", ("a", "b.png")), ("/a", ("/", "a")), ("//a/b", ("/", "a", "b")), ("", ()),
        (".", ()), ("./a//b/./c", ("a", "b", "c")), ("..\\a", ("..", "a")), ("/", ("/",)),
    ],
)  # fmt: skip
def test_a_name_is_taken_apart_as_a_path(name: str, parts: tuple[str, ...]) -> None:
    assert archives.parts_of(name) == parts


def test_a_zip_of_names_alone_says_which_is_wrong_and_keeps_the_others() -> None:
    found = read(("a.zip", zipped({".": encoded(picture()), "good.png": encoded(picture(1))})))
    assert [each.name for each in good(found)] == ["good.png"]
    assert [each.reason for each in found if each.reason] == [
        "A file in the zip has no name. Pack it again."
    ]


@pytest.mark.parametrize(
    ("cell", "is_one"),
    [
        ("1", True),
        (" -1.5e3 ", True),
        ("9" * 64, True),
        ("9" * 65, False),
        ("nan", True),
        ("", False),
    ],
)
def test_a_number_has_an_end(cell: str, is_one: bool) -> None:
    assert tables.is_number(cell) is is_one


def test_junk_in_a_jpeg_is_passed_over_as_far_as_a_decoder_would_in_no_time() -> None:
    data = encoded(picture(), "JPEG")
    some = data[:2] + b"\xff" * 60_000 + data[2:]
    assert good(read(("a.jpg", some)))
    with pytest.raises(ValueError, match="too much between"):
        headers.jpeg_header(data[:2] + b"\xff" * 70_000 + data[2:])

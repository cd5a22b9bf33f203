"""Arrays, tables and zips of every kind that is read: what a guess makes of them."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image

from ae_core.accounts.limits import Limits
from ae_core.errors import UserError
from ae_core.uploads.array_labels import classes_by_name
from ae_core.uploads.intake import Drawing, Intake, Upload
from ae_core.uploads.readings import Choices, class_in_name
from tests.uploads.made_files import encoded, good, packed, picture, read, saved, table, zipped


def smooth(count: int, height: int, width: int) -> np.ndarray:
    """Pictures, (n, h, w) of bytes, in which neighbours are alike."""
    return np.stack([
        np.asarray(picture(seed, (width, height), "L")) for seed in range(count)
    ])  # fmt: skip


def pixels(results: list[Any]) -> np.ndarray:
    return np.stack([np.asarray(each.picture) for each in good(results)])


def intake(*files: tuple[str, bytes], **options: Any) -> Intake:
    found = Intake([Upload(name, io.BytesIO(data)) for name, data in files], **options)
    list(found.look())
    return found


LAYOUTS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "n h w": lambda a: a,
    "h w n": lambda a: a.transpose(1, 2, 0),
    "n pixels": lambda a: a.reshape(len(a), -1),
    "by columns": np.asfortranarray,
    "h w n by columns": lambda a: np.asfortranarray(a.transpose(1, 2, 0)),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("size", [(20, 20), (30, 24)])
def test_the_order_of_the_axes_is_found_by_what_is_smooth(
    layout: str, size: tuple[int, int]
) -> None:
    images = smooth(40, *size)
    found = read(("a.npy", saved(LAYOUTS[layout](images))))
    assert np.array_equal(pixels(found), images)


def test_labels_say_which_axis_counts_the_pictures() -> None:
    images = smooth(20, 20, 20)
    data = packed(x=np.random.default_rng(0).integers(0, 256, (20, 20, 30), np.uint8),
                  y=np.arange(30) % 3)  # fmt: skip
    assert Counter(each.label for each in good(read(("a.npz", data)))) == dict.fromkeys("012", 10)
    colour = np.stack([images] * 3, axis=-1)
    assert len(good(read(("b.npy", saved(colour.transpose(1, 2, 3, 0)))))) == 20


SCALES: dict[str, tuple[Callable[[np.ndarray], np.ndarray], tuple[int, int]]] = {
    "bool": (lambda a: a > 128, (0, 1)),
    "uint8, dark": (lambda a: (a // 100).astype(np.uint8), (0, 255)),
    "float": (lambda a: a / 255, (0, 1)),
    "float, overshoot": (lambda a: a / 255 * 1.1 - 0.05, (0, 1)),
    "float around zero": (lambda a: a / 127.5 - 1, (-1, 1)),
    "percent": (lambda a: a / 2.55, (0, 100)),
    "float bytes": (lambda a: a + 0.0, (0, 255)),
    "int bytes": (lambda a: a.astype(np.int64), (0, 255)),
    "signed bytes": (lambda a: (a.astype(np.int16) - 128).astype(np.int8), (-128, 127)),
    "10 bits": (lambda a: a.astype(np.uint16) * 4, (0, 1023)),
    "12 bits": (lambda a: a.astype(np.int32) * 16, (0, 4095)),
    "14 bits": (lambda a: a.astype(np.uint16) * 64, (0, 16383)),
    "16 bits": (lambda a: a.astype(np.uint16) * 256, (0, 65535)),
}


@pytest.mark.parametrize("scale", SCALES)
def test_the_type_and_the_largest_number_say_what_is_white(scale: str) -> None:
    images = smooth(40, 12, 12)
    images[:, 0, 0], images[:, 0, 1] = 0, 255
    made, expected = SCALES[scale]
    found = intake(("a.npy", saved(made(images))))
    assert found.guesses.reading(Choices()).scale == expected
    read_back = pixels(list(found.read())).astype(int)
    if scale not in ("bool", "uint8, dark"):
        slack = 26 if "overshoot" in scale else 2
        assert np.abs(read_back - images).max() <= slack


@pytest.mark.parametrize("value", [0, 1, -5, 7.25, -0.5, 300])
def test_pictures_of_one_shade_are_read(value: float) -> None:
    for dtype in (np.float32, np.int16):
        found = read(("a.npy", saved(np.full((12, 8, 8), value, dtype))))
        assert len(good(found)) == 12


def test_one_broken_picture_does_not_darken_the_others() -> None:
    images = smooth(40, 12, 12).astype(np.int32)
    images[7, 0, 0] = 60_000
    found = read(("a.npy", saved(images)))
    assert [each.name for each in found if each.reason] == ["a.npy [7]"]
    assert np.array_equal(pixels(found), np.delete(images, 7, axis=0))


@pytest.mark.parametrize(
    "labels",
    [
        np.arange(12) % 3, (np.arange(12) % 3)[:, None], np.eye(3)[np.arange(12) % 3],
        np.eye(3, dtype=np.uint8)[np.arange(12) % 3], (np.arange(12) % 3).astype(np.float32),
    ],
    ids=["n", "n 1", "one-hot floats", "one-hot", "whole floats"],
)  # fmt: skip
def test_labels_come_in_every_shape(labels: np.ndarray) -> None:
    images = smooth(12, 10, 10)
    for data in (packed(x=images, y=labels), zipped(
        {"d/X.npy": saved(images), "d/X_target.npy": saved(labels)})):  # fmt: skip
        assert [each.label for each in good(read(("a.zip", data)))] == list("012") * 4
    together = read(("X.npy", saved(images)), ("X_target.npy", saved(labels)))
    assert [each.label for each in good(together)] == list("012") * 4


def test_an_array_of_names_names_the_numbers() -> None:
    data = packed(images=smooth(6, 9, 9), labels=np.array([0, 1, 2, 2, 1, 0]),
                  class_names=np.array(["cat", "dog", "owl"]))  # fmt: skip
    names = [each.label for each in good(read(("a.npz", data)))]
    assert names == ["cat", "dog", "owl", "owl", "dog", "cat"]


def test_numbers_that_are_no_classes_are_no_labels() -> None:
    data = packed(images=smooth(8, 9, 9), weights=np.linspace(0, 1, 8))
    assert [each.label for each in good(read(("a.npz", data)))] == [""] * 8


def test_classes_are_what_the_names_of_files_do_not_share() -> None:
    assert classes_by_name(["quickdraw_cat.npy", "quickdraw_dog.npy"]) == ["cat", "dog"]
    assert classes_by_name(["full The Eiffel Tower.npy", "full cat.npy"]) == [
        "The Eiffel Tower", "cat",
    ]  # fmt: skip
    for none in (["x_train.npy", "x_test.npy"], ["part1.npy", "part2.npy"], ["cat.npy"]):
        assert classes_by_name(none) == [""] * len(none)
    assert class_in_name("pets/cat.17.jpg") == class_in_name("cat (3).png") == "cat"


def rows_of(images: np.ndarray, labels: list[Any], first: bool = True) -> list[list[Any]]:
    flat = images.reshape(len(images), -1).tolist()
    return [[label, *row] if first else [*row, label]
            for label, row in zip(labels, flat, strict=True)]  # fmt: skip


WRITTEN = {
    "windows": lambda text: text.replace("\n", "\r\n").encode(),
    "old mac": lambda text: text.replace("\n", "\r").encode(),
    "marked": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "utf-16": lambda text: text.encode("utf-16"),
    "utf-16 without a mark": lambda text: text.encode("utf-16-le"),
    "semicolons": lambda text: text.replace(",", ";").encode(),
    "tabs": lambda text: text.replace(",", "\t").encode(),
    "spaces": lambda text: text.replace(",", " ").encode(),
    "excel": lambda text: b"sep=;\n" + text.replace(",", ";").encode(),
    "trailing": lambda text: text.replace("\n", ",\n").encode(),
    "quoted": lambda text: ('"' + text.strip().replace(",", '","').replace("\n", '"\n"')
                            + '"\n').encode(),
    "decimal commas": lambda text: "\n".join(
        ";".join([cell, *(f"{each},0" for each in rest)])
        for cell, *rest in (line.split(",") for line in text.strip().split("\n"))).encode(),
}  # fmt: skip


@pytest.mark.parametrize("how", WRITTEN)
def test_a_table_is_read_however_it_was_written(how: str) -> None:
    images = smooth(30, 8, 8)
    text = table(rows_of(images, [f"k{n % 3}" for n in range(30)])).decode().replace("\r", "")
    found = read(("a.csv", WRITTEN[how](text)))
    assert [each.label for each in found] == ["k0", "k1", "k2"] * 10
    assert np.array_equal(pixels(found), images)


def test_labels_of_any_name_stand_anywhere_beside_numbered_columns() -> None:
    images, kinds = smooth(30, 8, 8), [n % 4 for n in range(30)]
    names = [f"px_{n}" for n in range(64)]
    flat = images.reshape(30, -1).tolist()
    rows: list[list[Any]] = [["id", *names[:20], "species", *names[20:]]]
    rows += [[100 + n, *row[:20], kinds[n], *row[20:]] for n, row in enumerate(flat)]
    found = intake(("a.csv", table(rows)))
    taken = found.guesses.reading(Choices())
    assert (taken.label, taken.left_out) == ("species", ("id",))
    results = list(found.read())
    assert [each.label for each in results] == [str(kind) for kind in kinds]
    assert np.array_equal(pixels(results), images)


def test_pixels_in_one_cell_are_read() -> None:
    images = smooth(20, 10, 10)
    rows: list[list[Any]] = [["emotion", "pixels", "Usage"]]
    rows += [[n % 2, " ".join(map(str, row)), "Training"]
             for n, row in enumerate(images.reshape(20, -1).tolist())]  # fmt: skip
    found = read(("fer.csv", table(rows)))
    assert [each.label for each in found] == ["0", "1"] * 10
    assert np.array_equal(pixels(found), images)


def test_a_row_of_numbers_that_is_no_square_is_another_rectangle() -> None:
    images = smooth(30, 31, 24)
    found = read(("a.npy", saved(images.reshape(30, -1))))
    assert np.array_equal(pixels(found), images)


def test_choices_go_before_guesses() -> None:
    images = smooth(30, 8, 8)
    rows = rows_of(images, [n % 5 for n in range(30)])
    found = intake(("cats/a.csv", table(rows)))
    for label, expected in (("none", ""), ("folder", "cats"), ("name", "a")):
        assert {each.label for each in found.read(Choices(label=label))} == {expected}
    dark = pixels(list(found.read(Choices(white=4095))))
    assert abs(dark.mean() * 4095 / 255 - images.mean()) < 8
    with pytest.raises(UserError, match="Choose one of folder, name, none, 1"):
        found.guesses.check(Choices(label="nothing"))
    with_names = intake(("a.csv", table(rows)), has_header=True)
    assert len(list(with_names.read())) == 29


def test_more_than_a_set_may_have_are_drawn_evenly() -> None:
    allowed = Limits(images=30)
    files = {f"cat/{n}.png": encoded(picture(n)) for n in range(40)}
    files |= {f"dog/{n}.png": encoded(picture(100 + n)) for n in range(10)}
    found = intake(("a.zip", zipped(files)), allowed=allowed)
    assert found.count(Choices()) == 50
    results = good(list(found.read()))
    assert Counter(each.label for each in results) == {"cat": 20, "dog": 10}
    assert [each.name for each in results[:3]] == ["cat/1.png", "cat/3.png", "cat/5.png"]
    array = intake(("a.npy", saved(smooth(50, 8, 8))), allowed=allowed)
    assert len(good(list(array.read()))) == 30


def test_a_class_of_no_pictures_is_drawn_nothing() -> None:
    drawn = Drawing(Counter({"a": 3, "b": 1000}), 11)
    taken = [label for label in ["a"] * 3 + ["b"] * 1000 if drawn.takes(label)]
    assert Counter(taken) == {"a": 3, "b": 8}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (saved(np.array(["a", "b"])), "has the shape"),
        (saved(np.zeros((10, 8, 8), complex)), "plain numbers"),
        (saved(np.array(3)), "has the shape"),
        (saved(np.zeros((10, 0, 28))), "has the shape"),
        (saved(np.zeros((0, 28, 28))), "has the shape"),
        (saved(np.full((3, 8, 8), np.nan)), "NaN"),
    ],
    ids=["strings", "complex", "no dimension", "a zero dimension", "no entry", "NaN"],
)
def test_arrays_that_cannot_be_pictures_are_refused_in_words(data: bytes, said: str) -> None:
    found = read(("a.npy", data))
    assert found
    assert all(said in each.reason for each in found)


def test_what_nobody_thought_of_is_refused_by_its_kind_and_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_values: Any) -> None:
        raise ZeroDivisionError("some/secret/place")

    monkeypatch.setattr("ae_core.uploads.array_file.to_bytes", broken)
    found = read(("a.npy", saved(smooth(3, 8, 8))), ("b.png", encoded(picture())))
    assert [each.reason for each in found] == [
        "", "“a.npy” could not be read (ZeroDivisionError). Save it in another way and try again.",
    ]  # fmt: skip
    assert "secret" in caplog.text


def test_tables_of_all_kinds_of_damage_end_in_words() -> None:
    images = smooth(30, 8, 8)
    rows = rows_of(images, ["a"] * 30)
    rows[3] = ["some", "text"]
    rows[9] = [*rows[9], 7]
    found = read(("a.csv", table(rows)))
    assert len(good(found)) == 28
    assert len([each for each in found if each.reason]) == 2
    wide = ("9," * 10**6).encode()
    assert "a row of more than" in read(("b.csv", wide + b"\n" + wide))[0].reason
    assert read(("c.csv", b"\0\1\2" * 500))[0].reason


def test_names_of_every_kind_come_out_short_and_printable() -> None:
    names = ["x" * 300, "a\tb\x07/c\u202e.png", " /.png", "猫" * 90 + "/1.png"]
    files = {name: encoded(Image.new("L", (9, 9), 5 * n)) for n, name in enumerate(names)}
    found = read(("a.zip", zipped(files)))
    assert len(good(found)) == 3  # a name that begins with a dot is hidden
    for each in found:
        assert len(each.name) <= 80
        assert len(each.label) <= 40
        assert (each.name + each.label).isprintable()

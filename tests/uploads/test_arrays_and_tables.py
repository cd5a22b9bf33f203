"""Arrays and tables that people bring."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from typing import Any

import numpy as np
import pytest

from ae_core.uploads import numpy_files, tables
from tests.uploads.made_files import (
    good,
    packed,
    picture,
    pixels_of,
    read,
    reason,
    saved,
    table,
    zipped,
)

LAYOUTS = {
    "grey": (20, 12, 9),
    "grey with a channel": (20, 12, 9, 1),
    "colour last": (20, 12, 9, 3),
    "colour first": (20, 3, 12, 9),
    "rows of grey": (20, 81),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("white", [1, 16, 255, 65_535])
def test_arrays_are_read_in_every_layout_and_scale(layout: str, white: int) -> None:
    shape = LAYOUTS[layout]
    values = np.random.default_rng(0).integers(0, 256, shape) / 255
    values.flat[0] = 1
    scaled = (values * white).astype(np.float32) if white != 255 else (values * 255).round()
    found = good(read(("a.npy", saved(scaled.astype(np.uint8) if white == 255 else scaled))))
    assert len(found) == 20
    expected = np.rint(values * 255)
    if layout == "colour first":
        expected = expected.transpose(0, 2, 3, 1)
    if layout == "rows of grey":
        expected = expected.reshape(20, 9, 9)
    for index, each in enumerate(found):
        assert np.abs(pixels_of(each) - expected[index].squeeze()).max() <= 1
    assert found[3].name == "a.npy [3]"


def test_an_npz_gives_each_array_its_own_labels() -> None:
    grey = np.random.default_rng(0).integers(0, 256, (9, 8, 8), np.uint8)
    data = packed(
        x_train=grey[:6], y_train=np.arange(6), x_test=grey[6:], y_test=np.array(["a", "b", "c"])
    )
    found = good(read(("mine.npz", data)))
    assert [each.label for each in found] == ["0", "1", "2", "3", "4", "5", "a", "b", "c"]
    assert np.array_equal(pixels_of(found[7]), grey[7])
    medical = packed(train_images=grey, train_labels=np.arange(9, dtype=np.uint8)[:, None])
    assert [each.label for each in good(read(("m.npz", medical)))] == list("012345678")


def test_objects_in_an_array_are_never_unpickled() -> None:
    written = io.BytesIO()
    header = {"descr": "|O", "fortran_order": False, "shape": (3, 8, 8)}
    np.lib.format.write_array_header_1_0(written, header)
    written.write(b"cos\nsystem\n(S'touch /tmp/owned'\ntR.")
    assert "plain numbers" in reason(read(("a.npy", written.getvalue())))
    assert "plain numbers" in reason(read(("a.npz", zipped({"x.npy": written.getvalue()}))))


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        ((10**6, 1000, 1000), "cut short or longer"),
        ((3, 7, 9, 4), "cut short or longer"),
        ((-1, 8, 8), "cut short or longer"),
    ],
)
def test_an_array_that_promises_other_than_is_there_is_refused_from_its_header(
    shape: tuple[int, ...], said: str
) -> None:
    written = io.BytesIO()
    header = {"descr": "|u1", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(written, header)
    written.write(bytes(192))
    tracemalloc.start()
    assert said in reason(read(("a.npy", written.getvalue())))
    assert tracemalloc.get_traced_memory()[1] < 2**20
    tracemalloc.stop()


def test_arrays_that_are_no_pictures_are_refused_by_their_shape() -> None:
    assert "has the shape (9,)" in reason(read(("a.npy", saved(np.zeros(9)))))
    assert "has the shape (9, 50)" in reason(read(("a.npy", saved(np.zeros((9, 50))))))
    assert "no array of pictures" in reason(read(("a.npz", packed(y=np.arange(3)))))
    assert "not a NumPy file" in reason(read(("a.npy", numpy_files.MAGIC + b"\1\0\xff\xff{")))
    assert "pixels, and" in reason(read(("a.npy", saved(np.zeros((1, 1, 500), np.uint8)))))


def test_single_pictures_with_impossible_numbers_are_refused_by_number() -> None:
    values = np.random.default_rng(0).random((300, 8, 8))
    values[299, 0, 0] = 7
    values[298, 0, 0] = np.nan
    found = read(("a.npy", saved(values)))
    assert len(good(found)) == 298
    assert "NaN" in found[298].reason
    assert found[299].reason.startswith("Its numbers are not between 0 and 1,")
    assert found[299].name == "a.npy [299]"


@pytest.mark.parametrize("place", ["first", "last"])
@pytest.mark.parametrize("header", [True, False])
@pytest.mark.parametrize("words", [True, False])
def test_tables_are_read_with_a_label_first_or_last_and_with_or_without_names(
    place: str, header: bool, words: bool, digits: Any
) -> None:
    pixels = digits.train[:30, 0].reshape(30, -1).tolist()
    labels = [f"kind {n}" if words else n for n in digits.train_labels[:30].tolist()]
    names = [f"p{n}" for n in range(784)]
    if place == "first":
        rows = [["label", *names]] * header + [[a, *b] for a, b in zip(labels, pixels, strict=True)]
    else:
        rows = [[*names, "label"]] * header + [[*b, a] for a, b in zip(labels, pixels, strict=True)]
    found = read(("a.csv", table(rows)))
    assert [each.label for each in found] == [str(label) for label in labels]
    assert np.array_equal(pixels_of(found[7]), digits.train[7, 0].numpy())
    assert found[7].name == "a.csv, row 8"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_may_have_no_labels_and_any_of_three_separators(delimiter: str) -> None:
    values = np.random.default_rng(0).random((4, 64)).round(3)
    found = read(("a.csv", table(values.tolist(), delimiter)))
    assert [each.label for each in found] == [""] * 4
    assert np.abs(pixels_of(found[2]) - values[2].reshape(8, 8) * 255).max() <= 0.51


@pytest.mark.parametrize("planes", [True, False])
def test_colour_in_a_row_is_found_plane_by_plane_or_pixel_by_pixel(planes: bool) -> None:
    pictures = [np.asarray(picture(n, (32, 32))) for n in range(8)]
    rows = [(each.transpose(2, 0, 1) if planes else each).reshape(-1) for each in pictures]
    found = read(("a.csv", table([row.tolist() for row in rows])), ("a.npy", saved(np.stack(rows))))
    assert len(good(found)) == 16
    for index, each in enumerate(found):
        assert np.array_equal(pixels_of(each), pictures[index % 8])


def test_bad_rows_are_refused_by_number_and_bad_tables_by_name() -> None:
    rows: list[list[Any]] = [[1, *[200] * 63, 5], *([[2, *[9] * 64]] * 40)]
    rows[38] = [2, 9]
    rows[39] = [2, *["x"] * 64]
    rows[40] = [2, *[999] * 64]
    found = read(("a.csv", table(rows)))
    assert [each.name for each in found if each.reason] == [
        "a.csv, row 39", "a.csv, row 40", "a.csv, row 41",
    ]  # fmt: skip
    assert found[38].reason == "It has 2 columns, and the others have 65."
    assert "not a number" in found[39].reason
    assert "not between 0 and 255" in found[40].reason
    assert "has no rows" in reason(read(("e.csv", b"")))
    assert "has 3 columns" in reason(read(("e.csv", b"1,2,3\n4,5,6\n")))
    assert reason(read(("e.csv", b"\xff\xfe\0" * 1000)))


def test_a_table_without_line_ends_costs_no_more_than_a_line() -> None:
    data = b"1," * 4_000_000
    tracemalloc.start()
    assert any(each.reason for each in read(("a.csv", data)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 32 * tables.LOOKED_AT * tables.MAX_LINE


def test_tables_and_arrays_are_read_inside_a_zip_too() -> None:
    rows = [[*range(64)], [*range(1, 65)]]
    files = {"t/a.csv": table(rows), "t/b.npy": saved(np.zeros((2, 8, 8), np.uint8)), "c.txt": b"?"}
    found = read(("a.zip", zipped(files, compression=zipfile.ZIP_DEFLATED)))
    assert len(good(found)) == 4
    assert [each.name for each in found if each.reason] == ["c.txt"]

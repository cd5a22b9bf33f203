"""From uploads to pictures: what is read, what is refused and why, what is alike, who tests."""

from __future__ import annotations

import csv
import io
import stat
import struct
import tracemalloc
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from ae_core.errors import UserError
from ae_core.image_sets import splits
from ae_core.images import archives, intake, near_duplicates, numpy_files, tables
from ae_core.images.collection import PictureCollection, Survey
from ae_core.images.form import Form, formed, is_inverted
from ae_core.images.intake import ReadResult, Upload

HOSTILE = "\u202egnp.\x00<img src=x onerror=alert(1)>[a](http://x)" + "y" * 300


def picture(seed: int = 0, size: tuple[int, int] = (40, 30), mode: str = "RGB") -> Image.Image:
    """A smooth picture, another one for each seed."""
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 6, 3), np.uint8)
    return Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC).convert(mode)


def encoded(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    written = io.BytesIO()
    image.save(written, kind, **options)
    return written.getvalue()


def zipped(files: dict[str, bytes], **options: Any) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", **options) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return written.getvalue()


def read(*files: tuple[str, bytes]) -> list[ReadResult]:
    return list(intake.read([Upload(name, io.BytesIO(data)) for name, data in files]))


def good(found: list[ReadResult]) -> list[ReadResult]:
    return [each for each in found if each.picture is not None]


def reason(found: list[ReadResult]) -> str:
    """The only thing that was found is a refusal: why."""
    assert [each.picture for each in found] == [None]
    assert found[0].reason.isprintable()
    assert len(found[0].reason) < 300
    return found[0].reason


def saved(array: np.ndarray, **options: Any) -> bytes:
    written = io.BytesIO()
    np.save(written, array, allow_pickle=False, **options)
    return written.getvalue()


def packed(**named: np.ndarray) -> bytes:
    written = io.BytesIO()
    np.savez_compressed(written, allow_pickle=False, **named)
    return written.getvalue()


def table(rows: list[list[Any]], delimiter: str = ",") -> bytes:
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter).writerows(rows)
    return written.getvalue().encode()


def collection_of(found: list[ReadResult]) -> PictureCollection:
    collection = PictureCollection()
    for each in found:
        collection.add(each)
    return collection


def surveyed(*pictures: Image.Image | tuple[str, Image.Image]) -> Survey:
    labelled = [each if isinstance(each, tuple) else ("", each) for each in pictures]
    return collection_of([ReadResult("x", label, each) for label, each in labelled]).survey()


def pixels_of(found: ReadResult) -> np.ndarray:
    assert found.picture is not None
    return np.asarray(found.picture)


# --- files and zips ---------------------------------------------------------------------------


def test_each_format_is_read_by_its_content_and_damaged_ones_are_named() -> None:
    whole = encoded(picture())
    found = read(
        ("a.png", whole),
        ("b.txt", encoded(picture(1), "JPEG")),
        ("c.png", encoded(picture(2), "WEBP")),
        ("empty.png", b""),
        ("cut.png", whole[: len(whole) // 2]),
        ("page.png", b"<svg onload=alert(1)>"),
    )
    assert [each.name for each in good(found)] == ["a.png", "b.txt", "c.png"]
    assert [each.name for each in found if each.reason] == ["empty.png", "cut.png", "page.png"]
    assert "“empty.png” is empty" in found[3].reason
    assert "“cut.png” is damaged" in found[4].reason
    assert found[-1].share == 1


def test_folders_in_a_zip_become_classes_and_wrappers_do_not() -> None:
    data = encoded(picture())
    files = {f"all/{name}/{n}.png": data for name in ("cats", "dogs") for n in range(2)}
    found = read(("pets.zip", zipped({**files, "loose.png": data, "win\\3.0\\a.png": data})))
    assert [each.label for each in found] == ["cats", "cats", "dogs", "dogs", "", "3"]
    shares = [each.share for each in found]
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_what_systems_put_beside_pictures_is_left_out_without_a_word() -> None:
    data = encoded(picture())
    files = {"__MACOSX/a/._1.png": b"x", "a/.DS_Store": b"x", "a/Thumbs.db": b"x", "a/1.png": data}
    found = read(("a.zip", zipped(files)))
    assert len(good(found)) == 1
    assert [each.reason for each in found] == ["", "", "", ""]
    survey = collection_of(found).survey()
    assert (survey.count, survey.left_out, survey.refused_count) == (1, 3, 0)


@pytest.mark.parametrize(
    "name", ["../up.png", "/abs.png", "a/../../b.png", "..\\x.png", "C:\\x.png"]
)
def test_a_name_that_leads_out_of_the_zip_is_refused_and_nothing_is_written(
    name: str, tmp_path: Path
) -> None:
    before = sorted(tmp_path.rglob("*"))
    data = encoded(picture())
    found = read(("a.zip", zipped({name: data, "good/1.png": data})))
    assert "leads out of the zip" in found[0].reason
    assert len(good(found)) == 1
    assert sorted(tmp_path.rglob("*")) == before


def entry(name: str, **changes: Any) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    for field, value in changes.items():
        setattr(info, field, value)
    return info


def test_links_zips_in_zips_and_rare_packings_are_refused_one_by_one() -> None:
    written = io.BytesIO()
    data = encoded(picture())
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr(
            entry("link.png", external_attr=(stat.S_IFLNK | 0o777) << 16), "/etc/passwd"
        )
        archive.writestr("inner.zip", zipped({"a.png": data}))
        archive.writestr("rare.png", data, zipfile.ZIP_LZMA)
        archive.writestr("good.png", data)
    found = read(("a.zip", written.getvalue()))
    assert "is a link" in found[0].reason
    assert "zip inside the zip" in found[1].reason
    assert "packed in a way" in found[2].reason
    assert [each.name for each in good(found)] == ["good.png"]


def directory_field(data: bytes, name: str, offset: int, value: bytes) -> bytes:
    """The zip with another value in the directory's entry of that name."""
    place = data.rindex(name.encode()) - 46 + offset
    return data[:place] + value + data[place + len(value) :]


def test_an_encrypted_entry_and_a_wrong_checksum_are_refused_and_the_others_kept() -> None:
    files = {"secret.png": encoded(picture()), "wrong.png": encoded(picture(1)), "c.png": b""}
    files["c.png"] = encoded(picture(2))
    data = directory_field(zipped(files), "secret.png", 8, b"\1\0")
    data = directory_field(data, "wrong.png", 16, b"\1\2\3\4")
    found = read(("a.zip", data))
    assert "is encrypted" in found[0].reason
    assert "“wrong.png” is damaged inside the zip" in found[1].reason
    assert [each.name for each in good(found)] == ["c.png"]


@pytest.mark.parametrize("claimed", [10, 10**6])
def test_an_entry_that_lies_about_its_size_is_refused(claimed: int) -> None:
    files = {"lies.png": encoded(picture()), "good.png": encoded(picture(1))}
    data = zipped(files, compression=zipfile.ZIP_DEFLATED)
    found = read(("a.zip", directory_field(data, "lies.png", 24, struct.pack("<L", claimed))))
    assert "damaged" in found[0].reason
    assert [each.name for each in good(found)] == ["good.png"]


@pytest.fixture
def nothing_is_inflated(monkeypatch: pytest.MonkeyPatch) -> None:
    write = zipfile.ZipFile.open

    def open_(self: zipfile.ZipFile, name: Any, mode: str = "r", **options: Any) -> Any:
        return write(self, name, "w", **options) if mode == "w" else pytest.fail("it was inflated")

    monkeypatch.setattr(zipfile.ZipFile, "open", open_)


@pytest.mark.usefixtures("nothing_is_inflated")
def test_a_bomb_by_ratio_is_refused_before_anything_is_inflated() -> None:
    zeros = bytes(8 * 2**20)
    data = zipped({f"{n}.png": zeros for n in range(4)}, compression=zipfile.ZIP_DEFLATED)
    assert len(data) < 40_000
    assert "would unpack to 32 MB" in reason(read(("bomb.zip", data)))


@pytest.mark.usefixtures("nothing_is_inflated")
def test_entries_on_top_of_each_other_are_refused_before_anything_is_inflated() -> None:
    data = zipped({"a.png": bytes(1000), "b.png": bytes(1000)})
    first = data.index(b"PK\x03\x04")
    overlapping = directory_field(data, "b.png", 42, struct.pack("<L", first))
    assert "on top of each other" in reason(read(("a.zip", overlapping)))


@pytest.mark.usefixtures("nothing_is_inflated")
def test_a_zip_that_counts_other_than_it_lists_is_refused_before_python_opens_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = bytearray(zipped({f"{n}.png": b"" for n in range(20)}))
    end = data.rindex(b"PK\x05\x06")
    data[end + 10 : end + 12] = struct.pack("<H", 3)
    monkeypatch.setattr(zipfile, "ZipFile", lambda *_: pytest.fail("it was opened"))
    assert "cannot be opened as a zip" in reason(read(("a.zip", bytes(data))))


@pytest.mark.parametrize("comment", [b"", b"x" * 65_535])
def test_a_zip_of_the_far_kind_is_refused_wherever_its_end_lies(comment: bytes) -> None:
    data = zipped({"a.png": encoded(picture())})
    end = data.rindex(b"PK\x05\x06")
    far = b"PK\x06\x06" + bytes(52) + b"PK\x06\x07" + bytes(16)
    tail = data[end : end + 20] + struct.pack("<H", len(comment)) + comment
    assert "more than 65,534 files" in reason(read(("a.zip", data[:end] + far + tail)))


def test_300000_entries_are_refused_without_being_listed() -> None:
    one = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", *[0] * 16)
    assert len(one) == 46
    directory = one * 300_000
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 300_000 % 65_536, 300_000 % 65_536,
                      len(directory), 0, 0)  # fmt: skip
    data = b"PK\x03\x04" + bytes(26) + directory + end
    tracemalloc.start()
    assert "cannot be opened as a zip" in reason(read(("a.zip", data)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3 * len(directory)


@pytest.mark.parametrize("share", [0.2, 0.7, 0.99])
def test_a_zip_that_is_cut_short_is_refused_by_name(share: float) -> None:
    data = zipped({f"{n}.png": encoded(picture(n)) for n in range(5)})
    assert "“cut.zip” is damaged" in reason(read(("cut.zip", data[: int(len(data) * share)])))


def test_damaged_zips_give_pictures_or_refusals_and_nothing_else() -> None:
    rng = np.random.default_rng(0)
    whole = zipped({f"{n}/{n}.png": encoded(picture(n)) for n in range(4)})
    refused = 0
    for _ in range(150):
        data = bytearray(whole)
        for place in rng.integers(0, len(data), 3).tolist():
            data[place] ^= 1 << int(rng.integers(8))
        refused += sum(bool(each.reason) for each in read(("x.zip", bytes(data))))
    assert refused > 100


def test_hostile_names_become_one_short_line() -> None:
    found = read(("a.zip", zipped({f"{HOSTILE}/{HOSTILE}.png": encoded(picture())})))
    assert len(found) == 1
    assert found[0].name.isprintable()
    assert len(found[0].name) <= 80
    assert found[0].label.isprintable()
    assert len(found[0].label) <= 40


def test_two_ways_to_write_an_umlaut_are_one_class() -> None:
    data = encoded(picture())
    found = read(("a.zip", zipped({"k\u00e4fer/1.png": data, "ka\u0308fer/2.png": data})))
    assert [each.label for each in found] == ["k\u00e4fer"] * 2


def test_a_zip_of_more_files_than_a_set_may_have_names_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "limits.toml").write_text("images = 10\nupload_megabytes = 1\nmegapixels = 1\n")
    monkeypatch.setenv("AE_LIMITS", str(tmp_path / "limits.toml"))
    data = zipped({f"{n}.png": b"" for n in range(11)})
    assert "The limit is 10 (`images` in limits.toml)" in reason(read(("a.zip", data)))
    array = saved(np.zeros((11, 9, 9), np.uint8))
    assert "The limit is 10 (`images` in limits.toml)" in reason(read(("a.npy", array)))
    with pytest.raises(UserError, match=r"The limit is 1 \(`upload_megabytes` in limits\.toml\)"):
        read(("a.png", bytes(2**20)), ("b.png", b"x"))
    collection = collection_of([ReadResult("x", "", picture(n)) for n in range(10)])
    with pytest.raises(UserError, match=r"The limit is 10 \(`images` in limits\.toml\)"):
        collection.add(ReadResult("x", "", picture(10)))
    long = [ReadResult("x", "", picture(n, (1280, 64))) for n in range(10)]
    many = collection_of(long[:9])
    monkeypatch.setattr(many, "pixels", 10**6 - 1)
    with pytest.raises(UserError, match=r"The limit is 1 \(`megapixels` in limits\.toml\)"):
        many.add(long[9])


# --- arrays and tables ------------------------------------------------------------------------

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
    assert "by columns" in reason(read(("a.npy", saved(np.asfortranarray(np.zeros((9, 8, 8)))))))
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
    assert found[38].reason == "It has 2 columns, and the first row has 65."
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


# --- form ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [28, 32, 64])
@pytest.mark.parametrize("colour", [True, False])
@pytest.mark.parametrize("fit", ["crop", "pad"])
def test_every_form_has_its_shape(size: int, colour: bool, fit: Any) -> None:
    form = Form(size=size, colour=colour, fit=fit)
    for mode in ("L", "RGB"):
        pixels = formed(picture(size=(90, 20), mode=mode), form)
        assert pixels.shape == form.image_shape == (3 if colour else 1, size, size)
        assert pixels.dtype == np.uint8


def test_other_sizes_and_fits_are_refused() -> None:
    with pytest.raises(UserError, match="28, 32, 64"):
        Form(size=40)
    with pytest.raises(UserError, match="stretch"):
        Form.from_dict({"fit": "stretch"})


def test_cropping_keeps_the_middle_and_padding_keeps_everything_on_the_edges_own_ground() -> None:
    pixels = np.full((20, 60, 3), 200, np.uint8)
    pixels[8:12, 2:6] = (255, 0, 0)
    wide = Image.fromarray(pixels)
    cropped = formed(wide, Form(size=64, colour=True))
    assert (cropped == 200).all()
    padded = formed(wide, Form(size=64, colour=True, fit="pad"))
    assert (padded[:, 0] == 200).all()
    assert padded[1].min() < 50


def test_inverting_swaps_light_and_dark() -> None:
    plain, swapped = (formed(picture(), Form(invert=invert)) for invert in (False, True))
    assert np.array_equal(plain, 255 - swapped)


def test_ink_on_paper_is_found_to_be_inverted_and_digits_are_not(digits: Any) -> None:
    for image in digits.train[:50, 0].numpy():
        assert not is_inverted(Image.fromarray(image))
        assert is_inverted(Image.fromarray(255 - image))


# --- survey and split ---------------------------------------------------------------------------


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
    assert intake.label_of("c.png") == ""
    assert intake.label_of("photos/cats/c.png") == "cats"

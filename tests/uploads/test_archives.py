"""Files and zips that people bring."""

from __future__ import annotations

import io
import stat
import struct
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ae_core.errors import UserError
from ae_core.uploads.intake import ReadResult
from tests.uploads.made_files import (
    HOSTILE,
    collection_of,
    encoded,
    good,
    picture,
    read,
    reason,
    zipped,
)


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


def test_what_is_more_than_a_set_may_have_names_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "limits.toml").write_text("images = 10\nupload_megabytes = 1\nmegapixels = 1\n")
    monkeypatch.setenv("AE_LIMITS", str(tmp_path / "limits.toml"))
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

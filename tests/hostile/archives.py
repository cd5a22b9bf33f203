"""Zips with bombs, lies and names that nobody should follow."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
from PIL import Image

from tests.hostile.cases import Case
from tests.images.made_pictures import encoded, scene
from tests.uploads.made_files import HOSTILE, packed, picture, zipped

BROKEN, INSIDE = "cannot be opened as a zip", "is damaged inside the zip"
OUT, BOMB, ON_TOP = "leads out of the zip", "would unpack to", "on top of each other"
TOO_MUCH = "would have to be decoded"

LOCAL, ENTRY, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"

NAMES = {
    "": "has no name", ".": "has no name", "/": "has no pictures in it", "..": OUT,
    "../up.png": OUT,
    "/etc/passwd": OUT, "a/../../b.png": OUT, "..\\up.png": OUT, "C:\\x.png": OUT,
    "//server/x.png": OUT, "\0": "has no name", "~/.ssh/id_rsa": "has no pictures in it",
    "a" * 60_000: "a name of more than 1,000", "1" * 60_000 + "x.png": "a name of more than 1,000",
}  # fmt: skip

HARMLESS_NAMES = (
    "a\0.png", HOSTILE, "CON", "2" * 900 + "x.png", "_" * 900 + "x", "\u202egnp.exe",
    "%2e%2e%2fx.png", "$(id).png",
    "`id`.png", "a\nb.png", "\ufeff", "-rf", "a//b.png", "./a.png",
)  # fmt: skip


def cases() -> Iterator[Case]:
    """All of them."""
    one = encoded(scene())
    for name, said in NAMES.items():
        yield Case(f"an entry named {name[:30]!r}.zip", partial(_named, name, one), said)
    for name in HARMLESS_NAMES:
        yield Case(f"an entry named {name[:30]!r}.zip", partial(_named, name, one))
    made: dict[str, tuple[Callable[[], bytes], str]] = {
        "nothing in it": (lambda: zipped({}), "has no pictures in it"),
        "folders alone": (lambda: zipped({"a/": b"", "b/": b""}), "has no pictures in it"),
        "hidden files alone": (lambda: zipped({"__MACOSX/a.png": one, ".x": one}),
                               "has no pictures in it"),
        "a file of no bytes": (lambda: zipped({"a.png": b""}), "is empty"),
        "its end alone": (lambda: END + bytes(18), "has no pictures in it"),
        "its beginning alone": (lambda: LOCAL + bytes(40), BROKEN),
        "zeros": (lambda: LOCAL + bytes(10**6), BROKEN),
        "32 MB of zeros in 32 kB": (partial(_deflated, 4, 8), BOMB),
        "a bomb by overlap": (_overlapping, ON_TOP),
        "a zip in a zip": (lambda: zipped({"a.zip": zipped({"a.zip": zipped({"a.png": one})})}),
                           "is a zip inside the zip"),
        "300,000 entries": (_endless, BROKEN),
        "an end that counts fewer": (partial(_changed, END, 10, b"\0\0"), BROKEN),
        "an end that counts more": (partial(_changed, END, 10, b"\xff\xff"), BROKEN),
        "an end far away": (partial(_changed, END, 16, b"\xff\xff\xff\x7f"), ON_TOP),
        "a directory of 4 GB": (partial(_changed, END, 12, b"\xff\xff\xff\xff"), BROKEN),
        "a directory before the file": (partial(_changed, END, 16, b"\0\0\0\x7f"), ON_TOP),
        "an entry at the end": (partial(_changed, ENTRY, 42, b"\xff\xff\xff\x7f"), ON_TOP),
        "an entry of 4 GB": (partial(_changed, ENTRY, 24, b"\xfe\xff\xff\xff"), BOMB),
        "an entry that says more": (partial(_changed, ENTRY, 24, b"\0\0\1\0"), INSIDE),
        "an entry that says less": (partial(_changed, ENTRY, 24, b"\x0a\0\0\0"), "is damaged"),
        "a wrong checksum": (partial(_changed, ENTRY, 16, b"\1\2\3\4"), INSIDE),
        "another name inside": (partial(_changed, LOCAL, 30, b"X"), INSIDE),
        "encrypted": (partial(_changed, ENTRY, 8, b"\1\0"), "is encrypted"),
        "packed by 99": (partial(_changed, ENTRY, 10, b"\x63\0"), "is packed in a way"),
        "a stream that is none": (_broken_stream, INSIDE),
        "extra fields cut short": (_cut_extra, BROKEN),
        "a link": (_link, "is a link"),
        "packed by bzip2": (lambda: zipped({"a.png": one}, compression=zipfile.ZIP_BZIP2),
                            "is packed in a way"),
        "packed by lzma": (lambda: zipped({"a.png": one}, compression=zipfile.ZIP_LZMA),
                           "is packed in a way"),
        "a comment of 65,535 bytes": (_commented, ""),
        "the same name thrice": (_repeated, ""),
        "a program and a zip": (lambda: zipped({"a.exe": b"MZ" + bytes(99)}), "is not a picture"),
        "10,000 pictures of 24 million pixels": (_giants, TOO_MUCH),
        "100 photographs of 196 million pixels": (partial(_jpegs, 14_000, 14_000), TOO_MUCH),
        "an array of 4 GB": (_array_bomb, BOMB),
        "two arrays of which none is of pictures": (
            lambda: packed(a=np.arange(7.5), b=np.arange(7.5)), "has no array of pictures"),
    }  # fmt: skip
    for name, (make, said) in made.items():
        yield Case(f"{name}.zip", make, said)
    for share in (0.3, 0.6, 0.9):
        yield Case(f"cut at {share:.0%}.zip", partial(_cut, share), BROKEN)


def _several() -> bytes:
    return zipped({f"{n}.png": encoded(picture(n)) for n in range(4)})


def _cut(share: float) -> bytes:
    data = _several()
    return data[: int(len(data) * share)]


def _named(name: str, data: bytes) -> bytes:
    """`zipfile` ends a name at its first zero, so a stand-in is written and then changed."""
    raw = name.encode()
    stand_in = "x" * len(raw) if raw else "y"
    whole = zipped({stand_in: data})
    if raw:
        whole = whole.replace(stand_in.encode(), raw)
        flagged = b"\0\x08"
        for mark, at in ((LOCAL, 6), (ENTRY, 8)):
            place = whole.index(mark) + at
            whole = whole[:place] + flagged + whole[place + 2 :]
        return whole
    written = io.BytesIO()
    info = zipfile.ZipInfo("")
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr(info, data)
    return written.getvalue()


def _changed(mark: bytes, offset: int, value: bytes) -> bytes:
    """A zip with one thing changed in the last record of this kind."""
    data = zipped({"a.png": encoded(scene())}, compression=zipfile.ZIP_DEFLATED)
    place = data.rindex(mark) + offset
    return data[:place] + value + data[place + len(value) :]


def _deflated(files: int, megabytes: int) -> bytes:
    zeros = bytes(megabytes * 2**20)
    return zipped({f"{n}.png": zeros for n in range(files)}, compression=zipfile.ZIP_DEFLATED)


def _overlapping() -> bytes:
    data = zipped({"a.png": bytes(1000), "b.png": bytes(1000)})
    place = data.rindex(ENTRY) + 42
    return data[:place] + bytes(4) + data[place + 4 :]


def _endless() -> bytes:
    directory = struct.pack("<4s6H3L5H2L", ENTRY, *[0] * 16) * 300_000
    count = 300_000 % 65_536
    end = struct.pack("<4s4H2LH", END, 0, 0, count, count, len(directory), 0, 0)
    return LOCAL + bytes(26) + directory + end


def _broken_stream() -> bytes:
    data = zipped({"a.png": encoded(scene())}, compression=zipfile.ZIP_DEFLATED)
    return data[:35] + b"\xff" * 200 + data[235:]


def _cut_extra() -> bytes:
    info = zipfile.ZipInfo("a.png")
    info.extra = struct.pack("<HH", 0x7075, 60_000) + b"\1"
    return _written(info, encoded(scene()))


def _link() -> bytes:
    info = zipfile.ZipInfo("a.png")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return _written(info, b"/etc/passwd")


def _written(*parts: zipfile.ZipInfo | bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr(*parts)  # type: ignore[arg-type]
    return written.getvalue()


def _commented() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("a.png", encoded(scene()))
        archive.comment = b"x" * 65_535
    return written.getvalue()


def _repeated() -> bytes:
    data = zipped(
        {"a.png": encoded(picture(1)), "b.png": encoded(picture(2)), "c.png": encoded(picture(3))}
    )
    return data.replace(b"b.png", b"a.png").replace(b"c.png", b"a.png")


def _giants() -> bytes:
    flat = encoded(Image.new("L", (6_000, 4_000)), "WEBP", lossless=True)
    return zipped({f"{n}.webp": flat for n in range(10_000)}, compression=zipfile.ZIP_DEFLATED)


def _jpegs(width: int, height: int) -> bytes:
    """Small files whose headers say that they are as large as is read."""
    data = bytearray(encoded(scene(), "JPEG"))
    place = data.index(b"\xff\xc0")
    data[place + 5 : place + 9] = struct.pack(">HH", height, width)
    return zipped({f"{n}.jpg": bytes(data) for n in range(100)})


def _array_bomb() -> bytes:
    header = b"\x93NUMPY\1\0v\0{'descr': '|u1', 'fortran_order': False, 'shape': (32, 1024, 1024)}"
    return zipped({"a.npy": header + bytes(32 * 2**20)}, compression=zipfile.ZIP_DEFLATED)

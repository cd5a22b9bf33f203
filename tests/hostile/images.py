"""Pictures that are cut, swollen, absurd, or something else."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from functools import partial

from PIL import Image

from ae_core.images import formats
from tests.hostile.cases import Case
from tests.images.made_pictures import chunk, encoded, png, scene

GIANT, SLIVER = "Make it smaller", "one side can be at most 20 times the other"
DAMAGED, NO_PICTURE = "is damaged, or a", "is damaged or is not a picture"

OTHERS = {
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "is a PDF"),
    "psd": (b"8BPS\0\1" + bytes(20), "is a Photoshop file"),
    "eps": (b"%!PS-Adobe-3.0 EPSF-3.0\n(/etc/passwd) (r) file", "is a PostScript drawing"),
    "svg": (b"<svg onload='alert(1)' xmlns='x'/>", "is an SVG drawing"),
    "svg in xml": (b"<?xml version='1.0'?><!DOCTYPE svg><svg>", "is an SVG drawing"),
    "html": (b"<!doctype html><html><script>alert(1)</script>", "is a web page"),
    "ico": (b"\0\0\1\0\1\0" + bytes(20), "is an icon"),
    "jxl": (b"\xff\x0a" + bytes(20), "is a JPEG XL picture"),
    "jp2": (b"\0\0\0\x0cjP  \r\n\x87\n", "is a JPEG 2000 picture"),
    "big tiff": (b"II+\0\x08\0\0\0" + bytes(20), "is a BigTIFF"),
    "heic": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "is a HEIC photo"),
    "video": (b"\0\0\0\x18ftypisom\0\0\2\0isomiso2", "is a video"),
    "raw": (b"II*\0\x10\0\0\0CR\2\0", "RAW file"),
    "elf": (b"\x7fELF\2\1\1" + bytes(60), NO_PICTURE),
    "script": (b"#!/bin/sh\nrm -rf ~\n", NO_PICTURE),
    "pickle": (b"\x80\x04\x95c__builtin__\neval\n.", NO_PICTURE),
    "gzip": (b"\x1f\x8b\x08" + bytes(30), NO_PICTURE),
    "rar": (b"Rar!\x1a\x07\x01\0" + bytes(30), NO_PICTURE),
    "nothing": (b"", "is empty"),
    "one byte": (b"\xff", NO_PICTURE),
    "zeros": (bytes(10**6), NO_PICTURE),
    "nan": (b"NaN", NO_PICTURE),
}


def cases() -> Iterator[Case]:
    """All of them."""
    for name, (data, said) in OTHERS.items():
        yield Case(f"{name}.png", partial(bytes, data), said)
    for kind in formats.READ:
        for share in (0.02, 0.3, 0.6, 0.9):
            yield Case(f"cut at {share:.0%}.{kind}", partial(_cut, kind, share), DAMAGED)
        for size in ((0, 0), (60_000, 60_000), (16_000, 16_000), (1, 9_000)):
            made = partial(_resized, kind, size)
            said = DAMAGED if not all(size) else SLIVER if 1 in size else GIANT
            if kind in EXCEPT and size in EXCEPT[kind]:
                said = EXCEPT[kind][size]
            yield Case(f"{size[0]} x {size[1]}.{kind}", made, said)
        yield Case(f"behind junk.{kind}", partial(_behind, kind), NO_PICTURE)
        yield Case(f"before junk.{kind}", partial(_before, kind))
    yield from _pngs()
    yield from _jpegs()
    yield from _of_other_kinds()


EXCEPT: dict[str, dict[tuple[int, int], str]] = {
    # A side has 14 bits, or is one more than is written, so these sizes are others.
    "WebP": {(0, 0): GIANT},
}


def _whole(kind: str) -> bytes:
    return encoded(scene(), kind)


def _cut(kind: str, share: float) -> bytes:
    data = _whole(kind)
    return data[: max(24, int(len(data) * share))]


def _behind(kind: str) -> bytes:
    return b"\0junk\0" + _whole(kind)


def _before(kind: str) -> bytes:
    return _whole(kind) + b"\0junk\0" * 1000


def _resized(kind: str, size: tuple[int, int]) -> bytes:
    """A small picture whose header says that it has this size."""
    width, height = size
    data = bytearray(encoded(scene(), kind, lossless=True) if kind == "WebP" else _whole(kind))
    match kind:
        case "PNG":
            return png(width, height, 8, 2, bytes(100))
        case "JPEG":
            place = data.index(b"\xff\xc0")
            data[place + 5 : place + 9] = struct.pack(">HH", height, width)
        case "WebP":
            bits = (width - 1) & 0x3FFF | ((height - 1) & 0x3FFF) << 14
            data[21:25] = struct.pack("<I", bits)
        case "GIF":
            place = data.index(b",", 13 + 3 * 256)
            data[6:10] = data[place + 5 : place + 9] = struct.pack("<HH", width, height)
        case "BMP":
            data[18:26] = struct.pack("<ii", width, height)
        case "TIFF":
            for tag, side in ((256, width), (257, height)):
                place = data.index(struct.pack("<HHI", tag, 4, 1))
                data[place + 8 : place + 12] = struct.pack("<I", side)
        case "AVIF":
            place = data.index(b"ispe")
            data[place + 8 : place + 16] = struct.pack(">II", width, height)
    return bytes(data)


def _pngs() -> Iterator[Case]:
    for name in ("zTXt", "iTXt", "iCCP"):
        yield Case(f"a {name} that inflates to 100 MB.png", partial(_inflating, name.encode()),
                   DAMAGED)  # fmt: skip
    made: dict[str, tuple[Callable[[], bytes], str]] = {
        "pixels that inflate to 100 MB": (lambda: _png_of(_deflated()), ""),
        "a size of 31 bits": (lambda: png(2**31 - 1, 2**31 - 1, 8, 2, bytes(100)), GIANT),
        "a size of 32 bits": (lambda: png(2**32 - 1, 9, 8, 2, bytes(100)), GIANT),
        "7 bits": (lambda: png(4, 4, 7, 2, bytes(100)), DAMAGED),
        "colours of kind 5": (lambda: png(4, 4, 8, 5, bytes(100)), DAMAGED),
        "a palette that is missing": (lambda: png(4, 4, 8, 3, bytes(20)), DAMAGED),
        "rows with filter 9": (lambda: png(4, 4, 8, 0, b"\x09" * 20), DAMAGED),
        "too few rows": (lambda: png(400, 400, 8, 0, bytes(401 * 10)), ""),
        "a broken stream": (lambda: _png_of(b"\x78\x9c\xff\xff\xff\xff"), DAMAGED),
        "100,000 blocks": (lambda: png(4, 4, 8, 0, bytes(20), *[chunk(b"teXt", b"")] * 100_000),
                           DAMAGED),
        "a block longer than the file": (
            lambda: png(4, 4, 8, 0, bytes(20)).replace(b"\0\0\0\x0cIDAT", b"\x7f\xff\xff\xffIDAT"),
            "",
        ),
        "no rows": (lambda: _png_of(b""), DAMAGED),
    }  # fmt: skip
    for name, (make, said) in made.items():
        yield Case(f"{name}.png", make, said)


def _deflated(megabytes: int = 100) -> bytes:
    packer = zlib.compressobj(1)
    whole = [packer.compress(bytes(2**20)) for _ in range(megabytes)]
    return b"".join([*whole, packer.flush()])


def _inflating(name: bytes) -> bytes:
    start = {b"zTXt": b"a\0\0", b"iTXt": b"a\0\1\0\0\0", b"iCCP": b"a\0\0"}[name]
    return png(4, 4, 8, 0, bytes(20), chunk(name, start + _deflated()))


def _png_of(stream: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", 4, 4, 8, 0, 0, 0, 0)
    parts = [chunk(b"IHDR", header), chunk(b"IDAT", stream), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _jpegs() -> Iterator[Case]:
    whole = _whole("JPEG")
    progressive = encoded(scene(), "JPEG", progressive=True)
    last = progressive[progressive.rindex(b"\xff\xda") : -2]
    frame = whole.index(b"\xff\xc0")
    yield Case("200 scans.jpg", lambda: progressive[:-2] + last * 200 + progressive[-2:], "scans")
    yield Case("9 MB of 0xFF.jpg", lambda: b"\xff\xd8" + b"\xff" * 9_400_000, DAMAGED)
    yield Case("9 MB of zeros.jpg", lambda: b"\xff\xd8\xff" + bytes(9_400_000), DAMAGED)
    yield Case(
        "9 MB of 0xFF and a picture.jpg",
        lambda: b"\xff\xd8" + b"\xff" * 9_400_000 + whole[2:],
        DAMAGED,
    )
    yield Case("100,000 comments.jpg", lambda: whole[:2] + b"\xff\xfe\0\2" * 10**5 + whole[2:],
               DAMAGED)  # fmt: skip
    yield Case("no frame.jpg", lambda: whole[:frame] + whole[frame + 19 :], DAMAGED)
    yield Case("lossless.jpg", lambda: whole.replace(b"\xff\xc0", b"\xff\xc3", 1), DAMAGED)
    yield Case("12 bits.jpg", lambda: whole[: frame + 4] + b"\x0c" + whole[frame + 5 :], DAMAGED)
    yield Case("255 colours.jpg", lambda: whole[: frame + 9] + b"\xff" + whole[frame + 10 :],
               DAMAGED)  # fmt: skip
    yield Case("a frame of no length.jpg",
               lambda: whole[: frame + 2] + b"\0\0" + whole[frame + 4 :],
               DAMAGED)  # fmt: skip
    yield Case("60,000 x 60,000 in scans.jpg", partial(_progressive_giant, progressive), GIANT)


def _progressive_giant(whole: bytes) -> bytes:
    place = whole.index(b"\xff\xc2")
    return whole[: place + 5] + struct.pack(">HH", 8_000, 8_000) + whole[place + 9 :]


def _of_other_kinds() -> Iterator[Case]:
    gif, tiff = _whole("GIF"), _whole("TIFF")
    start = 13 + 3 * 256
    frame = gif.index(b",", start)
    yield Case("100,000 comments.gif", lambda: gif[:start] + b"!\xfe\1a\0" * 10**5 + gif[start:],
               DAMAGED)  # fmt: skip
    yield Case("9 MB between blocks.gif",
               lambda: gif[:start] + bytes(9_400_000) + gif[start:], DAMAGED)  # fmt: skip
    yield Case("9 MB between blocks in parts.gif",
               lambda: gif[:start] + (bytes(60_000) + b"!\xfe\0") * 160 + gif[start:],
               DAMAGED)  # fmt: skip
    yield Case("a frame far outside.gif", lambda: gif[: frame + 1] + b"\xff" * 8 + gif[frame + 9 :],
               GIANT)  # fmt: skip
    yield Case("codes of 200 bits.gif", partial(_with_code_size, gif, 200), DAMAGED)
    yield Case("a tag of 2 billion values.tif", lambda: _with_tag(273, 4, 2**31, 8), DAMAGED)
    yield Case("a page that is its own next.tif", lambda: tiff.replace(bytes(4), b"\x08\0\0\0", 1))
    yield Case(
        "a rare compression.tif", lambda: _with_tag(259, 3, 1, 34_712), "compressed in a rare"
    )
    yield Case("a page beyond the end.tif", lambda: b"II*\0\xff\xff\xff\x7f" + bytes(100), DAMAGED)
    yield Case("run lengths of 3 MB.bmp", _run_lengths, DAMAGED)
    yield Case("pixels beyond the end.bmp", lambda: _bmp_at(2**31 - 1), DAMAGED)


def _with_code_size(gif: bytes, bits: int) -> bytes:
    place = gif.index(b",", 13 + 3 * 256) + 10
    return gif[:place] + bytes([bits]) + gif[place + 1 :]


def _with_tag(tag: int, kind: int, count: int, value: int) -> bytes:
    """A TIFF of 4 x 4 grey pixels, with another value of one tag."""
    tags = {256: (4, 1, 4), 257: (4, 1, 4), 258: (3, 1, 8), 259: (3, 1, 1), 262: (3, 1, 1),
            273: (4, 1, 122), 277: (3, 1, 1), 278: (4, 1, 4), 279: (4, 1, 16)}  # fmt: skip
    tags[tag] = kind, count, value
    entries = b"".join(struct.pack("<HHII", tag, *each) for tag, each in sorted(tags.items()))
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(4) + bytes(16)


def _run_lengths() -> bytes:
    size, runs = 3_000, b"\1\7" * 1_500_000
    header = struct.pack("<IiiHHIIiiII", 40, size, size, 1, 8, 1, len(runs), 0, 0, 256, 0)
    start = 14 + 40 + 1024
    return (
        struct.pack("<2sIHHI", b"BM", start + len(runs), 0, 0, start) + header + bytes(1024) + runs
    )


def _bmp_at(place: int) -> bytes:
    data = bytearray(encoded(Image.new("RGB", (4, 4)), "BMP"))
    data[10:14] = struct.pack("<I", place)
    return bytes(data)

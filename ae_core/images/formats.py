"""What a file is, by its first bytes: the picture formats that are read, and others by name."""

from __future__ import annotations

import re

from PIL import features

from ae_core.errors import UserError
from ae_core.texts import N_, _

READ = {
    "PNG": ("png",),
    "JPEG": ("jpg", "jpeg"),
    "WebP": ("webp",),
    "GIF": ("gif",),
    "BMP": ("bmp",),
    "TIFF": ("tif", "tiff"),
} | ({"AVIF": ("avif",)} if features.check("avif") else {})
"""The formats that are read, each with the endings that its files have."""

ENDINGS = tuple(ending for endings in READ.values() for ending in endings)
"""What a page asks for. Without "heic" among them an iPhone sends its photos as JPEGs."""

RAW, HEIC = "RAW", "HEIC"

STARTS = {
    "PNG": rb"\x89PNG\r\n\x1a\n",
    "JPEG": rb"\xff\xd8\xff",
    "WebP": rb"RIFF....WEBP",
    "GIF": rb"GIF8[79]a",
    "BMP": rb"BM",
    RAW: rb"II\*\0....CR|FUJIFILMCCD-RAW|II[RU][O\0S]|MMOR|FOVb",
    "TIFF": rb"II\*\0|MM\0\*",
    "BigTIFF": rb"II\+\0|MM\0\+",
    "PDF": rb"%PDF-",
    "PSD": rb"8BPS",
    "PostScript": rb"%!PS|\xc5\xd0\xd3\xc6",
    "JPEG XL": rb"\xff\x0a|\0\0\0\x0cJXL ",
    "JPEG 2000": rb"\0\0\0\x0cjP  |\xff\x4f\xff\x51",
    "ICO": rb"\0\0[\1\2]\0",
    "SVG": rb"(?:\xef\xbb\xbf)?\s*(?:<[?!][^>]*>\s*)*<svg[\s>]",
    "HTML": rb"(?:\xef\xbb\xbf)?\s*(?:<![^>]*>\s*)*<html[\s>]",
}
"""How files begin. TIFF comes after the raw formats of cameras that have taken its beginning."""

BRANDS = {
    "AVIF": rb"avi[fs]",
    HEIC: rb"hei[cxms]|hev[cmxs]|mif1|msf1",
    RAW: rb"crx ",
    "video": rb"isom|iso\d|mp4\d|qt  |M4V |3gp",
}
"""Of a file in boxes (ISO/IEC 14496-12): what its first box says it is, or is compatible with."""

CALLED = {
    RAW: N_("a camera's RAW file"),
    "BigTIFF": N_("a BigTIFF"),
    "PDF": N_("a PDF"),
    "PSD": N_("a Photoshop file"),
    "PostScript": N_("a PostScript drawing"),
    "JPEG XL": N_("a JPEG XL picture"),
    "JPEG 2000": N_("a JPEG 2000 picture"),
    "ICO": N_("an icon"),
    "SVG": N_("an SVG drawing"),
    "HTML": N_("a web page"),
    "AVIF": N_("an AVIF picture"),
    "video": N_("a video"),
}
"""What a person is told that a file is."""

LONGEST_START = 1024


def named() -> str:
    """The formats that are read, for a sentence: "PNG, JPEG or WebP"."""
    *others, last = READ
    return _("{formats} or {last}", formats=", ".join(others), last=last)


def kind_of(data: bytes) -> str:
    """The format of a file by its first bytes: a key of `READ`, `CALLED`, "HEIC", or ""."""
    start = data[:LONGEST_START]
    if start[4:8] == b"ftyp":
        box = start[8 : int.from_bytes(start[:4])]
        brands = b" ".join(box[place : place + 4] for place in range(0, len(box), 4))
        return next((kind for kind, brand in BRANDS.items() if re.search(brand, brands)), "")
    return next((kind for kind, how in STARTS.items() if re.match(how, start, re.DOTALL)), "")


def refusal(kind: str, label: str) -> UserError:
    """The error for a file of a kind that is not read: what it is, and what to do."""
    if kind == HEIC:
        return UserError(
            _(
                "{file} is a HEIC photo, which is not read here. Export it as a JPEG; an iPhone"
                " takes JPEGs after Settings, Camera, Formats, Most Compatible.",
                file=label,
            )
        )
    if kind in CALLED:
        return UserError(
            _(
                "{file} is {kind}. Save the picture as {formats} and try again.",
                file=label,
                kind=_(CALLED[kind]),
                formats=named(),
            )
        )
    return UserError(
        _(
            "{file} is damaged or is not a picture. {formats} can be read: save it as one of these"
            " and try again.",
            file=label,
            formats=named(),
        )
    )

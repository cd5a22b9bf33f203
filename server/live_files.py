"""What the live map loads: its own files, networks as ONNX, codes, and test images.

Every address holds a hash of what lies there, so a browser asks once. What is behind it lies ready
in memory, compressed; what is not there yet is made beside the server, once for all who ask. What
is made of models that ship is kept on disk too, so that a server that has just started has it
before torch.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ae_core import browser_texts, languages
from ae_core.errors import UserError
from ae_core.storage import kept
from pages.ui.browser import built
from server.making import BusyError, Kept, Maker, asked
from server.owner import person_of

MEDIA_TYPES = {
    ".js": "text/javascript", ".wasm": "application/wasm", ".css": "text/css",
    ".woff2": "font/woff2",
}  # fmt: skip
COMPRESSED = frozenset({".woff2"})
"""What is compressed already."""

FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}

ASKED_AGAIN = {"Cache-Control": "private, no-cache", "Vary": "Accept-Encoding, Cookie"}
NOT_KEPT = {"Cache-Control": "no-store"}

MAKER = Maker()
MEGABYTE = 2**20

SHA256 = re.compile(r"[0-9a-f]{64}")
PART = re.compile(r"decoder|encoder|labelled-codes-[0-9a-f]{1,16}")


@dataclass(frozen=True)
class Kind:
    """What is given out: how it is made, how its address ends, and what is kept of it."""

    make: Callable[..., bytes]
    is_well_formed: Callable[[str], object]
    kept: Kept


@cache
def file_body(name: str, coding: str) -> bytes:
    """A built file, as it is or compressed."""
    return (built.FOLDER / f"{name}{coding}").read_bytes()


async def asset(request: Request) -> Response:
    """A built file."""
    name = str(request.path_params["name"])
    if name not in built.files().values():
        return PlainTextResponse("Not found", status_code=404)
    accepted = Headers(scope=request.scope).get("accept-encoding", "")
    coding = "br" if "br" in accepted else "gzip" if "gzip" in accepted else ""
    coding = "" if Path(name).suffix in COMPRESSED else coding
    headers = {**FOR_EVER, **({"Content-Encoding": coding} if coding else {})}
    body = file_body(name, {"br": ".br", "gzip": ".gz", "": ""}[coding])
    return Response(body, media_type=MEDIA_TYPES[Path(name).suffix], headers=headers)


async def texts(request: Request) -> Response:
    """What the browser's part says in a language, with this very hash."""
    language, sha256 = (str(request.path_params[key]) for key in ("language", "sha256"))
    is_one = language in languages.available()
    if not is_one or browser_texts.address(language) != f"/live-texts/{language}/{sha256}":
        return PlainTextResponse("Not found", status_code=404)
    return await _answer(gzip.compress(browser_texts.file(language), 6, mtime=0), request)


async def model_part(request: Request) -> Response:
    """The decoder, the encoder, or the test codes of a checkpoint with these very weights."""
    return await _given_out(request, MODEL_PARTS, "name", "sha256", "part")


async def classifier(request: Request) -> Response:
    """A classifier with these very weights."""
    return await _given_out(request, CLASSIFIERS, "name", "sha256")


async def set_images(request: Request) -> Response:
    """Some test images of a set, pixel by pixel."""
    return await _given_out(request, IMAGES, "name", "sha256", "rows")


async def set_factors(request: Request) -> Response:
    """What is known of the first test images of a set."""
    return await _given_out(request, FACTORS, "name", "sha256", "count")


async def training_images(request: Request) -> Response:
    """Some of the images that a browser is to learn from, or to be tested on."""
    return await _given_out(request, TRAINING_IMAGES, "name", "sha256", "which")


async def _given_out(request: Request, kind: Kind, *keys: str) -> Response:
    """What is made of an address, to those who may see it.

    What belongs to somebody is asked for each time, and is gone at once when it is not shared any
    more, or deleted.
    """
    from ae_core.accounts import ownership  # the database comes after the first page

    of = [str(request.path_params[key]) for key in keys]
    name = of[0]
    if not SHA256.fullmatch(of[1]) or not kind.is_well_formed(of[-1]):
        return PlainTextResponse("Not found", status_code=404)
    person = person_of(request, name)
    is_private = ownership.is_private(name)
    if is_private:
        try:
            if not await asked(ownership.visible, person, [name]):
                return PlainTextResponse("Not found", status_code=404, headers=NOT_KEPT)
        except UserError as failure:
            return PlainTextResponse(str(failure), status_code=503, headers=NOT_KEPT)
    tag = f'"{"-".join(of[1:])}"'
    if is_private and request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers={**ASKED_AGAIN, "ETag": tag})
    try:
        made = await MAKER.get(kind.kept, tuple(of), lambda: kind.make(*of), person.network)
    except UserError as failure:
        return PlainTextResponse(str(failure), status_code=404)
    except BusyError:
        return PlainTextResponse("Busy", status_code=503, headers={**NOT_KEPT, "Retry-After": "5"})
    answer = await _answer(made, request)
    if is_private:
        answer.headers.update({**ASKED_AGAIN, "ETag": tag})
    return answer


def _model_part(name: str, sha256: str, part: str) -> bytes:
    """One part of a checkpoint, compressed."""

    def make() -> bytes:
        from ae_core.export import browser_models

        return gzip.compress(browser_models.part(name, sha256, part), 6, mtime=0)

    return kept.made_of(name, (sha256, part), make)


def _classifier(name: str, sha256: str) -> bytes:
    def make() -> bytes:
        from ae_core.classifiers import onnx_files

        return gzip.compress(onnx_files.onnx_bytes(name, sha256), 6, mtime=0)

    return kept.made_of(name, (sha256, "classifier"), make)


def _test_images(name: str, sha256: str, rows: str) -> bytes:
    from ae_core.export import browser_models

    return gzip.compress(browser_models.images_of(name, sha256, rows), 6, mtime=0)


def _factors(name: str, sha256: str, count: str) -> bytes:
    from ae_core.export import browser_models

    return gzip.compress(browser_models.factors_of(name, sha256, int(count)), 6, mtime=0)


def _training_images(name: str, sha256: str, which: str) -> bytes:
    from ae_core.training import browser_images

    return gzip.compress(browser_images.of_run(name, sha256, which), 6, mtime=0)


MODEL_PARTS = Kind(_model_part, PART.fullmatch, Kept(128 * MEGABYTE))
CLASSIFIERS = Kind(_classifier, lambda _: True, Kept(16 * MEGABYTE))
IMAGES = Kind(
    _test_images, re.compile(r"\d{1,5}(,\d{1,5}){0,255}", re.ASCII).fullmatch, Kept(64 * MEGABYTE)
)
FACTORS = Kind(_factors, re.compile(r"[1-9]\d{0,4}", re.ASCII).fullmatch, Kept(16 * MEGABYTE))
TRAINING_IMAGES = Kind(
    _training_images, re.compile(r"[a-z0-9_.-]{8,2000}", re.ASCII).fullmatch, Kept(64 * MEGABYTE)
)


async def _answer(compressed: bytes, request: Request) -> Response:
    takes = "gzip" in Headers(scope=request.scope).get("accept-encoding", "")
    return Response(
        compressed if takes else await asked(gzip.decompress, compressed),
        media_type="application/octet-stream",
        headers={**FOR_EVER, **({"Content-Encoding": "gzip"} if takes else {})},
    )


ROUTES = [
    Route("/live/{name}", asset),
    Route("/live-texts/{language}/{sha256}", texts),
    Route("/live-models/{name}/{sha256}/{part}", model_part),
    Route("/live-classifiers/{name}/{sha256}", classifier),
    Route("/live-images/{name}/{sha256}/{rows}", set_images),
    Route("/live-factors/{name}/{sha256}/{count}", set_factors),
    Route("/live-training-images/{name}/{sha256}/{which}", training_images),
]

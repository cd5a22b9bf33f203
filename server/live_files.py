"""What the live map loads: its own files, networks as ONNX, codes, and test images.

Every address holds a hash of what lies there, so a browser asks once. What is behind it lies ready
in memory, compressed.
"""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from pages.ui.browser import built
from server.owner import person_of

MEDIA_TYPES = {".js": "text/javascript", ".wasm": "application/wasm"}

FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}

ASKED_AGAIN = {"Cache-Control": "private, no-cache", "Vary": "Accept-Encoding, Cookie"}
NOT_KEPT = {"Cache-Control": "no-store"}

MOST_PARTS = 96
"""Compressed parts of models kept in memory, each up to a megabyte or two."""

MOST_PAGES = 256
"""Compressed pages of images, each of about a hundred kilobytes."""

_MAKING = [threading.Lock() for _ in range(32)]


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
    headers = {**FOR_EVER, **({"Content-Encoding": coding} if coding else {})}
    body = file_body(name, {"br": ".br", "gzip": ".gz", "": ""}[coding])
    return Response(body, media_type=MEDIA_TYPES[Path(name).suffix], headers=headers)


def model_part(request: Request) -> Response:
    """The decoder, the encoder, or the test codes of a checkpoint with these very weights."""
    return _given_out(request, _model_part, "name", "sha256", "part")


def classifier(request: Request) -> Response:
    """A classifier with these very weights."""
    return _given_out(request, _classifier, "name", "sha256")


def set_images(request: Request) -> Response:
    """Some test images of a set, pixel by pixel."""
    return _given_out(request, _test_images, "name", "sha256", "rows")


def set_factors(request: Request) -> Response:
    """What is known of the first test images of a set."""
    return _given_out(request, _factors, "name", "sha256", "count")


def _given_out(request: Request, make: Callable[..., bytes], *keys: str) -> Response:
    """What `make` makes of an address, to those who may see it.

    What belongs to somebody is asked for each time, and is gone at once when it is not shared any
    more, or deleted.
    """
    from ae_core.accounts import ownership  # the database comes after the first page
    from ae_core.errors import UserError

    of = [str(request.path_params[key]) for key in keys]
    name = of[0]
    is_private = ownership.is_private(name)
    if is_private:
        try:
            if not ownership.visible(person_of(request, name), [name]):
                return PlainTextResponse("Not found", status_code=404, headers=NOT_KEPT)
        except UserError as failure:
            return PlainTextResponse(str(failure), status_code=503, headers=NOT_KEPT)
    try:
        tag = f'"{"-".join(of[1:])}"'
        if is_private and request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers={**ASKED_AGAIN, "ETag": tag})
        answer = _answer(_once(make, *of), request)
    except UserError as failure:
        return PlainTextResponse(str(failure), status_code=404)
    if is_private:
        answer.headers.update({**ASKED_AGAIN, "ETag": tag})
    return answer


def _once(make: Callable[..., bytes], *of: str) -> bytes:
    """What `make` remembers of these; a class that comes at once waits for the first to make it."""
    with _MAKING[hash(of) % len(_MAKING)]:
        return make(*of)


@lru_cache(maxsize=MOST_PARTS)
def _model_part(name: str, sha256: str, part: str) -> bytes:
    """One part of a checkpoint, compressed."""
    from ae_core.export import browser_models

    return gzip.compress(browser_models.part(name, sha256, part), 6)


@lru_cache(maxsize=4)
def _classifier(name: str, sha256: str) -> bytes:
    from ae_core.classifiers import onnx_files

    return gzip.compress(onnx_files.onnx_bytes(name, sha256), 6)


@lru_cache(maxsize=MOST_PAGES)
def _test_images(name: str, sha256: str, rows: str) -> bytes:
    from ae_core.export import browser_models

    return gzip.compress(browser_models.images_of(name, sha256, rows), 6)


@lru_cache(maxsize=4)
def _factors(name: str, sha256: str, count: str) -> bytes:
    from ae_core.export import browser_models

    return gzip.compress(browser_models.factors_of(name, sha256, int(count)), 6)


def _answer(compressed: bytes, request: Request) -> Response:
    takes = "gzip" in Headers(scope=request.scope).get("accept-encoding", "")
    return Response(
        compressed if takes else gzip.decompress(compressed),
        media_type="application/octet-stream",
        headers={**FOR_EVER, **({"Content-Encoding": "gzip"} if takes else {})},
    )


ROUTES = [
    Route("/live/{name}", asset),
    Route("/live-models/{name}/{sha256}/{part}", model_part),
    Route("/live-classifiers/{name}/{sha256}", classifier),
    Route("/live-images/{name}/{sha256}/{rows}", set_images),
    Route("/live-factors/{name}/{sha256}/{count:int}", set_factors),
]

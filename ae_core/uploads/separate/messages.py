"""What a page and a process that reads send each other: JSON, and the pixels of a picture after it.

Nothing of it can run code where it arrives: the process that sends has read what strangers made.
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from multiprocessing.connection import Connection
from typing import Any

from PIL import Image

from ae_core.images.decoding import FULL_SIZE
from ae_core.images.reading import full_size
from ae_core.settings import MAX_IMAGE_BYTES
from ae_core.texts import from_json, to_json
from ae_core.uploads.intake import ReadResult
from ae_core.uploads.number_scale import Scale
from ae_core.uploads.overview import Interpretation, Overview
from ae_core.uploads.picture_shapes import Layout
from ae_core.uploads.readings import Choices, Reading

Message = dict[str, Any]

MOST_BYTES = MAX_IMAGE_BYTES + 2**24
"""Of a message: a picture as it came, or as it was decoded."""


def send(pipe: Connection, message: Message, data: bytes = b"") -> None:
    """Send a message, and bytes after it."""
    pipe.send_bytes(json.dumps(message | {"has_data": bool(data)}).encode())
    if data:
        pipe.send_bytes(data)


def receive(pipe: Connection) -> tuple[Message, bytes]:
    """The next message, and the bytes that came after it.

    Raises:
        EOFError: there will be none.
        OSError: it is too large.
    """
    message: Message = json.loads(pipe.recv_bytes(MOST_BYTES))
    return message, pipe.recv_bytes(MOST_BYTES) if message["has_data"] else b""


def send_result(pipe: Connection, result: ReadResult) -> None:
    """Send a picture, or why there is none."""
    said = {"name": result.name, "label": result.label, "reason": to_json(result.reason),
            "share": result.share}  # fmt: skip
    if result.picture is None:
        send(pipe, {"result": said})
        return
    said |= {"size": result.picture.size, "mode": result.picture.mode,
             "full": full_size(result.picture)}  # fmt: skip
    send(pipe, {"result": said}, result.picture.tobytes())


def result_of(message: Message, data: bytes) -> ReadResult:
    """The picture that was sent, or why there is none."""
    said = message["result"]
    result = ReadResult(
        said["name"], said["label"], reason=from_json(said["reason"]), share=said["share"]
    )
    if "size" not in said:
        return result
    picture = Image.frombytes(said["mode"], tuple(said["size"]), data)
    picture.info[FULL_SIZE] = tuple(said["full"])
    return replace(result, picture=picture)


def send_overview(pipe: Connection, overview: Overview) -> None:
    """Send an overview, and then its pictures."""
    each_one = [overview.taken, *overview.others]
    said = [
        {"choices": asdict(each.choices), "reading": asdict(each.reading),
         "classes": list(each.classes), "pictures": len(each.pictures)}
        for each in each_one
    ]  # fmt: skip
    send(pipe, {"overview": said, "count": overview.count})
    for each in each_one:
        for result in each.pictures:
            send_result(pipe, result)


def overview_of(message: Message, pipe: Connection) -> Overview:
    """The overview that was sent, with its pictures, which come next."""
    taken, *others = [
        Interpretation(
            _choices(said["choices"]), _reading(said["reading"]), said["classes"],
            [result_of(*receive(pipe)) for _ in range(said["pictures"])],
        )
        for said in message["overview"]
    ]  # fmt: skip
    return Overview(message["count"], taken, others)


def choices_of(message: Message) -> Choices:
    """The choices that were sent."""
    return _choices(message["choices"])


def _choices(said: Message) -> Choices:
    return Choices(**said | {"layout": _layout(said["layout"])})


def _reading(said: Message) -> Reading:
    scale = said["scale"] and Scale(*said["scale"])
    changed = {
        "layout": _layout(said["layout"]),
        "scale": scale,
        "left_out": tuple(said["left_out"]),
    }
    return Reading(**said | changed)


def _layout(said: list[Any] | None) -> Layout | None:
    return Layout(said[0], tuple(said[1]), said[2]) if said else None

"""The process that reads what strangers bring: it limits itself, and reads what it is asked to.

    python -m ae_core.uploads.separate.process      with a socket as its standard input

A request is `{"picture": name}` with the bytes of one picture, or `{"files": …}` of an upload,
whose temporary file is handed over. Whatever happens while it reads costs this process alone.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
import time
import warnings
from dataclasses import replace
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle

from PIL import Image

from ae_core.accounts.limits import Limits
from ae_core.errors import UserError
from ae_core.images import reading
from ae_core.texts import to_json
from ae_core.uploads import overview
from ae_core.uploads.collection import small
from ae_core.uploads.intake import Intake, ReadResult, Upload
from ae_core.uploads.separate import bundle, messages
from ae_core.uploads.separate.bundle import Part
from ae_core.uploads.separate.messages import Message

MEMORY_BYTES = 2**30
"""For everything: the largest picture that is decoded takes 800 MiB, as a WebP."""

OPEN_FILES = 12
"""Modules that are needed late have to be opened; an upload has one file."""

LIFE_SECONDS = 1200
"""Of a processor, whatever comes."""

TIRED_SECONDS = 60
"""Of a processor, after which it takes no other request."""

IDLE_SECONDS = 600

LEAST_SECONDS = 30
"""Of a processor, for one request."""

SECONDS_A_PIXEL = 100e-9
"""Five times what the slowest decoder takes for a pixel of its header."""

SECONDS_A_BYTE = 300e-9
"""For the directories of zips, and the headers of what is in them."""

NICE = 5


def main() -> None:
    """Read what is asked for, until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it ends with whoever asks
    warnings.simplefilter("ignore")  # decoders warn of damage, which is said in a sentence
    Image.init()
    limit_itself()
    pipe = Connection(sys.stdin.fileno())
    while time.process_time() < TIRED_SECONDS and pipe.poll(IDLE_SECONDS):
        try:
            message, data = messages.receive(pipe)
            answer(pipe, message, data)
            is_last = time.process_time() >= TIRED_SECONDS
            messages.send(pipe, {"done": True, "is_last": is_last})
        except (BrokenPipeError, ConnectionResetError, EOFError):
            return


def limit_itself() -> None:
    """Take hard limits on, for good."""
    os.nice(NICE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_CPU, (LIFE_SECONDS, LIFE_SECONDS))
    if sys.platform == "linux":  # where it counts what is mapped, too
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_BYTES, MEMORY_BYTES))


def allow(seconds: float) -> None:
    """Let itself work so many seconds more; then the system ends it."""
    until = min(LIFE_SECONDS, int(time.process_time() + seconds) + 1)
    resource.setrlimit(resource.RLIMIT_CPU, (until, LIFE_SECONDS))


def answer(pipe: Connection, message: Message, data: bytes) -> None:
    """Do what is asked, and send what comes of it."""
    try:
        if "picture" in message:
            allow(LEAST_SECONDS)
            picture = reading.read(data, message["picture"])
            messages.send_result(pipe, ReadResult(message["picture"], picture=picture))
            return
        descriptor = recv_handle(pipe)
        try:
            _read_upload(pipe, message, descriptor)
        finally:
            os.close(descriptor)
    except UserError as failure:
        messages.send(pipe, {"error": to_json(failure.text)})


def _read_upload(pipe: Connection, message: Message, descriptor: int) -> None:
    """Look at the files, tell how far that is; then take the choices and send the pictures."""
    parts = [Part(*each) for each in message["files"]]
    allow(LEAST_SECONDS + SECONDS_A_BYTE * sum(part.size for part in parts))
    intake = Intake(
        [Upload(part.name, bundle.opened(descriptor, part)) for part in parts],
        replace(Limits(), **message["allowed"]), has_header=message["has_header"],
        begun=lambda name: messages.send(pipe, {"begun": name}),
    )  # fmt: skip
    allow(LEAST_SECONDS + SECONDS_A_PIXEL * intake.found.work)
    for share in intake.look():
        messages.send(pipe, {"looked": share})
    choices = messages.choices_of(message)
    for result in intake.read(choices):
        if message["small"] and result.picture is not None:
            result = replace(result, picture=small(result.picture))
        messages.send_result(pipe, result)
    messages.send_overview(pipe, overview.of(intake, choices))


if __name__ == "__main__":
    main()

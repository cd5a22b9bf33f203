"""A process that reads, as whoever asks it sees it: one is kept warm for the next who comes."""

from __future__ import annotations

import atexit
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.reduction import send_handle

from ae_core.errors import UserError
from ae_core.images.reading import quoted
from ae_core.settings import ROOT
from ae_core.texts import _, from_json, joined
from ae_core.uploads.separate import messages
from ae_core.uploads.separate.messages import Message
from ae_core.uploads.separate.process import IDLE_SECONDS

LOOK_SECONDS = 0.2
SILENT_SECONDS = 120.0
"""How long a process may send nothing; then it is ended."""

LEAVE_SECONDS = 2.0


class Reader:
    """One process, and the pipe to it."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-m", "ae_core.uploads.separate.process"]
        with theirs:
            self.process = subprocess.Popen(command, stdin=theirs.fileno(), cwd=ROOT)
        self.pipe = Connection(ours.detach())
        self.idle_since = time.monotonic()
        self.reads = ""
        """The file that it is reading."""
        self.has_refused = False
        """Whether it has answered the present request with an error."""

    @property
    def is_good(self) -> bool:
        """Whether it can be asked."""
        is_young = time.monotonic() - self.idle_since < IDLE_SECONDS / 2
        return is_young and self.process.poll() is None

    def ask(self, message: Message, data: bytes = b"", descriptor: int | None = None) -> None:
        """Send a request, with the bytes of a picture, or an open file."""
        self.has_refused = False
        messages.send(self.pipe, message, data)
        if descriptor is not None:
            send_handle(self.pipe, descriptor, self.process.pid)

    def answer(self, tell: Callable[[], None]) -> tuple[Message, bytes]:
        """Its next message; while it takes its time, `tell` is called again and again.

        Raises:
            UserError: it says so, or has ended.
        """
        began = time.monotonic()
        try:
            while not self.pipe.poll(LOOK_SECONDS):
                tell()
                if time.monotonic() - began > SILENT_SECONDS:
                    self.process.kill()
            message, data = messages.receive(self.pipe)
        except (EOFError, OSError, KeyError, ValueError) as failure:
            raise self._ended() from failure
        self.reads = message.get("begun", self.reads)
        if "error" in message:
            self.has_refused = True
            raise UserError(joined(from_json(message["error"])))
        return message, data

    def end(self) -> None:
        """End the process at once."""
        self.process.kill()
        self.process.wait()
        self.pipe.close()

    def _ended(self) -> UserError:
        try:
            code = self.process.wait(LEAVE_SECONDS)
        except subprocess.TimeoutExpired:
            self.end()
            code = self.process.returncode
        if code in (-signal.SIGXCPU, -signal.SIGKILL):
            return UserError(
                _(
                    "Reading {file} took too long, or too much memory, and was stopped. Leave it"
                    " out, or make it smaller, and try again.",
                    file=quoted(self.reads),
                )
            )
        return UserError(
            _(
                "{file} has made the program fail that reads pictures. Leave it out, or save it in"
                " another way, and try again.",
                file=quoted(self.reads),
            )
        )


class Readers:
    """The processes that read; one of them may be idle."""

    def __init__(self) -> None:
        self._idle: Reader | None = None
        self._lock = threading.Lock()
        atexit.register(self.end_idle)

    def warm_up(self) -> None:
        """Start a process for somebody who is choosing files, unless one is there."""
        with self._lock:
            if self._idle is None or not self._idle.is_good:
                self._keep(Reader())

    @contextmanager
    def taken(self) -> Iterator[Reader]:
        """A process for one request. Where its answer is not heard to the end, it is ended."""
        with self._lock:
            reader, self._idle = self._idle, None
        if reader is not None and not reader.is_good:
            reader.end()
            reader = None
        reader = reader or Reader()
        try:
            yield reader
        except BaseException:
            if reader.has_refused:
                self._take_back(reader)
            else:
                reader.end()
            raise
        self._take_back(reader)

    def end_idle(self) -> None:
        """End the process that waits."""
        with self._lock:
            self._keep(None)

    def _take_back(self, reader: Reader) -> None:
        message, _data = reader.answer(lambda: None)
        reader.idle_since = time.monotonic()
        if message.get("is_last", True):
            reader.end()
            return
        with self._lock:
            self._keep(reader)

    def _keep(self, reader: Reader | None) -> None:
        if self._idle is not None:
            self._idle.end()
        self._idle = reader

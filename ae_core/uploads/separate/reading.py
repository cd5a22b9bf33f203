"""Reads uploads of strangers: one after the other, in a process that may die of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict

from PIL import Image

from ae_core.accounts.limits import Limits
from ae_core.accounts.person import Person
from ae_core.uploads import intake
from ae_core.uploads.intake import ReadResult
from ae_core.uploads.overview import Overview
from ae_core.uploads.readings import Choices
from ae_core.uploads.separate import messages
from ae_core.uploads.separate.bundle import Bundle
from ae_core.uploads.separate.line import Line
from ae_core.uploads.separate.reader import Reader, Readers

READERS = Readers()
UPLOADS = Line(at_once=1)
_one_picture = threading.Lock()


def read_picture(data: bytes, name: str) -> Image.Image:
    """A picture, as `images.reading.read` gives it; it need not wait for uploads.

    Raises:
        UserError: anything wrong with the bytes.
    """
    with _one_picture, READERS.taken() as reader:
        reader.reads = name
        reader.ask({"picture": name}, data)
        found = messages.result_of(*reader.answer(lambda: None)).picture
        assert found is not None
        return found


class SeparateIntake:
    """An upload that another process reads: `look` at it first, then `read` it.

    Once it is read there is an `overview`.
    """

    overview: Overview

    def __init__(self, reader: Reader, wait: Callable[[], None]) -> None:
        self._reader, self._wait = reader, wait
        self._next = reader.answer(wait)

    def look(self) -> Iterator[float]:
        """Look at all arrays and tables, whole; gives the share that is done."""
        while "looked" in self._next[0] or "begun" in self._next[0]:
            if "looked" in self._next[0]:
                yield self._next[0]["looked"]
            self._next = self._reader.answer(self._wait)

    def read(self) -> Iterator[ReadResult]:
        """All pictures, in order; where they are too many, as many of each class as can be."""
        while "overview" not in self._next[0]:
            if "result" in self._next[0]:
                yield messages.result_of(*self._next)
            self._next = self._reader.answer(self._wait)
        self.overview = messages.overview_of(self._next[0], self._reader.pipe)


@contextmanager
def opened(
    bundle: Bundle, choices: Choices, allowed: Limits, person: Person,
    *, has_header: bool | None = None, is_small: bool = False,
    tell: Callable[[int], None] = lambda ahead: None,
) -> Iterator[SeparateIntake]:  # fmt: skip
    """An upload, once it is its turn to be read.

    Args:
        is_small: whether pictures are as small as a collection keeps them.
        tell: told again and again, while there is nothing else to tell, how many uploads come
            before this one. What it raises ends the reading.

    Raises:
        UserError: it is too large, too many are waiting, or it cannot be read.
    """
    intake.check_size(bundle.size, allowed)
    with UPLOADS.turn(person, allowed, tell), READERS.taken() as reader:
        request = {"files": bundle.parts, "choices": asdict(choices), "allowed": asdict(allowed),
                   "has_header": has_header, "small": is_small}  # fmt: skip
        reader.reads = bundle.parts[0].name
        reader.ask(request, descriptor=bundle.fileno())
        yield SeparateIntake(reader, lambda: tell(0))

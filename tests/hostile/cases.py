"""A hostile file, what is expected of it, and what reading it took."""

from __future__ import annotations

import ctypes
import io
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ae_core.errors import UserError
from ae_core.uploads import intake
from ae_core.uploads.collection import PictureCollection
from ae_core.uploads.intake import Upload

MOST_SECONDS, MOST_MEBIBYTES = 0.1, 64


@dataclass(frozen=True)
class Case:
    """A file that is made when it is needed.

    `said` is a part of the sentence that refuses it, or something in it. Where it is empty the file
    is harmless, and the pictures in it are read.
    """

    name: str
    make: Callable[[], bytes]
    said: str = ""


@dataclass(frozen=True)
class Outcome:
    """How many pictures were read, why others were not, and what it took of one processor."""

    pictures: int
    reasons: list[str]
    seconds: float
    mebibytes: float

    def is_as_expected(self, case: Case) -> bool:
        """Whether what should be refused is, in its sentence; else whether all of it is read."""
        if not case.said:
            return self.pictures > 0 and not self.reasons
        whole = all(each.isprintable() and each.endswith(".") for each in self.reasons)
        return whole and any(case.said in each for each in self.reasons)


def read(name: str, data: bytes) -> Outcome:
    """Take a file in as the page does, and measure it."""
    collection, reasons = PictureCollection(), []
    held, began = _held(), time.process_time()
    try:
        for result in intake.read([Upload(name, io.BytesIO(data))]):
            collection.add(result)
            reasons += [result.reason] * bool(result.reason)
    except UserError as failure:
        reasons.append(str(failure))
    return Outcome(len(collection), reasons, time.process_time() - began, _most_held() - held)


def _held() -> float:
    """MiB that this process holds; the most that it holds is counted from here on. On Linux."""
    if sys.platform != "linux":
        return 0.0
    ctypes.CDLL(None).malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5", "ascii")
    return _status("VmRSS")


def _most_held() -> float:
    return _status("VmHWM") if sys.platform == "linux" else 0.0


def _status(name: str) -> float:
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition(f"{name}:")[2].split()[0]) / 1024

"""Taking pictures in: the time for 5,000 colour pictures, the memory that 50,000 of them need.

From the zip to the finished image set: reading, comparing, forming, writing. All are 64 x 64 and in
colour, the largest form there is. The zip lies on the disk; what a web server keeps of an upload is
its own affair. Memory is what this process holds, at its highest, over what it held before.
"""

from __future__ import annotations

import io
import os
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image

from ae_core.accounts.person import Person
from ae_core.image_sets import saving
from ae_core.images.form import Form
from ae_core.uploads import intake
from ae_core.uploads.collection import PictureCollection
from benchmarks import report

FEW, MANY = 5_000, 50_000
SIDE, CLASSES = 64, 10
FORM = Form(size=SIDE, colour=True)


def packed(path: Path, count: int, kind: str) -> None:
    """A zip of so many different pictures in ten folders."""
    random = np.random.default_rng(0)
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(count):
            coarse = Image.fromarray(random.integers(0, 256, (8, 8, 3), np.uint8))
            written = io.BytesIO()
            coarse.resize((SIDE, SIDE), Image.Resampling.BICUBIC).save(written, kind)
            name = f"pictures/{number % CLASSES}/{number}.{kind.lower()}"
            archive.writestr(name, written.getvalue())


def taken_in(path: Path) -> dict[str, float]:
    """Seconds for each part of the way from a zip to an image set."""
    began = time.perf_counter()
    collection = PictureCollection()
    with path.open("rb") as file:
        for result in intake.read([intake.Upload(path.name, file)]):
            collection.add(result)
    read = time.perf_counter()
    survey = collection.survey()
    compared = time.perf_counter()
    card = saving.save(Person("benchmark"), collection, survey, FORM, title="Benchmark")
    saved = time.perf_counter()
    assert card.train + card.test == len(collection)
    return {
        "read_s": read - began,
        "compare_s": compared - read,
        "save_s": saved - compared,
        "all_s": saved - began,
    }


def held() -> int:
    """Bytes of memory that this process holds; on Linux."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def watched_memory() -> Iterator[list[int]]:
    """What is held, looked at twenty times a second."""
    seen, over = [held()], threading.Event()

    def watch() -> None:
        while not over.wait(0.05):
            seen.append(held())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield seen
    finally:
        over.set()
        watcher.join()


def measure() -> dict[str, float]:
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        os.environ["AE_HOME"] = folder
        path = Path(folder) / "pictures.zip"
        packed(path, FEW, "PNG")
        taken_in(path)  # modules are loaded, and the database is made
        times = taken_in(path)
        figures |= {f"few_{name}": value for name, value in times.items()}
        packed(path, MANY, "JPEG")
        with watched_memory() as seen:
            times = taken_in(path)
        figures |= {f"many_{name}": value for name, value in times.items()}
        figures["many_memory_mib"] = (max(seen) - seen[0]) / 2**20
    return figures


if __name__ == "__main__":
    report.main("intake", measure, "Taking pictures in")

"""Taking pictures in: the time for 5,000 colour pictures, the memory that 50,000 of them need.

    python -m benchmarks.intake                  all of it
    python -m benchmarks.intake photo --check    one photograph of 50 million pixels alone

`pictures` goes from the zip to the finished image set: reading, comparing, forming, writing. All
are 64 x 64 and in colour, the largest form there is. The zip lies on the disk; what a web server
keeps of an upload is its own affair. Memory is what this process holds, at its highest, over what
it held before. `photo` reads a JPEG of 50 million pixels, each time in a process of its own; memory
is the most that it held over what it held with the file's bytes.
"""

from __future__ import annotations

import io
import os
import statistics
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from PIL import Image

from ae_core.accounts.person import Person
from ae_core.image_sets import saving
from ae_core.images import reading
from ae_core.images.form import Form
from ae_core.uploads import intake
from ae_core.uploads.collection import PictureCollection
from benchmarks import report

FEW, MANY = 5_000, 50_000
SIDE, CLASSES = 64, 10
FORM = Form(size=SIDE, colour=True)
PHOTO = (8_660, 5_773)
PHOTO_READS = 5


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


def take_photo(path: Path) -> None:
    """A JPEG of 50 million pixels with the grain of a camera."""
    random = np.random.default_rng(0)
    width, height = PHOTO
    coarse = Image.fromarray(random.integers(0, 256, (height // 40, width // 40, 3), np.uint8))
    seen = np.asarray(coarse.resize(PHOTO, Image.Resampling.BICUBIC)).astype(np.int16)
    seen += random.integers(-6, 7, (height, width, 1), np.int16)
    Image.fromarray(seen.clip(0, 255).astype(np.uint8)).save(path, quality=90)


def most_held() -> int:
    """Bytes of memory that this process has held at most; on Linux.

    `resource` would give the parent's, too: that figure is handed on where a process is started.
    """
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


def read_photo(path: Path) -> tuple[float, float, int]:
    """Seconds, seconds of a processor, and bytes of memory for reading it once."""
    data = path.read_bytes()
    Image.init()
    before, began, worked = most_held(), time.perf_counter(), time.process_time()
    reading.read(data, path.name)
    ended, done = time.perf_counter(), time.process_time()
    return ended - began, done - worked, most_held() - before


def photo() -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "photo.jpg"
        spawned = get_context("spawn")
        with ProcessPoolExecutor(1, spawned, max_tasks_per_child=1) as processes:
            processes.submit(take_photo, path).result()
            reads = [processes.submit(read_photo, path).result() for _ in range(PHOTO_READS)]
    seconds, worked, memory = zip(*reads, strict=True)
    return {
        "photo_median_s": statistics.median(seconds),
        "photo_processor_median_s": statistics.median(worked),
        "photo_memory_mib": max(memory) / 2**20,
    }


def pictures() -> dict[str, float]:
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        os.environ["AE_HOME"] = folder
        limits = Path(folder) / "limits.toml"
        limits.write_text("megabytes_kept = 2000\n")  # the larger set is more than one may keep
        os.environ["AE_LIMITS"] = str(limits)
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


CHECKS: dict[str, Callable[[], dict[str, float]]] = {"photo": photo, "pictures": pictures}


def main() -> None:
    parser = report.parser("intake", "Taking pictures in")
    parser.add_argument("checks", nargs="*", default=list(CHECKS), help=", ".join(CHECKS))
    arguments = parser.parse_args()
    figures: dict[str, float] = {}
    for name in arguments.checks:
        figures |= CHECKS[name]()
    wanted = report.goals("intake")
    if set(arguments.checks) < set(CHECKS):
        wanted = {figure: goal for figure, goal in wanted.items() if figure in figures}
    report.conclude(arguments, figures, wanted, "Taking pictures in")


if __name__ == "__main__":
    main()

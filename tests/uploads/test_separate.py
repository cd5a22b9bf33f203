"""Uploads of strangers: read in a process of its own, in turn, within limits, and it may die."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from itertools import chain
from pathlib import Path

import numpy as np
import psutil
import pytest

from ae_core.accounts.limits import Limits
from ae_core.accounts.person import Person
from ae_core.errors import UserError
from ae_core.images import reading as in_process
from ae_core.uploads import overview
from ae_core.uploads.collection import small
from ae_core.uploads.intake import Intake, ReadResult, Upload
from ae_core.uploads.readings import Choices
from ae_core.uploads.separate import reading
from ae_core.uploads.separate.bundle import Bundle, opened
from ae_core.uploads.separate.line import Line
from tests.people import ANN
from tests.uploads.made_files import encoded, packed, picture, table, zipped

CASES = Path(__file__).parents[1] / "data" / "cases"
LIMITS = Limits()


@pytest.fixture(autouse=True)
def _no_process_is_left() -> Iterator[None]:
    yield
    reading.READERS.end_idle()


def bundle(**files: bytes) -> Bundle:
    return Bundle((name.replace("__", "."), io.BytesIO(data)) for name, data in files.items())


def processes() -> list[psutil.Process]:
    """Those that read."""
    children = psutil.Process().children()
    return [each for each in children if "ae_core.uploads.separate.process" in each.cmdline()]


def plain(found: list[ReadResult]) -> list[tuple[object, ...]]:
    return [
        (each.name, each.label, each.reason, each.share,
         each.picture and (each.picture.mode, each.picture.size, each.picture.tobytes(),
                           in_process.full_size(each.picture)))
        for each in found
    ]  # fmt: skip


CATS = {f"{n % 3}/{n}.png": encoded(picture(n)) for n in range(9)} | {"no": b"x"}


@pytest.mark.parametrize(
    "files",
    [
        {"a__zip": zipped(CATS),
         "b__jpg": encoded(picture(1, (3000, 2100)), "JPEG"), "empty__png": b""},
        {"a__npz": packed(images=np.arange(12 * 81, dtype=np.float64).reshape(12, 9, 9) % 251,
                          labels=np.arange(12) % 3)},
        {"a__csv": table([[n % 2, *range(n, n + 25)] for n in range(30)] + [[1, "x", 2]])},
        {"mask__npy": (CASES / "07_number_scale" / "mask_0_2.npy").read_bytes()},
        {"names__zip": (CASES / "01_zip_names" / "classes_gbk.zip").read_bytes()},
    ],
    ids=["pictures", "arrays", "table", "mask", "names"],
)  # fmt: skip
def test_another_process_gives_what_this_one_does(files: dict[str, bytes]) -> None:
    given = bundle(**files)
    own = Intake([Upload(part.name, opened(given.fileno(), part)) for part in given.parts])
    shares = list(own.look())
    expected = plain(list(own.read()))
    with reading.opened(given, Choices(), LIMITS, ANN) as other:
        assert list(other.look()) == shares
        assert plain(list(other.read())) == expected
    here = overview.of(own, Choices())
    assert (other.overview.count, len(other.overview.others)) == (here.count, len(here.others))
    for theirs, ours in zip(
        [other.overview.taken, *other.overview.others], [here.taken, *here.others], strict=True
    ):
        assert (theirs.choices, theirs.reading) == (ours.choices, ours.reading)
        assert list(theirs.classes) == list(ours.classes)
        assert plain(list(theirs.pictures)) == plain(list(ours.pictures))


def test_pictures_come_as_small_as_a_collection_keeps_them_where_that_is_asked_for() -> None:
    given = bundle(a__jpg=encoded(picture(0, (1500, 1100)), "JPEG"))
    with reading.opened(given, Choices(), LIMITS, ANN, is_small=True) as other:
        (found,) = chain(other.look(), other.read())
    assert isinstance(found, ReadResult) and found.picture is not None
    assert found.picture.size == (87, 64)
    assert in_process.full_size(found.picture) == (1500, 1100)
    kept = small(in_process.read(encoded(picture(0, (1500, 1100)), "JPEG"), "x"))
    assert found.picture.tobytes() == kept.tobytes()


def test_a_picture_by_itself_is_read_or_refused_in_the_same_words() -> None:
    data = encoded(picture(0, (1500, 1100)), "JPEG")
    assert reading.read_picture(data, "x").tobytes() == in_process.read(data, "x").tobytes()
    with pytest.raises(UserError, match=r"“cut\.jpg” is damaged, or a JPEG of a rare kind"):
        reading.read_picture(data[:500], "cut.jpg")
    (there,) = processes()
    assert reading.read_picture(encoded(picture()), "y").size == (40, 30)
    assert processes() == [there]


def pictures(count: int = 400) -> Bundle:
    """As many as keep it busy while something happens."""
    data = encoded(picture(0, (400, 300)))
    return bundle(a__zip=zipped({f"{n}.png": data for n in range(count)}))


def read_all(given: Bundle, meanwhile: Callable[[], object] = lambda: None) -> int:
    count = 0
    with reading.opened(given, Choices(), LIMITS, ANN) as found:
        for _result in chain(found.look(), found.read()):
            count += 1
            meanwhile()
    return count


@pytest.mark.parametrize(
    ("end", "said"),
    [
        (signal.SIGSEGV, r"“\d+\.png” has made the program fail that reads pictures\. Leave it"),
        (signal.SIGXCPU, r"Reading “\d+\.png” took too long, or too much memory, and was stopped"),
    ],
)
def test_a_process_that_dies_is_one_sentence_and_the_next_upload_is_read(
    end: signal.Signals, said: str
) -> None:
    def kill() -> None:
        for each in processes():
            os.kill(each.pid, end)

    with pytest.raises(UserError, match=said):
        read_all(pictures(), kill)
    assert read_all(pictures(3)) == 3


def test_whoever_stops_ends_the_process_and_leaves_the_line() -> None:
    def stop() -> None:
        raise KeyError

    with pytest.raises(KeyError):
        read_all(pictures(), stop)
    assert not processes()
    assert read_all(pictures(3)) == 3


@pytest.mark.parametrize(
    ("work", "said"),
    [
        ("bytearray(2 * 2**30)", "MemoryError"),
        ("[open('/dev/null') for _ in range(40)]", "Too many open files"),
        ("process.allow(0)\nwhile True: pass", -signal.SIGXCPU),
        ("import resource\nresource.setrlimit(resource.RLIMIT_CPU, (9999, 9999))", "ValueError"),
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not count what is mapped")
def test_the_process_cannot_go_beyond_its_limits(work: str, said: str | int) -> None:
    code = f"from ae_core.uploads.separate import process\nprocess.limit_itself()\n{work}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == said if isinstance(said, int) else said in done.stderr


class Waiting(threading.Thread):
    """Somebody with an upload, who leaves the line once `done` is set."""

    def __init__(self, line: Line, owner: str) -> None:
        super().__init__()
        self.line, self.owner = line, owner
        self.done, self.begun = threading.Event(), threading.Event()
        self.told: list[int] = []
        self.start()

    def run(self) -> None:
        with self.line.turn(Person(self.owner), LIMITS, self.told.append):
            self.begun.set()
            self.done.wait(20)


def test_uploads_are_read_in_the_order_in_which_they_came_and_told_their_place() -> None:
    line, people = Line(at_once=1), []
    for owner in ("ann", "bob", "cem"):
        people.append(Waiting(line, owner))
        while not (people[-1].told or people[-1].begun.is_set()):
            pass
    ann, bob, cem = people
    assert (ann.told, set(bob.told), set(cem.told)) == ([], {1}, {2})
    for each in people:
        assert each.begun.wait(20)
        while each is bob and 1 not in cem.told:
            time.sleep(0.01)
        assert sum(other.begun.is_set() and other.is_alive() for other in people) == 1
        each.done.set()
        each.join(20)
    assert sorted(set(cem.told)) == [1, 2]


def test_whoever_stops_waiting_leaves_the_line() -> None:
    line = Line(at_once=1)

    def stop(ahead: int) -> None:
        raise KeyError(ahead)

    with line.turn(Person("ann"), LIMITS, stop), pytest.raises(KeyError, match="1"):
        line.turn(Person("bob"), LIMITS, stop).__enter__()
    with line.turn(Person("cem"), LIMITS, stop):
        pass


def test_nobody_fills_the_line_alone_and_all_together_not_beyond_its_end() -> None:
    line = Line(at_once=10)
    some = Limits(uploads_waiting=2, uploads_waiting_in_all=3)

    def come(owner: str, network: str = "") -> AbstractContextManager[None]:
        return line.turn(Person(owner, network=network), some, print)

    with come("ann"), come("ann"):
        with pytest.raises(UserError, match="`uploads_waiting` in"):
            come("ann").__enter__()
        with come("bob"), pytest.raises(UserError, match="`uploads_waiting_in_all` in"):
            come("cem").__enter__()
    with come("ann"), come("ann"):
        pass
    some = replace(some, uploads_waiting_of_address=2)
    with come("ann", "school"), come("bob", "school"):
        with pytest.raises(UserError, match="`uploads_waiting_of_address` in"):
            come("cem", "school").__enter__()
        with come("cem", "home"):
            pass


def test_what_would_take_too_long_to_decode_is_refused_before_anything_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(in_process, "read", lambda *_: pytest.fail("it was decoded"))
    flat = encoded(picture(0, (1, 1)).resize((6_000, 4_000)), "WEBP", lossless=True)
    bomb = zipped({f"{n}.webp": flat for n in range(1_000)})
    with pytest.raises(UserError) as caught:
        Intake([Upload("bomb.zip", io.BytesIO(bomb))])
    assert str(caught.value) == (
        "To read these files more than 4,000 million pixels would have to be decoded. Make the"
        " pictures smaller first, or send fewer of them."
        " The limit is 4,000 (`megapixels_decoded` in limits.toml)."
    )
    with pytest.raises(UserError, match="more than 4,000 million pixels"):
        read_all(bundle(a__zip=bomb))


def test_the_parts_of_a_bundle_are_files_like_any_other() -> None:
    given = bundle(a=b"0123456789", b=b"", c=b"abc")
    assert given.size == 13
    first, empty, last = (opened(given.fileno(), part) for part in given.parts)
    assert (first.read(4), first.read(), first.read(), empty.read()) == (
        b"0123",
        b"456789",
        b"",
        b"",
    )
    assert (last.seek(-1, 2), last.read(), last.seek(99), last.read()) == (2, b"c", 99, b"")
    with pytest.raises(ValueError, match="before the beginning"):
        last.seek(-4, 2)

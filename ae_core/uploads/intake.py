"""Takes uploads in: looks at each file once, guesses how it is meant, and reads its pictures.

A guess can be changed before anything is kept. One picture is decoded at a time, and none is kept
here.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from PIL import Image

from ae_core.accounts import limits
from ae_core.accounts.limits import Limits
from ae_core.errors import UserError
from ae_core.images import formats
from ae_core.images import reading as decoding
from ae_core.texts import _
from ae_core.uploads import sources, tables
from ae_core.uploads.array_file import ArrayFile, Found
from ae_core.uploads.files import PictureFile, Upload
from ae_core.uploads.guesses import Guesses
from ae_core.uploads.readings import Choices, Reading
from ae_core.uploads.refusals import reason
from ae_core.uploads.sources import Source
from ae_core.uploads.table_file import TableFile
from ae_core.wording import megabytes

__all__ = ["ENDINGS", "Intake", "ReadResult", "Upload", "read"]

ENDINGS = (*formats.ENDINGS, "zip", "npz", "npy", *tables.ENDINGS)

LONGEST_NAME = 80
LONGEST_LABEL = 40


@dataclass(frozen=True)
class ReadResult:
    """One picture, or the reason why it cannot be read; what was not meant as one has neither.

    `share` is how much of the upload has been read.
    """

    name: str
    label: str = ""
    picture: Image.Image | None = None
    reason: str = ""
    share: float = 0.0


class Intake:
    """An upload on its way in: `look` at it first, then ask for its readings and `read` it.

    Args:
        allowed: the limits of whoever sent it; by default those of everybody.
        has_header: whether the first row of a table names its columns; by default that is guessed.
        begun: told the name of each file before it is read.

    Raises:
        UserError: together the files are larger than a person may upload, or would take too long
            to read.
    """

    guesses: Guesses

    def __init__(
        self, uploads: Sequence[Upload], allowed: Limits | None = None,
        *, has_header: bool | None = None, begun: Callable[[str], None] = lambda name: None,
    ) -> None:  # fmt: skip
        self.allowed = allowed or limits.limits()
        check_size(sum(upload.size for upload in uploads), self.allowed)
        self.has_header, self.begun = has_header, begun
        most = self.allowed.megapixels_decoded
        self.found = sources.find(uploads, most * 10**6)
        if self.found.work > most * 10**6:
            what = _(
                "To read these files more than {most:,} million pixels would have to be decoded."
                " Make the pictures smaller first, or send fewer of them.",
                most=most,
            )
            raise limits.over("megapixels_decoded", most, what)

    def look(self) -> Iterator[float]:
        """Look at all arrays and tables, whole; gives the share that is done."""
        numeric = [each for each in self.found.sources if not isinstance(each, PictureFile)]
        for number, source in enumerate(numeric):
            self.begun(source.name.plain)
            try:
                look = (
                    source.look(self.has_header) if isinstance(source, TableFile) else source.look()
                )
                for share in look:
                    yield (number + share) / len(numeric)
            except Exception as failure:  # noqa: BLE001 - whatever it was, the file is refused
                self.found.refused.append((source.name, reason(failure, source.name.plain)))
                self.found.sources.remove(source)
        self.guesses = Guesses(self.found)

    def count(self, choices: Choices) -> int:
        """How many pictures there are, before any is left out."""
        return self._counts(choices).total()

    def classes(self, choices: Choices) -> list[str]:
        """The names of the classes, as a person reads them."""
        return list(dict.fromkeys(map(tidy_label, self._counts(choices))))

    def read(self, choices: Choices = Choices()) -> Iterator[ReadResult]:  # noqa: B008 - frozen
        """All pictures, in order; where they are too many, as many of each class as can be."""
        for name, why in self.found.refused:
            yield ReadResult(tidy_name(name.read(self.found.names[0])), reason=why)
        for _number in range(self.found.left_out):
            yield ReadResult("")
        drawn = Drawing(self._counts(choices), self.allowed.images)
        for number, source in enumerate(self.found.sources):
            for result in self._read_one(source, choices, drawn):
                share = (number + result.share) / len(self.found.sources)
                yield replace(result, share=share)

    def preview(self, choices: Choices, count: int) -> list[ReadResult]:
        """Some pictures under this reading, spread over the upload, without reading all of it."""
        some = self.found.sources[:: max(1, len(self.found.sources) // count)][:count]
        each_one = -(-count // max(1, len(some)))
        found = [
            result for source in some
            for result in islice(self._read_one(source, choices, None, some=each_one), each_one)
        ]  # fmt: skip
        return found[:count]

    def _counts(self, choices: Choices) -> Counter[str]:
        total: Counter[str] = Counter()
        for source in self.found.sources:
            total += self.guesses.counts(source, self.guesses.of(source, choices))
        return total

    def _read_one(
        self, source: Source, choices: Choices, drawn: Drawing | None, *, some: int = 0
    ) -> Iterator[ReadResult]:
        reading = self.guesses.of(source, choices)
        path = source.name.read(reading.names)
        label = self.guesses.label_of(source, reading)
        self.begun(path)
        try:
            if isinstance(source, PictureFile):
                if drawn is None or drawn.takes(label):
                    picture = decoding.read(source.read(), sources.last_of(path))
                    yield ReadResult(tidy_name(path), tidy_label(label), picture, share=1.0)
                return
            for number, found in enumerate(self._numbers(source, reading, some)):
                own = found.label or label
                if drawn is None or drawn.takes(own):
                    yield _of_pixels(_named(source, path, number), found, tidy_label(own))
        except Exception as failure:  # noqa: BLE001
            yield ReadResult(tidy_name(path), reason=reason(failure, path), share=1.0)

    def _numbers(
        self, source: ArrayFile | TableFile, reading: Reading, some: int
    ) -> Iterator[Found]:
        assert reading.layout is not None and reading.scale is not None
        if isinstance(source, ArrayFile):
            labels = source.labels.get(reading.label, ()) if reading.classes == "array" else ()
            found = source.read(reading.layout, reading.scale, labels)
            return _spread(found, source.count(reading.layout), some) if some else found
        columns = self.guesses.columns(source, reading)
        if some:
            return iter(source.preview(columns, reading.layout, reading.scale, some))
        return source.read(columns, reading.layout, reading.scale)


class Drawing:
    """Takes at most so many pictures, evenly over the classes and within each of them."""

    def __init__(self, counts: Counter[str], most: int) -> None:
        self.counts = counts
        self.quotas = _quotas(counts, most)
        self.seen: Counter[str] = Counter()

    def takes(self, label: str) -> bool:
        """Whether the next picture of this class is one of those."""
        count, quota, number = self.counts[label], self.quotas.get(label, 0), self.seen[label]
        self.seen[label] += 1
        return quota == count or (number + 1) * quota // count > number * quota // count


def check_size(size: int, allowed: Limits) -> None:
    """Refuse files of so many bytes together.

    Raises:
        UserError: they are more than a person may upload.
    """
    most = allowed.upload_megabytes
    if size > most * 2**20:
        what = _("Your files are {size} together.", size=megabytes(size))
        raise limits.over("upload_megabytes", most, what)


def read(uploads: Sequence[Upload], allowed: Limits | None = None) -> Iterator[ReadResult]:
    """Every picture in the files as they are guessed to be meant, in order.

    Raises:
        UserError: together they are larger than a person may upload, or would take too long.
    """
    intake = Intake(uploads, allowed)
    for _share in intake.look():
        pass
    yield from intake.read()


def tidy_label(text: str) -> str:
    """The name of a class on one line, in Unicode's composed form."""
    shown = "".join(each for each in unicodedata.normalize("NFC", text) if each.isprintable())
    # A table may write the class 3 as 3.0.
    return re.sub(r"^(\d+)\.0+$", r"\1", " ".join(shown.split())[:LONGEST_LABEL])


def tidy_name(path: str) -> str:
    """A name for a list: on one line, only its end where it is long."""
    shown = "".join(each for each in path.replace("\\", "/") if each.isprintable()).strip()
    return shown if len(shown) <= LONGEST_NAME else f"…{shown[1 - LONGEST_NAME :]}"


def _named(source: ArrayFile | TableFile, path: str, number: int) -> str:
    if isinstance(source, TableFile):
        return _("{file}, row {number}", file=path, number=number + 1)
    return f"{path} [{number}]"


def _of_pixels(name: str, found: Found, label: str) -> ReadResult:
    if isinstance(found.pixels, str):
        return ReadResult(tidy_name(name), reason=found.pixels, share=found.share)
    try:
        picture = decoding.from_pixels(found.pixels, name)
    except UserError as failure:
        return ReadResult(tidy_name(name), reason=str(failure), share=found.share)
    return ReadResult(tidy_name(name), label, picture, share=found.share)


def _spread(found: Iterator[Found], count: int, some: int) -> Iterator[Found]:
    """So many of them, from the first to the last."""
    step = max(1, count // some)
    return islice(found, 0, step * some, step)


def _quotas(counts: Counter[str], most: int) -> dict[str, int]:
    """How many of each class, as evenly as its pictures allow, at most so many in all."""
    quotas: dict[str, int] = {}
    left = most
    for place, (label, count) in enumerate(sorted(counts.items(), key=lambda each: each[1])):
        quotas[label] = min(count, left // (len(counts) - place))
        left -= quotas[label]
    return quotas

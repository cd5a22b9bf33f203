"""Pictures that were read, before they become an image set: small, in a temporary file.

However many there are, memory holds some 500 bytes of each. The file has no name where the system
allows it, and is gone with the collection.
"""

from __future__ import annotations

import math
import tempfile
import weakref
from array import array
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from io import BufferedIOBase
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ae_core.accounts import limits
from ae_core.accounts.limits import Limits
from ae_core.errors import UserError
from ae_core.images import reading
from ae_core.images.form import SIZES, is_colourful, is_inverted
from ae_core.settings import settings
from ae_core.texts import Text, _, joined, ngettext
from ae_core.uploads import near_duplicates
from ae_core.uploads.intake import ReadResult

KEPT_SIDE = max(SIZES)
"""The shorter side of a kept picture, at most: no form needs more."""

DIGEST_SIZE = 32

MOST_CLASSES = 1000
MOST_REFUSED = 1000
"""Refused pictures listed by name; all are counted."""


@dataclass(frozen=True, eq=False)
class Survey:
    """What is in a collection, in numbers of pictures.

    `brightness` is the mean of all pixels as they were read, from 0 to 1.
    `refused` are the first names and reasons. `repeated` are copies of earlier ones, and
    `contradicted` those of them in another class.
    `twins` are no copies, and still each looks like an earlier one. `groups` numbers what is alike.
    """

    count: int
    refused: list[tuple[str, str]]
    refused_count: int
    left_out: int
    smallest: tuple[int, int]
    largest: tuple[int, int]
    usual: tuple[int, int]
    colourful: int
    inverted: int
    repeated: int
    contradicted: int
    classes: dict[str, int]
    brightness: float
    groups: NDArray[np.int64]
    is_first: NDArray[np.bool_]
    twins: list[tuple[int, int]]

    @property
    def different(self) -> int:
        """Pictures without copies of earlier ones."""
        return self.count - self.repeated


class PictureCollection:
    """Pictures that are added one after another and read back in any order.

    As many as are `allowed`; by default what everybody may have.
    """

    def __init__(self, allowed: Limits | None = None) -> None:
        self._file = spool()
        weakref.finalize(self, self._file.close)
        self._places = array("Q", [0])
        self._forms = array("I")
        self._digests = bytearray()
        self._hashes = array("Q")
        self._glances = bytearray()
        self._labels = array("I")
        self._classes: dict[str, int] = {}
        self._sizes: Counter[tuple[int, int]] = Counter()
        self._brightness = 0.0
        self.pixels = self._colourful = self._inverted = 0
        self._left_out = self._refused_count = 0
        self._refused: list[tuple[str, str]] = []
        self._limits = allowed or limits.limits()
        self.names: list[str] = []

    def __len__(self) -> int:
        return len(self.names)

    @property
    def digests(self) -> NDArray[Any]:
        """The sha256 of each picture's content."""
        return np.frombuffer(bytes(self._digests), f"S{DIGEST_SIZE}")

    @property
    def labels(self) -> NDArray[np.uint32]:
        """The number of each picture's class, in the order in which the survey names them."""
        return np.array(self._labels, np.uint32)

    def add(self, result: ReadResult) -> None:
        """Add one picture, or note why it could not be read.

        Raises:
            UserError: there are more pictures, pixels or classes than one set may have.
        """
        if result.picture is None:
            self._left_out += not result.reason
            self._refused_count += bool(result.reason)
            if result.reason and len(self._refused) < MOST_REFUSED:
                self._refused.append((result.name, result.reason))
            return
        self._check_limits(result)
        picture = small(result.picture)
        data = picture.tobytes()
        self.pixels += math.prod(picture.size)
        if self.pixels > self._limits.megapixels * 10**6:
            what = ngettext(
                "After {count:,} picture there are too many pixels for one set.",
                "After {count:,} pictures there are too many pixels for one set.",
                len(self),
            )
            raise limits.over("megapixels", self._limits.megapixels, what)
        try:
            self._file.seek(self._places[-1])
            self._file.write(data)
        except OSError as failure:
            raise no_room(failure) from failure
        self._places.append(self._places[-1] + len(data))
        self._forms.extend((*picture.size, picture.mode == "RGB"))
        self._digests += sha256(f"{picture.size} {picture.mode} ".encode() + data).digest()
        self._hashes.append(near_duplicates.perceptual_hash(picture))
        self._glances += near_duplicates.glance(picture).tobytes()
        self._labels.append(self._classes.setdefault(result.label, len(self._classes)))
        self._sizes[reading.full_size(result.picture)] += 1
        self._brightness += float(np.asarray(result.picture).mean()) / 255
        self._colourful += is_colourful(picture)
        self._inverted += is_inverted(picture)
        self.names.append(result.name)

    def picture(self, index: int) -> Image.Image:
        """A picture as it was kept, mode "L" or "RGB"."""
        width, height, coloured = self._forms[3 * index : 3 * index + 3]
        self._file.seek(self._places[index])
        data = self._file.read(self._places[index + 1] - self._places[index])
        return Image.frombytes("RGB" if coloured else "L", (width, height), data)

    def survey(self, tell: Callable[[float], None] = lambda share: None) -> Survey:
        """What is in the collection; `tell` gets the share of the comparing that is done.

        Raises:
            UserError: there is no picture in it.
        """
        if not len(self):
            raise UserError(_nothing(self._refused, self._left_out))
        hashes = np.array(self._hashes, np.uint64)
        glances = np.frombuffer(self._glances, np.uint8).reshape(len(self), -1)
        first, same = near_duplicates.numbered(self.digests)
        groups = near_duplicates.near_groups(hashes[first], glances[first], tell)[same]
        is_first = np.zeros(len(self), bool)
        is_first[first] = True
        labels = self.labels
        counts = np.bincount(labels, minlength=len(self._classes)).tolist()
        twins = _twins(groups, first)
        return Survey(
            count=len(self),
            refused=list(self._refused),
            refused_count=self._refused_count,
            left_out=self._left_out,
            smallest=min(self._sizes, key=math.prod),
            largest=max(self._sizes, key=math.prod),
            usual=self._sizes.most_common(1)[0][0],
            colourful=self._colourful,
            inverted=self._inverted,
            repeated=len(self) - len(first),
            contradicted=int((labels != labels[first[same]]).sum()),
            classes=dict(zip(self._classes, counts, strict=True)),
            brightness=self._brightness / len(self),
            groups=groups,
            is_first=is_first,
            twins=twins,
        )

    def _check_limits(self, result: ReadResult) -> None:
        allowed = self._limits
        if len(self) >= allowed.images:
            what = _("These are too many pictures for one set.")
            raise limits.over("images", allowed.images, what)
        if result.label not in self._classes and len(self._classes) >= MOST_CLASSES:
            raise UserError(
                _(
                    "There are more than {most:,} classes. A folder, or a label, stands for one"
                    " class: put what belongs together into one.",
                    most=MOST_CLASSES,
                )
            )


def spool() -> BufferedIOBase:
    """A temporary file in `AE_HOME`: a system's own folder for such files may be memory.

    Raises:
        UserError: the disk does not take it.
    """
    folder = settings().home
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return cast(BufferedIOBase, tempfile.TemporaryFile(dir=folder, prefix=".pictures-"))
    except OSError as failure:
        raise no_room(failure) from failure


def no_room(failure: OSError) -> UserError:
    """The error for a full disk."""
    return UserError(
        _(
            "The pictures could not be put down in {folder} ({reason}). Make room or choose another"
            " AE_HOME.",
            folder=settings().home,
            reason=failure.strerror,
        )
    )


def small(picture: Image.Image) -> Image.Image:
    """The picture with a shorter side of at most 64 pixels; grey where no pixel has a colour."""
    scale = KEPT_SIDE / min(picture.size)
    if scale < 1:
        width, height = (max(KEPT_SIDE, round(side * scale)) for side in picture.size)
        picture = picture.resize((width, height), Image.Resampling.BICUBIC, reducing_gap=3)
    if picture.mode == "RGB":
        red, green, blue = picture.split()
        if red.tobytes() == green.tobytes() == blue.tobytes():
            return red
    return picture


def _twins(groups: NDArray[np.int64], first: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Pairs of pictures that look alike without being copies: the earlier one and the later one."""
    seen: dict[int, int] = {}
    twins = []
    for index in np.sort(first).tolist():
        earlier = seen.setdefault(int(groups[index]), index)
        if earlier != index:
            twins.append((earlier, index))
    return twins


def _nothing(refused: list[tuple[str, str]], left_out: int) -> Text:
    if refused:
        return joined(_("No picture could be read."), refused[0][1])
    hidden = _("All are hidden ones.") if left_out else ""
    return joined(_("There are no pictures in these files."), hidden)

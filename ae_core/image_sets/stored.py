"""The image sets that people made: a folder each, validated as untrusted.

    <name>/images.safetensors   labels and pixels, laid out so that they can be mapped into memory
    <name>/set.json             the title, the classes, the shape, how many, and the sha256

The card says how many images of which shape there are, and so, byte by byte, how the file begins
and how long it is. Nothing else is read.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ae_core.errors import DiskError, UserError
from ae_core.settings import SETS_FOLDER, settings
from ae_core.storage import folders, sync
from ae_core.storage.json_cards import MAX_SIDE, NAME, Count, broken, other_format, read_json_card
from ae_core.texts import _, ngettext, shortened

FORMAT = 1
MOST_IMAGES = 10**8
MOST_CLASSES = 1000
LONGEST_TITLE = 60
LONGEST_CLASS = 40

CARD, IMAGES = "set.json", "images.safetensors"
BLOCK_BYTES = 2**20

ORDER = ("train_labels", "test_labels", "train", "test")
"""Of the tensors in the file: integers first, so that they are aligned to eight bytes."""

HASHED = ("train", "train_labels", "test", "test_labels")


@dataclass(frozen=True)
class SetCard:
    """The card of an image set. `sha256` is of all pixels and labels, in order.

    `one` and `many` are what one of its images and several are called; empty where nobody said.
    `fit` and `invert` say how pictures became its images; `fit` is empty where that is not known.
    """

    name: str
    title: str
    classes: list[str]
    image_shape: tuple[int, int, int]
    train: Count
    test: Count
    made: str = ""
    sha256: str = ""
    one: str = ""
    many: str = ""
    fit: str = ""
    invert: bool = False
    format: int = field(default=FORMAT)


def root() -> Path:
    """The folder of all of them."""
    return settings().home / SETS_FOLDER


def names() -> list[str]:
    """The name of every folder that could be a set."""
    sync.refresh(root())  # trouble with the store is reported among the checkpoints
    there = sorted(root().iterdir()) if root().is_dir() else []
    return [folder.name for folder in there if NAME.fullmatch(folder.name) and folder.is_dir()]


def card(name: str) -> SetCard:
    """The card of a set, without reading its images.

    Raises:
        UserError: there is no such set, or its card is not valid.
    """
    if not NAME.fullmatch(name) or not (root() / name).is_dir():
        raise UserError(_("There is no such image set. Choose one from the list."))
    return read_json_card(root() / name, CARD, SetCard, _check)


def size(name: str) -> int:
    """How many bytes a set takes."""
    return sum(file.stat().st_size for file in (root() / name).iterdir())


def write(
    made: SetCard,
    labels: tuple[NDArray[np.int64], NDArray[np.int64]],
    pixels: tuple[Iterable[bytes], Iterable[bytes]],
) -> SetCard:
    """Write a set, whole or not at all, and give its card with the hash and the date.

    Args:
        made: its card, as far as it is known.
        labels: of the images to train on and to test on.
        pixels: the same of their bytes, in parts.

    Raises:
        UserError: the disk does not take it.
    """
    digest = sha256()
    now = datetime.now(UTC).isoformat(timespec="seconds")

    def data() -> Iterator[bytes]:
        yield _header(made)
        coded = [part.astype("<i8").tobytes() for part in labels]
        yield from coded
        for part, its_labels in zip(pixels, coded, strict=True):
            for block in part:
                digest.update(block)
                yield block
            digest.update(its_labels)

    def finished() -> SetCard:
        return replace(made, sha256=digest.hexdigest(), made=now)

    def text() -> Iterator[bytes]:  # evaluated after the images are written
        yield json.dumps(asdict(finished()), indent=2).encode() + b"\n"

    try:
        folders.write_whole(root(), made.name, {IMAGES: data(), CARD: text()})
    except OSError as failure:
        raise DiskError(
            _(
                "The image set could not be saved in {folder} ({reason}). Make room or choose"
                " another AE_HOME; nothing that was there has changed.",
                folder=root(),
                reason=failure.strerror,
            )
        ) from failure
    return finished()


def rewrite(changed: SetCard) -> None:
    """Put a set's card, with the same images, in the place of the former one.

    Raises:
        UserError: the disk does not take it.
    """
    data = json.dumps(asdict(changed), indent=2).encode() + b"\n"
    try:
        folders.write_file(root() / changed.name / CARD, data)
    except OSError as failure:
        raise DiskError(
            _("The change could not be saved ({reason}).", reason=failure.strerror)
        ) from failure


def read(name: str) -> tuple[SetCard, dict[str, Tensor]]:
    """A set's card and its tensors, checked; the pixels are mapped, not read.

    Raises:
        UserError: there is no such set, or a file of it is missing, changed or does not fit.
    """
    sync.pull(root() / name)
    found = card(name)
    path = root() / name / IMAGES
    header, places = _header(found), _places(found)
    whole = len(header) + places[ORDER[-1]][1]
    try:
        with path.open("rb") as file:
            if path.stat().st_size != whole or file.read(len(header)) != header:
                raise broken(path.parent, _("{file} is not what its card says", file=IMAGES))
            digest = sha256()
            for part in HASHED:
                start, end = places[part]
                file.seek(len(header) + start)
                for place in range(start, end, BLOCK_BYTES):
                    digest.update(file.read(min(BLOCK_BYTES, end - place)))
        mapped = torch.from_file(str(path), shared=False, size=whole, dtype=torch.uint8)
    except (OSError, RuntimeError) as failure:
        raise broken(path.parent, _("{file} cannot be read", file=IMAGES)) from failure
    if digest.hexdigest() != found.sha256:
        raise broken(path.parent, _("{file} is not the file that its card names", file=IMAGES))
    tensors = {}
    for part, shape in _shapes(found).items():
        start, end = (len(header) + place for place in places[part])
        kind = torch.int64 if len(shape) == 1 else torch.uint8
        tensors[part] = mapped[start:end].view(kind).view(shape)
        if len(shape) == 1:
            tensors[part] = tensors[part].clone()
            if not 0 <= int(tensors[part].min()) <= int(tensors[part].max()) < len(found.classes):
                raise broken(path.parent, _("{file} has labels without a class", file=IMAGES))
    return found, tensors


def delete(name: str) -> None:
    """Delete a set; nothing where there is none.

    Raises:
        UserError: the store cannot be reached; then nothing is deleted.
    """
    if NAME.fullmatch(name):
        sync.delete(root() / name)


def _shapes(found: SetCard) -> dict[str, tuple[int, ...]]:
    return {
        "train_labels": (found.train,),
        "test_labels": (found.test,),
        "train": (found.train, *found.image_shape),
        "test": (found.test, *found.image_shape),
    }


def _places(found: SetCard) -> dict[str, tuple[int, int]]:
    """Where each part begins and ends behind the header."""
    places, start = {}, 0
    for part, shape in _shapes(found).items():
        end = start + math.prod(shape) * (8 if len(shape) == 1 else 1)
        places[part] = (start, end)
        start = end
    return places


def _header(found: SetCard) -> bytes:
    """The header of the file, as the safetensors format has it."""
    shapes, places = _shapes(found), _places(found)
    entries = {
        part: {
            "dtype": "I64" if len(shapes[part]) == 1 else "U8",
            "shape": list(shapes[part]),
            "data_offsets": list(places[part]),
        }
        for part in ORDER
    }
    text = json.dumps(entries, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text


def _check(folder: Path, found: SetCard) -> None:
    if found.format != FORMAT:
        raise ValueError(other_format(found.format, FORMAT))
    if found.name != folder.name:
        raise ValueError(_("it is of {name}", name=shortened(found.name)))
    channels, *sides = found.image_shape
    if channels not in (1, 3) or not all(0 < side <= MAX_SIDE for side in sides):
        raise ValueError(_("its image shape is {shape}", shape=shortened(found.image_shape)))
    if min(found.train, found.test) < 1 or found.train + found.test > MOST_IMAGES:
        counts = shortened((found.train, found.test))
        raise ValueError(_("it counts {counts} images", counts=counts))
    if not are_words([found.title], LONGEST_TITLE):
        raise ValueError(_("its title is {title}", title=shortened(found.title)))
    if not 1 <= len(found.classes) <= MOST_CLASSES or len(set(found.classes)) < len(found.classes):
        raise ValueError(
            ngettext(
                "it has {count:,} class, or two of one name",
                "it has {count:,} classes, or two of one name",
                len(found.classes),
            )
        )
    if not are_words(found.classes, LONGEST_CLASS):
        raise ValueError(_("its classes are {classes}", classes=shortened(found.classes)))
    _check_said(found)
    if not re.fullmatch(r"[0-9a-f]{64}", found.sha256) or len(found.made) > 32:
        raise ValueError(_("its hash or its date is invalid"))


def _check_said(found: SetCard) -> None:
    """What is said of its images: their words, and how pictures became them."""
    if found.one + found.many and not are_words([found.one, found.many], LONGEST_CLASS):
        raise ValueError(_("its words are {words}", words=shortened((found.one, found.many))))
    if found.fit not in ("", "crop", "pad"):
        raise ValueError(_("its pictures were made square by {way}", way=shortened(found.fit)))


def are_words(texts: Sequence[str], longest: int) -> bool:
    """Whether each of these can be shown as it is, and is not empty and not too long."""
    return all(0 < len(text) <= longest and text.isprintable() for text in texts)

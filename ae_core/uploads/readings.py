"""How an upload is read: what is guessed of it, what a person may choose instead, and in words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from string import whitespace

from ae_core import wording
from ae_core.texts import N_, _
from ae_core.uploads.archives import parts_of
from ae_core.uploads.array_labels import PARTS
from ae_core.uploads.code_pages import UTF_8
from ae_core.uploads.number_scale import Scale
from ae_core.uploads.picture_shapes import Layout
from ae_core.wording import Number

FOLDER, NAME, NONE = "folder", "name", "none"


@dataclass(frozen=True)
class Choices:
    """What a person has decided; what is empty is guessed.

    `label` is "folder", "name", "none", or the name of a column or an array.
    """

    label: str = ""
    white: Number = 0
    layout: Layout | None = None
    names: str = ""


@dataclass(frozen=True)
class Reading:
    """How an upload is read.

    `classes` is where they are from: "folder", "name", "column", "array" or "none"; `label` names
    the column or the array. The rest is None, or empty, where nothing in the upload has it.
    """

    classes: str = NONE
    label: str = ""
    header: bool | None = None
    left_out: tuple[str, ...] = ()
    layout: Layout | None = None
    scale: Scale | None = None
    names: str = UTF_8

    def to_json(self) -> dict[str, object]:
        """As the command line prints it."""
        return {
            "classes": self.classes,
            "label": self.label,
            "header": self.header,
            "left_out": list(self.left_out),
            "axes": self.layout.axes if self.layout else "",
            "shape": list(self.layout.size) if self.layout else [],
            "black": _plain(self.scale.black) if self.scale else 0,
            "white": _plain(self.scale.white) if self.scale else 255,
            "names": self.names,
        }

    def in_words(self) -> list[tuple[str, str]]:
        """What it says, as lines of a name and a sentence."""
        lines: list[tuple[str, str]] = [(_("Classes"), self.classes_in_words)]
        if self.header is not None:
            names = _("names the columns") if self.header else _("is a picture")
            lines.append((_("First row"), names))
        if self.left_out:
            lines.append((_("Columns left out"), ", ".join(self.left_out)))
        if self.layout is not None:
            lines.append((_("One picture"), self.layout_in_words))
        if self.scale is not None:
            lines.append((_("White"), self.scale_in_words))
        if self.names != UTF_8:
            lines.append((_("Letters of names"), self.names))
        return lines

    @property
    def classes_in_words(self) -> str:
        """Where the classes are from."""
        messages = {
            FOLDER: N_("from the folders"), NAME: N_("from the names of the files"),
            "column": N_("from the column {label}"), "array": N_("from the array {label}"),
            NONE: N_("none"),
        }  # fmt: skip
        return _(messages[self.classes], label=self.label)

    @property
    def layout_in_words(self) -> str:
        """The shape of one picture and the order of the axes."""
        assert self.layout is not None
        size = wording.shape(self.layout.size)
        if self.layout.is_row:
            return _("{size}, a row of numbers, in the order {axes}", size=size, axes=" ".join(
                self.layout.axes.replace("n", "")))  # fmt: skip
        return _("{size}, in the order {axes}", size=size, axes=" ".join(self.layout.axes))

    @property
    def scale_in_words(self) -> str:
        """What is white, and what is black where it is not zero."""
        assert self.scale is not None
        black, white = f"{self.scale.black:,g}", f"{self.scale.white:,g}"
        return _("{white}, and black {black}", white=white, black=black) if self.scale.black else (
            white)  # fmt: skip


def folder_of(path: str) -> str:
    """The folder that a file is in, but for one that only says which part of a set it holds."""
    folders = [each for each in parts_of(path)[:-1] if not PARTS.fullmatch(each)]
    return folders[-1] if folders else ""


def class_in_name(path: str) -> str:
    """What the name of a picture says beside its number: `cat` of `cat.17.jpg` or `cat (3).png`."""
    stem = re.sub(r"\.\w+$", "", parts_of(path)[-1]) if parts_of(path) else ""
    name = stem.removesuffix(")")
    bare = name.rstrip("0123456789")
    return stem if bare == name else bare.removesuffix("(").rstrip("._-" + whitespace)


def _plain(number: Number) -> Number:
    return int(number) if number == int(number) else number

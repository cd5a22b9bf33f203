"""Guesses how each file of an upload is meant, and which other readings are plausible."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace

from ae_core.errors import UserError
from ae_core.texts import _
from ae_core.uploads import number_scale
from ae_core.uploads.array_file import ArrayFile
from ae_core.uploads.columns import Column, Columns
from ae_core.uploads.files import PictureFile
from ae_core.uploads.number_scale import Range, Scale
from ae_core.uploads.picture_shapes import Layout
from ae_core.uploads.readings import (
    FOLDER,
    NAME,
    NONE,
    Choices,
    Reading,
    class_in_name,
    folder_of,
)  # fmt: skip
from ae_core.uploads.sources import Source, Sources
from ae_core.uploads.table_file import TableFile

MOST_ALTERNATIVES = 3
"""Of one kind."""

LEAST_OF_A_NAME = 4
"""Pictures a class, on average, where the names of files may say the class."""


class Guesses:
    """How the files of one upload are read, once all of them have been looked at."""

    def __init__(self, found: Sources) -> None:
        self.found = found
        ranges: dict[str, list[Range]] = defaultdict(list)
        for each in self.numeric:
            ranges[each.range.kind].append(each.range)
        self.scales = {kind: number_scale.plausible(each) for kind, each in ranges.items()}
        folders = {folder_of(each.name.read(found.names[0])) for each in self.numeric}
        self.has_class_folders = len(folders) > 1

    @property
    def numeric(self) -> list[ArrayFile | TableFile]:
        """The arrays and tables."""
        return [each for each in self.found.sources if not isinstance(each, PictureFile)]

    def check(self, choices: Choices) -> None:
        """Check a label that somebody has typed.

        Raises:
            UserError: no file has such a column or array.
        """
        keys = list(dict.fromkeys(key for each in self.numeric for key in label_keys(each)))
        if choices.label and choices.label not in (FOLDER, NAME, NONE, *keys):
            raise UserError(
                _(
                    "“{label}” gives no classes here. Choose one of {known}.", label=choices.label,
                    known=", ".join((FOLDER, NAME, NONE, *keys)),
                )
            )  # fmt: skip

    def reading(self, choices: Choices) -> Reading:
        """How the upload is read: as its first array or table, else as its first picture."""
        first: list[Source] = [*self.numeric, *self.found.sources]
        return self.of(first[0], choices) if first else Reading()

    def of(self, source: Source, choices: Choices) -> Reading:
        """How one file is read."""
        names = choices.names or self.found.names[0]
        if isinstance(source, PictureFile):
            return Reading(classes=self._classes(source, choices, names), names=names)
        scale = self.scales[source.range.kind][0]
        if choices.white:
            scale = Scale(min(scale.black, 0), choices.white)
        own = self._own_label(source, choices)
        kind = ("column" if isinstance(source, TableFile) else "array") if own else ""
        reading = Reading(
            classes=kind or self._classes(source, choices, names), label=own,
            layout=self._layout(source, choices), scale=scale, names=names,
        )  # fmt: skip
        if isinstance(source, TableFile):
            left_out = [
                each for each in self.columns(source, reading).left_out if not each.is_empty
            ]
            reading = replace(
                reading, header=source.has_header, left_out=tuple(map(key_of, left_out))
            )
        return reading

    def columns(self, table: TableFile, reading: Reading) -> Columns:
        """What the columns of a table hold under this reading."""
        best = table.readings[0]
        if reading.classes != "column":
            others = [each for each in (best.label, *best.left_out) if each is not None]
            return Columns(None, tuple(others), best.layouts)
        return next(
            each for each in table.readings if each.label and key_of(each.label) == reading.label
        )

    def label_of(self, source: Source, reading: Reading) -> str:
        """The one class of all pictures in a file, where the file itself says none."""
        path = source.name.read(reading.names)
        if reading.classes == FOLDER:
            return folder_of(path)
        if reading.classes == NAME:
            return class_in_name(path) if isinstance(source, PictureFile) else (
                self.found.class_names.get(source.name.plain, class_in_name(path))
            )  # fmt: skip
        return ""

    def counts(self, source: Source, reading: Reading) -> Counter[str]:
        """How many pictures of each class a file holds."""
        if isinstance(source, PictureFile):
            return Counter({self.label_of(source, reading): 1})
        if isinstance(source, ArrayFile):
            assert reading.layout is not None
            if reading.classes == "array":
                return Counter(source.labels[reading.label])
            return Counter({self.label_of(source, reading): source.count(reading.layout)})
        label = self.columns(source, reading).label
        if label is not None:
            return Counter(label.values)
        return Counter({self.label_of(source, reading): source.rows})

    def alternatives(self, choices: Choices) -> Iterator[tuple[Choices, Reading]]:
        """Other plausible readings, each with one choice that differs, likeliest first."""
        taken = self.reading(choices)
        seen = [taken]
        for kind in (self._other_labels, self._other_layouts, self._other_whites, self._pages):
            count = 0
            for other in kind(choices):
                reading = self.reading(other)
                if reading not in seen and count < MOST_ALTERNATIVES:
                    seen.append(reading)
                    count += 1
                    yield other, reading

    def _own_label(self, source: ArrayFile | TableFile, choices: Choices) -> str:
        """The column or the array that gives the classes; "" is none."""
        if choices.label in (FOLDER, NAME, NONE):
            return ""
        if choices.label in label_keys(source):
            return choices.label
        if isinstance(source, TableFile):
            best = source.readings[0].label
            return key_of(best) if best is not None else ""
        return next(iter(source.labels), "")

    def _classes(self, source: Source, choices: Choices, names: str) -> str:
        """Where the classes are from, in a file that says none by itself."""
        if choices.label in (FOLDER, NAME, NONE):
            return choices.label
        path = source.name.read(names)
        if folder_of(path) and (isinstance(source, PictureFile) or self.has_class_folders):
            return FOLDER
        return NAME if source.name.plain in self.found.class_names else NONE

    def _layout(self, source: ArrayFile | TableFile, choices: Choices) -> Layout:
        plausible = layouts_of(source)
        same = [each for each in plausible if choices.layout and each.axes == choices.layout.axes]
        exact = [each for each in same if each == choices.layout]
        return (exact or same or plausible)[0]

    def _other_labels(self, choices: Choices) -> Iterator[Choices]:
        keys = [key for each in self.numeric[:1] for key in label_keys(each)]
        paths = [each.name.read(choices.names or self.found.names[0])
                 for each in self.found.sources]  # fmt: skip
        if len({folder_of(path) for path in paths} - {""}) > 1:
            keys.append(FOLDER)
        named = {class_in_name(path) for path in paths} - {""}
        are_pictures = not self.numeric and 1 < len(named) <= len(paths) / LEAST_OF_A_NAME
        if are_pictures or self.found.class_names:
            keys.append(NAME)
        if self.reading(choices).classes != NONE:
            keys.append(NONE)
        for key in keys:
            yield replace(choices, label=key)

    def _other_layouts(self, choices: Choices) -> Iterator[Choices]:
        for each in self.numeric[:1]:
            for layout in layouts_of(each):
                yield replace(choices, layout=layout)

    def _other_whites(self, choices: Choices) -> Iterator[Choices]:
        for each in self.numeric[:1]:
            for scale in self.scales[each.range.kind]:
                yield replace(choices, white=scale.white)

    def _pages(self, choices: Choices) -> Iterator[Choices]:
        for page in self.found.names:
            yield replace(choices, names=page)


def key_of(column: Column) -> str:
    """What a person calls a column: its name, or its number from 1."""
    return column.name or str(column.place + 1)


def label_keys(source: ArrayFile | TableFile) -> list[str]:
    """The columns or arrays that may give the classes of a file."""
    if isinstance(source, ArrayFile):
        return [each for each in source.labels if each]
    found = [each.label for each in source.readings if each.label is not None]
    return list(dict.fromkeys(map(key_of, found)))


def layouts_of(source: ArrayFile | TableFile) -> list[Layout]:
    """The plausible layouts of a file's pictures, the likeliest first."""
    return source.layouts if isinstance(source, ArrayFile) else list(source.readings[0].layouts)

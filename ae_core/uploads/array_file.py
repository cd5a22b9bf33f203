"""An array of pictures in an upload: looked at once, whole, then read as was chosen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

import numpy as np
from jaxtyping import UInt8

from ae_core.errors import UserError
from ae_core.images.decoding import check_size
from ae_core.images.reading import quoted
from ae_core.settings import MAX_IMAGE_PIXELS
from ae_core.texts import _
from ae_core.uploads import numpy_files, picture_shapes
from ae_core.uploads.archives import EntryName, Opener
from ae_core.uploads.number_scale import Range, Scale, kind_of, to_bytes
from ae_core.uploads.numpy_files import Header
from ae_core.uploads.picture_shapes import Layout

Pixels = UInt8[np.ndarray, "h w"] | UInt8[np.ndarray, "h w 3"]


class Found(NamedTuple):
    """One picture of numbers, or why it cannot be read; its class; how much of the file is read."""

    pixels: Pixels | str
    label: str
    share: float


@dataclass
class ArrayFile:
    """An array of pictures.

    `labels` are the classes that the arrays beside it may give to its pictures, by their names, the
    likeliest first; "" is none. `layouts` are the plausible ones, the likeliest first.
    """

    name: EntryName
    opened: Opener
    header: Header
    labels: dict[str, list[str]] = field(default_factory=dict)
    layouts: list[Layout] = field(init=False)
    range: Range = field(init=False)

    def __post_init__(self) -> None:
        """Find its layouts by its shape.

        Raises:
            UserError: no pictures lie so.
        """
        self.layouts = picture_shapes.of_array(self.header.shape)
        self.range = Range(kind_of(self.header.dtype))
        if not self.layouts or self.header.dtype.kind not in "biuf":
            raise UserError(
                _(
                    "{file} has the shape {shape}, and pictures come as (n, h, w), (n, h, w, 3),"
                    " (n, 3, h, w), or as rows of a square's pixels.",
                    file=quoted(self.name.plain), shape=self.header.shape,
                )
            )  # fmt: skip

    def look(self) -> Iterator[float]:
        """Read it once: its range and its smoothest layout; gives the share that is read.

        Raises:
            UserError: it is too large, or ends too soon.
        """
        if "n" not in self.layouts[0].axes:
            height, width = self.layouts[0].size
            check_size(width, height, quoted(self.name.plain), MAX_IMAGE_PIXELS)
        done = 0
        with self.opened() as file:
            numpy_files.read_header(file, self.name.plain, self.header.file_size)
            for block in numpy_files.blocks(file, self.header, self.name.plain):
                if not done:
                    self.layouts = picture_shapes.smoothest_first(self.layouts, block)
                self.range.add(block.reshape(len(block), -1))
                done += len(block)
                yield done / self.header.shape[0]
        if not self.layouts[0].axes.startswith("n"):
            self.range.merge()

    def count(self, layout: Layout) -> int:
        """How many pictures it holds in this layout."""
        return layout.count(self.header.shape)

    def read(self, layout: Layout, scale: Scale, labels: Sequence[str] = ()) -> Iterator[Found]:
        """Its pictures, one after the other.

        Raises:
            UserError: it is too large for this layout, or ends too soon.
        """
        count, number = self.count(layout), 0
        with self.opened() as file:
            numpy_files.read_header(file, self.name.plain, self.header.file_size)
            blocks = numpy_files.blocks(file, self.header, self.name.plain)
            if not layout.axes.startswith("n"):
                blocks = iter([numpy_files.read_whole(file, self.header, self.name.plain)])
            for image in chain.from_iterable(map(layout.images, blocks)):
                label = labels[number] if labels else ""
                number += 1
                yield Found(to_bytes(image, scale), label, number / count)

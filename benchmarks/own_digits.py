"""Digits as people bring them, made of MNIST's test images: what share is still read right?

Each kind is a photo or a drawing of a hundred digits: on ruled or squared paper, in a box, by a
pale marker, with chalk, in shadow. They are brought to MNIST's form and read by the classifier that
ships. `mnist` is the share of the same digits as MNIST has them, which is all that can be reached.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from skimage.transform import resize, rotate

from ae_core import image_sets
from ae_core.classifiers import files as classifiers
from ae_core.errors import UserError
from ae_core.images import digit_form, reading
from benchmarks import report

CLASSIFIER = "mnist-classifier"
COUNT = 100
HEIGHT, WIDTH = 560, 480
MARKERS = {
    "yellow": (0.98, 0.94, 0.35),
    "pink": (1.0, 0.72, 0.85),
    "pale blue": (0.70, 0.86, 1.0),
    "pale green": (0.74, 0.97, 0.74),
}
Field = NDArray[np.floating[Any]]
"""How much of its ink each pixel has, from 0 to 1, shape (HEIGHT, WIDTH)."""

Random = np.random.Generator


def ink(digit: NDArray[np.uint8], random: Random, *, side: int = 0) -> Field:
    """The digit in the pen's own sharpness, somewhere near the middle of the sheet."""
    side = side or int(random.integers(230, 330))
    large = resize(digit / 255, (side, side), order=3)
    sheet = np.zeros((HEIGHT, WIDTH))
    top = (HEIGHT - side) // 2 + int(random.integers(-30, 31))
    left = (WIDTH - side) // 2 + int(random.integers(-20, 21))
    sheet[top : top + side, left : left + side] = large
    return (2.5 * sheet - 0.75).clip(0, 1)


def lines(random: Random, *, across: bool, width: int) -> Field:
    """Lines with one distance, a few degrees askew; squares with `across`."""
    size = 2 * max(HEIGHT, WIDTH)
    large = np.zeros((size, size))
    spacing = int(random.integers(36, 70))
    for place in range(int(random.integers(0, spacing)), size, spacing):
        large[place : place + width] = 1
        if across:
            large[:, place : place + width] = 1
    turned = rotate(large, float(random.uniform(-4, 4)), order=1)
    top, left = (size - HEIGHT) // 2, (size - WIDTH) // 2
    return np.asarray(turned[top : top + HEIGHT, left : left + WIDTH])


def box(random: Random, *, by_hand: bool, margin: int) -> Field:
    """A frame around the middle, up to `margin` pixels from the edge of the sheet."""
    sheet = Image.new("L", (WIDTH, HEIGHT))
    pen = ImageDraw.Draw(sheet)
    left, top = (int(random.integers(margin - margin // 5, margin + 1)) for _ in range(2))
    width = int(random.integers(3, 11))
    corners = [(left, top), (WIDTH - left, top), (WIDTH - left, HEIGHT - top), (left, HEIGHT - top)]
    if not by_hand:
        pen.rectangle((*corners[0], *corners[2]), outline=255, width=width)
        return np.asarray(sheet) / 255
    for start, end in zip(corners, [*corners[1:], corners[0]], strict=True):
        points = np.linspace(start, end, 9) + random.normal(0, 2.5, (9, 2))
        points[[0, -1]] += random.normal(0, 5, (2, 2))
        pen.line([(float(x), float(y)) for x, y in points], fill=255, width=width, joint="curve")
    return np.asarray(sheet) / 255


def light(random: Random) -> Field:
    """A lamp on one side, and in half of the photos the edge of a shadow."""
    y, x = np.mgrid[-1 : 1 : HEIGHT * 1j, -1 : 1 : WIDTH * 1j]
    angle = random.uniform(0, 2 * np.pi)
    along = np.cos(angle) * x + np.sin(angle) * y
    lamp = 0.75 + 0.2 * along
    if random.random() < 0.5:
        lamp = lamp * (1 - 0.35 / (1 + np.exp(-20 * (along - random.uniform(-0.5, 0.5)))))
    return np.asarray(lamp)


def encoded(seen: Field, kind: str) -> bytes:
    written = io.BytesIO()
    Image.fromarray(np.rint(seen.clip(0, 1) * 255).astype(np.uint8)).save(written, kind)
    return written.getvalue()


def photo(layers: list[tuple[Field, tuple[float, ...]]], random: Random, lamp: Field) -> bytes:
    """A JPEG of white paper under layers of ink, each leaving its share of the light."""
    seen = np.repeat(lamp[..., None], 3, axis=2)
    for field, colour in layers:
        seen = seen * (1 - field[..., None] * (1 - np.array(colour)))
    seen = seen + random.normal(0, 0.012, seen.shape)
    return encoded(seen, "JPEG")


def drawing(*fields: Field, is_dark: bool = True) -> bytes:
    """A PNG of ink as it leaves a drawing app."""
    return encoded(np.abs(is_dark - np.max(fields, axis=0)), "PNG")


DARK = (0.2, 0.2, 0.28)
EVEN = np.full((HEIGHT, WIDTH), 0.92)
Kind = Callable[[NDArray[np.uint8], Random], bytes]


def marker(colour: tuple[float, float, float]) -> Kind:
    return lambda digit, random: photo([(ink(digit, random), colour)], random, light(random))


def on_lines(*, across: bool, width: int, left: float, tint: float = 0.0) -> Kind:
    """On paper whose lines leave this share of the light, more of the blue with a `tint`."""
    return lambda digit, random: photo(
        [
            (lines(random, across=across, width=width), (left, left, min(1.0, left + tint))),
            (ink(digit, random), DARK),
        ],
        random,
        light(random),
    )


def in_box(*, by_hand: bool, margin: int) -> Kind:
    return lambda digit, random: drawing(
        ink(digit, random, side=220), box(random, by_hand=by_hand, margin=margin)
    )


def chalk(digit: NDArray[np.uint8], random: Random) -> bytes:
    board = 0.2 + 0.6 * ink(digit, random) * random.uniform(0.7, 1, (HEIGHT, WIDTH))
    return encoded(board * light(random) + random.normal(0, 0.012, board.shape), "JPEG")


KINDS: dict[str, Kind] = {
    "drawn": lambda digit, random: drawing(ink(digit, random)),
    "on the pad": lambda digit, random: drawing(ink(digit, random), is_dark=False),
    "filling the picture": lambda digit, random: drawing(cropped(ink(digit, random))),
    "small": lambda digit, random: drawing(digit_on(digit), is_dark=False),
    "on plain paper": lambda digit, random: photo([(ink(digit, random), DARK)], random, EVEN),
    "in shadow": lambda digit, random: photo([(ink(digit, random), DARK)], random, light(random)),
    "with chalk": chalk,
    "on ruled paper": on_lines(across=False, width=2, left=0.8, tint=0.15),
    "on strong lines": on_lines(across=False, width=3, left=0.45),
    "on squares": on_lines(across=True, width=2, left=0.8, tint=0.15),
    "on strong squares": on_lines(across=True, width=3, left=0.45),
    "on black squares": on_lines(across=True, width=3, left=0.25),
    "in a box": in_box(by_hand=False, margin=60),
    "in a box at the edge": in_box(by_hand=False, margin=3),
    "in a small box": in_box(by_hand=False, margin=110),
    "across its box": in_box(by_hand=False, margin=145),
    "in a box by hand": in_box(by_hand=True, margin=60),
    "photo of a box": lambda digit, random: photo(
        [
            (ink(digit, random, side=220), DARK),
            (box(random, by_hand=True, margin=60), DARK),
        ],
        random,
        light(random),
    ),
    **{f"by a {name} marker": marker(colour) for name, colour in MARKERS.items()},
}


def digit_on(digit: NDArray[np.uint8]) -> Field:
    """A digit as MNIST has it."""
    return digit / 255


def cropped(field: Field) -> Field:
    """The field without its empty margins."""
    rows, columns = np.flatnonzero(field.max(1) > 0.5), np.flatnonzero(field.max(0) > 0.5)
    return field[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def share_right(kind: Kind, digits: NDArray[np.uint8], labels: torch.Tensor) -> float:
    """The share of the digits that the classifier reads right; one that is not found is wrong."""
    random = np.random.default_rng(0)
    forms, found = [], []
    for digit, label in zip(digits, labels, strict=True):
        picture = reading.read(kind(digit, random), "digit")
        with suppress(UserError):
            forms.append(digit_form.digit_steps(picture)[-1].image)
            found.append(label)
    x = torch.from_numpy(np.stack(forms))[:, None]
    read = classifiers.load(CLASSIFIER).classifier.predict(x)[0]
    return int((read == torch.stack(found)).sum()) / len(digits)


def measure() -> dict[str, float]:
    images = image_sets.load("mnist")
    digits, labels = images.test[:COUNT], images.test_labels[:COUNT]
    read = classifiers.load(CLASSIFIER).classifier.predict(digits)[0]
    figures = {"mnist": float((read == labels).float().mean())}
    for name, kind in KINDS.items():
        figures[name] = share_right(kind, digits[:, 0].numpy(), labels)
    return figures


if __name__ == "__main__":
    report.main("own_digits", measure, "Digits as people bring them")

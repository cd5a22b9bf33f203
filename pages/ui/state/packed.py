"""Lists of numbers in few characters, for an address that is too long with them written out."""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_letters, digits

MARK = "~"
"""What such a list begins with, and no other value."""

ALPHABET = ascii_letters + digits + "-_"
"""What an address holds as it is."""

PARTS: dict[type, int] = {int: 1, float: 10_000}
"""Into how many parts a whole is divided: the map rounds its numbers to four digits."""

MORE = 32
BITS = 5
LARGEST_BITS = 50


def packed(numbers: Sequence[float], kind: type) -> str | None:
    """The numbers as text, small ones in the fewest characters; None where digits would be lost.

    A number is five bits a character, the lowest first, and a sixth says that more follow.
    """
    wholes = [round(number * PARTS[kind]) for number in numbers]
    if any(whole != number * PARTS[kind] and whole / PARTS[kind] != number
           for whole, number in zip(wholes, numbers, strict=True)):  # fmt: skip
        return None
    return MARK + "".join(map(_written, wholes))


def unpacked(text: str, kind: type) -> list[float]:
    """The numbers that `packed` wrote.

    Raises:
        ValueError: it wrote no such text.
    """
    wholes, whole, shift = [], 0, 0
    for character in text.removeprefix(MARK):
        bits = ALPHABET.index(character)
        whole |= (bits % MORE) << shift
        shift += BITS
        if shift > LARGEST_BITS:
            raise ValueError("too large")
        if bits < MORE:
            wholes.append(whole // 2 if whole % 2 == 0 else -(whole // 2) - 1)
            whole, shift = 0, 0
    if shift:
        raise ValueError("ends within a number")
    parts = PARTS[kind]
    return [each / parts if parts > 1 else each for each in wholes]


def _written(whole: int) -> str:
    rest, text = 2 * whole if whole >= 0 else -2 * whole - 1, ""
    while True:
        rest, bits = divmod(rest, MORE)
        text += ALPHABET[bits + MORE * (rest > 0)]
        if not rest:
            return text

"""Good files in which something was changed: a bit, a number, a part, as Hypothesis draws it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

Change = tuple[str, int, int]
"""What is done, where, and with what."""

NUMBERS = [
    b"\0", b"\xff", b"\x7f", b"\x80", b"\0\0", b"\xff\xff", b"\x7f\xff", b"\xff\x7f", b"\1\0",
    bytes(4), b"\xff" * 4, b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f", b"\0\0\0\x80", b"\x10\0\0\0",
    b"\0\1\0\0", bytes(8), b"\xff" * 8,
]  # fmt: skip
"""What readers stumble over."""

TEXTS = [b",", b"\n", b'"', b"-", b"1e999", b"nan", b";", b"\t", b"'", b"(", b"9" * 40, b"\xc3"]

CHANGES: dict[str, Callable[[bytes, int, int], bytes]] = {
    "bit": lambda data, at, what: _put(data, at, bytes([data[at] ^ 1 << what % 8])),
    "byte": lambda data, at, what: _put(data, at, bytes([what % 256])),
    "number": lambda data, at, what: _put(data, at, NUMBERS[what % len(NUMBERS)]),
    "text": lambda data, at, what: data[:at] + TEXTS[what % len(TEXTS)] + data[at:],
    "less": lambda data, at, what: data[:at] + data[at + what % 300 :],
    "twice": lambda data, at, what: data[: at + what % 300] + data[at:],
    "zeros": lambda data, at, what: data[:at] + bytes(what % 300) + data[at:],
    "end": lambda data, at, what: data[: max(1, at)],
}


def _put(data: bytes, at: int, value: bytes) -> bytes:
    return data[:at] + value + data[at + len(value) :]


def changed(data: bytes, changes: Sequence[Change]) -> bytes:
    """The file after these changes; a place is a share of the file, of 65,536."""
    for kind, place, what in changes:
        if data:
            data = CHANGES[kind](data, place * len(data) >> 16, what)
    return data


def try_mutants(
    originals: dict[str, bytes], count: int, check: Callable[[str, bytes], object]
) -> None:
    """Check so many mutants of these files, always the same ones.

    Places are drawn twice as often from the beginning of a file, where its header is.
    """
    places = st.one_of(st.integers(0, 2**12), st.integers(0, 2**16 - 1))
    change = st.tuples(st.sampled_from(sorted(CHANGES)), places, st.integers(0, 2**12))

    @settings(
        max_examples=count, derandomize=True, database=None, deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.sampled_from(sorted(originals)), st.lists(change, min_size=1, max_size=4))
    def tried(name: str, changes: list[Change]) -> None:
        check(name, changed(originals[name], changes))

    tried()

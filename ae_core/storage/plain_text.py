"""Text from outside, as it can be shown anywhere: on one line, and as it is written.

Control and bidirectional characters and half surrogates are what Python does not call printable.
"""

from __future__ import annotations

import unicodedata


def printable(text: str) -> str:
    """The text in Unicode's composed form, with a space for whatever cannot be shown."""
    if text.isascii() and text.isprintable():
        return text
    composed = unicodedata.normalize("NFC", text)
    return "".join(each if each.isprintable() else " " for each in composed)


def one_line(text: str, most: int) -> str:
    """The same without spaces at its ends or twice inside, and not longer than `most`."""
    return " ".join(printable(text).split())[:most].rstrip()

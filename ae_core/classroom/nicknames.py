"""The names under which people are in a class: of one line, short, and each of one person."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection

from ae_core.errors import UserError
from ae_core.texts import N_, _

LONGEST = 24

WRONG = N_("A nickname has between 1 and {most} characters. Choose another one.")


def tidy(given: str) -> str:
    """A name as it is shown: composed, without control characters, of single spaces.

    Raises:
        UserError: nothing of it can be seen, or it is too long.
    """
    if len(given) > 10 * LONGEST:
        raise UserError(_(WRONG, most=LONGEST))
    plain = unicodedata.normalize("NFKC", given)
    seen = "".join(" " if unicodedata.category(each)[0] in "CZ" else each for each in plain)
    name = " ".join(seen.split())
    marks = {"Mn", "Me", "Cf"}
    if not 1 <= len(name) <= LONGEST or all(unicodedata.category(each) in marks for each in name):
        raise UserError(_(WRONG, most=LONGEST))
    return name


def free(name: str, taken: Collection[str]) -> str:
    """The name, with a number where somebody has it already."""
    used = {each.casefold() for each in taken}
    number, found = 1, name
    while found.casefold() in used:
        number += 1
        end = f" {number}"
        found = name[: LONGEST - len(end)].rstrip() + end
    return found

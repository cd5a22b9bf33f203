"""How an upload was read, what else it may mean, and some small pictures of each reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ae_core.uploads.collection import small
from ae_core.uploads.intake import Intake, ReadResult
from ae_core.uploads.readings import Choices, Reading

SHOWN = 8


@dataclass(frozen=True)
class Interpretation:
    """A reading under some choices.

    Of the one that was taken `classes` is empty. Of another one `classes` and `pictures` are what
    differs from that.
    """

    choices: Choices
    reading: Reading
    classes: Sequence[str] = ()
    pictures: Sequence[ReadResult] = ()


@dataclass(frozen=True)
class Overview:
    """The reading that was taken, the others, and how many pictures the files hold."""

    count: int
    taken: Interpretation
    others: Sequence[Interpretation]


def of(intake: Intake, choices: Choices) -> Overview:
    """What there is to say of an upload once it has been looked at."""
    reading = intake.guesses.reading(choices)
    shown = _some(intake, choices) if reading.layout is not None else ()
    taken = Interpretation(choices, reading, pictures=shown)
    others = [_other(intake, *each, taken.reading) for each in intake.guesses.alternatives(choices)]
    return Overview(intake.count(choices), taken, others)


def _other(intake: Intake, choices: Choices, reading: Reading, taken: Reading) -> Interpretation:
    found = Interpretation(choices, reading)
    if (reading.classes, reading.label, reading.names) != (taken.classes, taken.label, taken.names):
        found = replace(found, classes=[name for name in intake.classes(choices) if name])
    if (reading.layout, reading.scale) != (taken.layout, taken.scale):
        found = replace(found, pictures=_some(intake, choices))
    return found


def _some(intake: Intake, choices: Choices) -> list[ReadResult]:
    return [
        replace(each, picture=small(each.picture)) for each in intake.preview(choices, SHOWN)
        if each.picture is not None
    ]  # fmt: skip

"""What a lesson is: its steps, their questions, and what its teacher is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

MOST_STEPS = 6
MOST_WORDS = 40
"""Words of the text of a step."""

Kind = Literal["choice", "number", "place", "drawing"]
KINDS: tuple[Kind, ...] = ("choice", "number", "place", "drawing")


@dataclass(frozen=True)
class Question:
    """What is asked before something comes out, and what is said of it afterwards.

    Attributes:
        options: of a choice.
        right: the number of the option that is right, from 1; None where none is.
        unit: of a number: "digits".
        low: the least number that can be answered, and `high` the largest.
        shown: what came out, beside what was answered.
    """  # fmt: skip

    kind: Kind
    ask: str
    options: tuple[str, ...] = ()
    right: int | None = None
    unit: str = ""
    low: float = 0.0
    high: float = 100.0
    shown: str = ""


@dataclass(frozen=True)
class Teacher:
    """What stands beside a step for a teacher."""

    says: str = ""
    leave: str = ""
    minutes: float = 1.0
    server: str = ""


@dataclass(frozen=True)
class Step:
    """A text beside a page in a state, with the controls that it needs.

    `state` is what `current.to_json()` gives, in which `{ladder:2}` stands for a model. `controls`
    name what the page shows, as `pages/ui/lessons/visible.py` knows it. What a step `keeps` stays
    as it was left in the step before.
    """

    title: str
    text: str
    page: str
    state: Mapping[str, Any] = field(default_factory=dict)
    controls: tuple[str, ...] = ()
    keeps: tuple[str, ...] = ()
    question: Question | None = None
    teacher: Teacher = field(default_factory=Teacher)


@dataclass(frozen=True)
class Lesson:
    """A lesson, by its name: that of its file, or the sha256 of what its teacher has brought."""

    name: str
    title: str
    sentence: str
    afterwards: str
    minutes: int
    steps: tuple[Step, ...]
    ships: bool = False

    def messages(self) -> Iterator[str]:
        """All that people read of it, for translators."""
        yield from (self.title, self.sentence, self.afterwards)
        for step in self.steps:
            yield from (step.title, step.text)
            yield from filter(None, (step.teacher.says, step.teacher.leave, step.teacher.server))
            if step.question:
                yield from (step.question.ask, *step.question.options)
                yield from filter(None, (step.question.unit, step.question.shown))

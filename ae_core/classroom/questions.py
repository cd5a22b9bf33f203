"""What a teacher asks a class: a mark on the map, a choice, a number, a drawing."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from ae_core.errors import UserError
from ae_core.texts import N_, _

Kind = Literal["mark", "choice", "number", "drawing"]

MOST_WORDS, MOST_CHOICES, MOST_CHOICE = 200, 8, 60

NO_WORDS = N_("Write a question first.")
NO_CHOICES = N_("A choice needs between 2 and {most} answers: write one on each line.")


@dataclass(frozen=True)
class Question:
    """A question by an id of its own; `truth` is what students see only once it is `shown`."""

    kind: Kind
    words: str
    choices: tuple[str, ...] = ()
    model: str = ""
    truth: str = ""
    code: tuple[float, ...] = ()
    shown: bool = False
    id: str = field(default_factory=lambda: f"asked/{secrets.token_hex(4)}")

    def to_dict(self) -> dict[str, Any]:
        """As the database holds it."""
        return asdict(self)

    def is_right(self, answer: str) -> bool:
        """Whether an answer, as it is counted, is the right one."""
        try:
            return float(answer) == float(self.truth)
        except ValueError:
            return answer.strip().casefold() == self.truth.strip().casefold()


def new(kind: Kind, words: str, *, choices: str = "", model: str = "", truth: str = "") -> Question:
    """A question as a teacher has written it, with a choice on each line.

    Raises:
        UserError: it has no words, or too few choices or too many.
    """
    words = " ".join(words.split())[:MOST_WORDS]
    if not words:
        raise UserError(_(NO_WORDS))
    lines = [" ".join(line.split())[:MOST_CHOICE] for line in choices.splitlines()]
    found = tuple(dict.fromkeys(line for line in lines if line)) if kind == "choice" else ()
    if kind == "choice" and not 2 <= len(found) <= MOST_CHOICES:
        raise UserError(_(NO_CHOICES, most=MOST_CHOICES))
    return Question(kind, words, found, model, " ".join(truth.split())[:MOST_CHOICE])


def read(asks: Mapping[str, Any]) -> Question | None:
    """The question that a class is asked; None where there is none."""
    if not asks:
        return None
    listed = {"choices": tuple(asks["choices"]), "code": tuple(asks["code"])}
    return Question(**{**asks, **listed})

"""A lesson from its file, which is checked as untrusted: its form, its words, its figures."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from ae_core.errors import UserError
from ae_core.lessons import figures
from ae_core.lessons.lesson import (
    KINDS,
    MOST_STEPS,
    MOST_WORDS,
    Lesson,
    Question,
    Step,
    Teacher,
)
from ae_core.texts import Text, _, shortened

MOST_BYTES = 64 * 1024
LONGEST = 300
"""Characters of a title, a question, an option, a note."""

MOST_OPTIONS = 6
Real = int | float
FENCE = "+++"
HEAD = ("title", "sentence", "afterwards", "minutes")
STEP = ("title", "page", "state", "controls", "keeps", "question", "teacher")

TAG = re.compile(r"<[a-zA-Z/!?]|javascript:|data:", re.ASCII | re.IGNORECASE)
"""What Markdown may not hold here: tags, and addresses that do something."""

ADDRESS = re.compile(r"!\[|\]\(|https?://|www\.", re.ASCII | re.IGNORECASE)
"""Pictures and links: nothing on a page comes from another host."""


def read(data: bytes, name: str, file: str, *, ships: bool = False) -> Lesson:
    """The lesson in a file.

    Raises:
        UserError: it is none; the message names the file, the line and what is wrong.
    """
    if len(data) > MOST_BYTES:
        raise _wrong(file, 1, _("it is larger than {most} KB", most=MOST_BYTES // 1024))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as failure:
        line = data[: failure.start].count(b"\n") + 1
        raise _wrong(file, line, _("it is not UTF-8 text")) from failure
    parts = _parts(text, file)
    line, head = _toml(parts[0], file)
    _known(head, HEAD, file, line)
    read = _Reader(file, line, head)
    steps = [
        _step(block, words, file) for block, words in zip(parts[2::2], parts[3::2], strict=True)
    ]
    if not 1 <= len(steps) <= MOST_STEPS:
        said = _("it has {count} steps; 1 to {most} fit", count=len(steps), most=MOST_STEPS)
        raise _wrong(file, line, said)
    return Lesson(
        name, read.text("title"), read.text("sentence"), read.text("afterwards"),
        int(read.number("minutes", 1, 45)), tuple(steps), ships,
    )  # fmt: skip


Part = tuple[int, str]
"""Some lines of a file, and the number of the first of them."""


def _parts(text: str, file: str) -> list[Part]:
    """The blocks and the texts between the fences, in turn: the first block comes first."""
    parts: list[Part] = []
    lines: list[str] = []
    begin = 1
    for number, line in enumerate(text.splitlines(), 1):
        if line.rstrip() == FENCE:
            parts.append((begin, "\n".join(lines)))
            lines, begin = [], number + 1
        else:
            lines.append(line)
    parts.append((begin, "\n".join(lines)))
    if len(parts) < 3 or parts[0][1].strip():
        raise _wrong(file, 1, _("it does not begin with a line of +++"))
    if len(parts) % 2 == 0:
        said = _("the block that begins here has no second line of +++")
        raise _wrong(file, parts[-1][0] - 1, said)
    return parts[1:]


def _toml(part: Part, file: str) -> tuple[int, dict[str, Any]]:
    begin, text = part
    try:
        return begin, tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as failure:
        found = re.search(r"at line (\d+)", str(failure))
        line = begin + (int(found[1]) - 1 if found else 0)
        raise _wrong(file, line, _("its front matter cannot be read as TOML")) from failure


def _step(block: Part, words: Part, file: str) -> Step:
    line, given = _toml(block, file)
    _known(given, STEP, file, line)
    read = _Reader(file, line, given)
    text_line, text = words[0], words[1].strip()
    _check_words(text, file, text_line)
    controls, keeps, state = (given.get("controls", []), given.get("keeps", []),
                              given.get("state", {}))  # fmt: skip
    for name, names in (("controls", controls), ("keeps", keeps)):
        if not isinstance(names, list) or not all(isinstance(each, str) for each in names):
            raise _wrong(file, line, _("{name} is no list of names", name=name))
    if not isinstance(state, dict):
        raise _wrong(file, line, _("its state is no table of values"))
    return Step(
        read.text("title"), text, read.text("page"), state, tuple(controls), tuple(keeps),
        _question(given["question"], file, line) if "question" in given else None,
        _teacher(given.get("teacher", {}), file, line),
    )  # fmt: skip


def _check_words(text: str, file: str, line: int) -> None:
    _check_text(text, file, line)
    if not 1 <= (count := len(text.split())) <= MOST_WORDS:
        said = _("the text has {count} words; 1 to {most} fit", count=count, most=MOST_WORDS)
        raise _wrong(file, line, said)


def _question(given: Any, file: str, line: int) -> Question:
    _known(given, [each.name for each in fields(Question)], file, line)
    read = _Reader(file, line, given)
    kind = given.get("kind")
    if kind not in KINDS:
        raise _wrong(
            file, line,
            _("a question is of the kind {kind}; there are: {kinds}", kind=shortened(kind),
              kinds=", ".join(KINDS)),
        )  # fmt: skip
    options = given.get("options", [])
    if kind == "choice" and not (isinstance(options, list) and 2 <= len(options) <= MOST_OPTIONS):
        raise _wrong(file, line, _("a choice has 2 to {most} options", most=MOST_OPTIONS))
    for option in options:
        _check_text(option, file, line)
    right = given.get("right")
    if right is not None and right not in range(1, len(options) + 1):
        raise _wrong(file, line, _("the option that is right is none of them"))
    low, high = read.number("low", -1e9, 1e9, 0), read.number("high", -1e9, 1e9, 100)
    if low >= high:
        raise _wrong(file, line, _("the least number is not below the largest"))
    return Question(
        kind, read.text("ask"), tuple(options), right, read.text("unit", ""), low, high,
        read.text("shown", ""),
    )  # fmt: skip


def _teacher(given: Any, file: str, line: int) -> Teacher:
    _known(given, [each.name for each in fields(Teacher)], file, line)
    read = _Reader(file, line, given)
    return Teacher(
        read.text("says", ""), read.text("leave", ""), read.number("minutes", 0, 45, 1),
        read.text("server", ""),
    )  # fmt: skip


class _Reader:
    """Reads values of a block by their names."""

    def __init__(self, file: str, line: int, given: Mapping[str, Any]) -> None:
        self.file, self.line, self.given = file, line, given

    def text(self, name: str, usual: str | None = None) -> str:
        value = self.given.get(name, usual)
        if value is None:
            raise _wrong(self.file, self.line, _("{name} is missing", name=name))
        _check_text(value, self.file, self.line)
        return str(value)

    def number(self, name: str, low: Real, high: Real, usual: Real | None = None) -> float:
        value = self.given.get(name, usual)
        right = isinstance(value, int | float) and not isinstance(value, bool)
        if not right or not math.isfinite(value) or not low <= value <= high:
            said = _("{name} is {value}; it takes {low:g} to {high:g}", name=name,
                     value=shortened(value), low=low, high=high)  # fmt: skip
            raise _wrong(self.file, self.line, said)
        return float(value)


def _check_text(text: object, file: str, line: int) -> None:
    """Nothing but words and figures that are known."""
    if not isinstance(text, str) or len(text) > LONGEST * 2:
        raise _wrong(file, line, _("{value} is no short text", value=shortened(text)))
    if found := TAG.search(text):
        raise _wrong(file, line, _("its text has mark-up: {value}", value=shortened(found[0])))
    if found := ADDRESS.search(text):
        raise _wrong(
            file, line, _("its text has a link or a picture: {value}", value=shortened(found[0]))
        )
    if unknown := figures.unknown(text):
        raise _wrong(file, line, _("there is no figure {name}", name=shortened(unknown)))


def _known(given: Any, names: Any, file: str, line: int) -> None:
    if not isinstance(given, dict):
        raise _wrong(file, line, _("{value} is no table of values", value=shortened(given)))
    if unknown := sorted(set(given) - set(names)):
        raise _wrong(
            file, line,
            _("it says {name}; what can be said is: {names}", name=shortened(unknown[0]),
              names=", ".join(names)),
        )  # fmt: skip


def _wrong(file: str, line: int, what: Text) -> UserError:
    return UserError(
        _("The lesson {file} cannot be opened. Line {line}: {what}.",
          file=file[:64], line=line, what=what)
    )  # fmt: skip

"""Collects what people read, for translators, and makes of their catalogues what the app reads.

    python -m scripts.catalogue            bring the catalogues of all languages up to date
    python -m scripts.catalogue --new fr   begin one of French
    python -m scripts.catalogue --pseudo   make the language `en_XA`, longer and marked: ⟦Šťóþ ··⟧

A translation is `ae_core/locale/<language>/LC_MESSAGES/messages.po`, for any editor of gettext's
catalogues, or of text. Messages that are new stand in it without a translation, those that are gone
are left out; `messages.mo` beside it is made of it, and ships.
"""

from __future__ import annotations

import argparse
import ast
import io
import json
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from ae_core.languages import DOMAIN, FOLDER
from ae_core.lessons import shipped

ROOT = Path(__file__).parent.parent
TEMPLATE, BROWSER = FOLDER / f"{DOMAIN}.pot", FOLDER / "browser.json"

CALLS: dict[str, tuple[int, ...] | None] = {"_": None, "N_": None, "ngettext": (1, 2)}
PYTHON: dict[str, tuple[int, ...] | None] = {**CALLS, "option": (2,)}
DECLARED: dict[str, tuple[int, ...] | None] = {
    **PYTHON, "value": (2,), "number": (1,), "group": (1,), "draw": (1,),
}  # fmt: skip
"""Which argument of which function is a message: of options and of a page's values, the help."""

PSEUDO = "en_XA"
LETTERS = str.maketrans("acdeilnorstuyzACDEILNORSTUYZ", "ăćďéíľñöŕšťúýžĂĆĎÉÍĽÑÖŔŠŤÚÝŽ")
KEPT = re.compile(r"\{[^{}]*\}|<[^<>]*>|`[^`]*`|\]\([^()]*\)|:material/\w+:|&\w+;|%\w")
"""What of a message is no word: what is put in, tags, code, addresses, symbols."""

EMPTY = re.compile(r'^msgstr(\[\d\])? ""\s*\Z', re.MULTILINE)
"""An entry without a translation, as merging two branches leaves it beside one that has it."""

DAY = datetime(2026, 1, 1, tzinfo=UTC)
"""The date in all of them, which would else be another each time."""

Form = str | tuple[str, ...]


@cache
def messages() -> Catalog:
    """All messages, each with the files that show it."""
    found = Catalog(project="latent-space-explorer", charset="utf-8", fuzzy=False)
    for path in (*_files("py", "ae_core", "pages", "server"), *_files("ts", "frontend/src"),
                 *_files("md", "lessons")):  # fmt: skip
        for message in _in(path):
            added = found.add(message, locations=[(path.relative_to(ROOT).as_posix(), 0)])
            added.flags.discard("python-format")  # "95% of" looks like one
    return found


def of_browser() -> list[list[str]]:
    """The messages of the browser's part; those with a count have two forms."""
    found = {message for path in _files("ts", "frontend/src") for message in _in(path)}
    return sorted([each] if isinstance(each, str) else list(each) for each in found)


def template() -> str:
    """The catalogue of English as it is kept."""
    return _as_text(messages())


def translations() -> dict[str, Path]:
    """The catalogues that translators write, by language."""
    return {path.parts[-3]: path for path in sorted(FOLDER.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))}


def translated(path: Path) -> Catalog:
    """The catalogue of a translator, with the messages that there are now.

    What was a translation of something else is none of these: nothing is guessed.
    """
    language = path.parts[-3]
    entries = path.read_text("utf-8").split("\n\n")
    said = "\n\n".join(each for each in entries if not EMPTY.search(each))
    found = read_po(io.StringIO(said), locale=language, abort_invalid=True)
    found.update(messages(), no_fuzzy_matching=True)
    for each in found:
        each.flags.discard("python-format")
    return found


def as_kept(found: Catalog) -> str:
    """A catalogue of a translator as it is kept."""
    header = f"Language: {found.locale_identifier}\\n", f"Plural-Forms: {found.plural_forms}\\n"
    return _as_text(found, *header)


def compiled(found: Catalog) -> bytes:
    """A catalogue as the app reads it: the same bytes of the same messages."""
    bare = Catalog(locale=found.locale, charset="utf-8", creation_date=DAY, revision_date=DAY)
    for each in found:
        if each.id and is_translated(each):
            bare.add(each.id, each.string)
    file = io.BytesIO()
    write_mo(file, bare)
    return file.getvalue()


def is_translated(message: Message) -> bool:
    """Whether a message has all its forms in the language of its catalogue."""
    said = message.string or ""
    return bool(said) and all([said] if isinstance(said, str) else said)


def _as_text(found: Catalog, *header: str) -> str:
    """A catalogue without lines, which change with every edit, in the order of its messages."""
    file = io.BytesIO()
    write_po(
        file, found, sort_output=True, omit_header=True, include_lineno=False, width=100,
        ignore_obsolete=True,
    )  # fmt: skip
    lines = (*header, "Content-Type: text/plain; charset=utf-8\\n")
    first = 'msgstr ""\n' + "".join(f'"{line}"\n' for line in lines)
    if not header:
        first = f'msgstr "{lines[0]}"\n'
    return f'msgid ""\n{first}\n' + file.getvalue().decode("utf-8")


def pseudo(message: str) -> str:
    """A message as the language for tests has it: strange in every word, longer, and marked."""
    parts, at = [], 0
    for kept in KEPT.finditer(message):
        parts += [message[at : kept.start()].translate(LETTERS), kept.group()]
        at = kept.end()
    parts.append(message[at:].translate(LETTERS))
    return f"⟦{''.join(parts)} {'·' * max(2, len(message) // 3)}⟧"


def make_pseudo() -> Path:
    """Write the catalogue of the language for tests."""
    found = Catalog(locale="en", charset="utf-8")
    for each in messages():
        if not each.id:
            continue
        forms = [each.id] if isinstance(each.id, str) else list(each.id)
        strange = tuple(map(pseudo, forms))
        found.add(each.id, strange if len(strange) > 1 else strange[0])
    path = FOLDER / PSEUDO / "LC_MESSAGES" / f"{DOMAIN}.mo"
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}")  # several processes may make it at the same time
    with partial.open("wb") as file:
        write_mo(file, found)
    return partial.replace(path)


def _files(kind: str, *folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted((ROOT / folder).rglob(f"*.{kind}"))]


def _in(path: Path) -> Iterator[Form]:
    if path.suffix == ".md":
        yield from shipped.lesson(path.stem).messages()
        return
    if path.suffix == ".ts":
        found = extract_from_file("javascript", path, CALLS)
        yield from (message for _line, message, _comments, _context in found)
        return
    calls = DECLARED if path.stem == "declared" else PYTHON
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):  # Babel does not look into f-strings
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in calls:
                yield from _message(node, calls[name] or (1,))


def _message(call: ast.Call, places: tuple[int, ...]) -> Iterator[Form]:
    """What stands at these places of a call, where all of it is text."""
    at = [call.args[place - 1] for place in places if place <= len(call.args)]
    said = tuple(str(each.value) for each in at
                 if isinstance(each, ast.Constant) and isinstance(each.value, str))  # fmt: skip
    if len(said) == len(places) and said[0]:
        yield said if len(said) > 1 else said[0]


def main() -> None:
    """Write what is asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--pseudo", action="store_true", help="make the language for tests")
    parser.add_argument("--new", metavar="LANGUAGE", help="begin one, by its code: fr, pt_BR")
    asked = parser.parse_args()
    if asked.pseudo:
        print(make_pseudo())
        return
    TEMPLATE.write_text(template(), "utf-8")
    BROWSER.write_text(json.dumps(of_browser(), indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(TEMPLATE)
    if asked.new:
        path = FOLDER / asked.new / "LC_MESSAGES" / f"{DOMAIN}.po"
        path.parent.mkdir(parents=True)
        path.write_text(as_kept(Catalog(locale=asked.new)), "utf-8")
    for path in translations().values():
        found = translated(path)
        path.write_text(as_kept(found), "utf-8")
        path.with_suffix(".mo").write_bytes(compiled(found))
        missing = sum(not is_translated(each) for each in found if each.id)
        print(f"{path}{f': {missing} messages have no translation yet' if missing else ''}")


if __name__ == "__main__":
    main()

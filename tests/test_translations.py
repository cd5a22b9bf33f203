"""The catalogues of all languages: whole, with what is put into each message, and compiled."""

from __future__ import annotations

import gettext
import io
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from ae_core import languages
from scripts import catalogue

FIELD = re.compile(r"\{[^{}]*\}")

KEPT = {
    "address": re.compile(r"\]\(([^()]*)\)"),
    "code": re.compile(r"`[^`]*`"),
    "symbol": re.compile(r":material/\w+:"),
    "tag": re.compile(r"</?[a-z][^<>]*>"),
    "bold": re.compile(r"\*\*"),
}
"""What a translation has as often as the English message."""

PATHS = list(catalogue.translations().values())


def forms(said: object) -> list[str]:
    """Both forms of an English message with a count, or all that a language has; else the one."""
    return [said] if isinstance(said, str) else [str(each or "") for each in said or [""]]  # type: ignore[attr-defined]


def faults(message: Message) -> Iterator[str]:
    """What is wrong with a translation."""
    english, here = forms(message.id), forms(message.string)
    if not catalogue.is_translated(message):
        yield "has no translation"
        return
    may_have = {field for form in english for field in FIELD.findall(form)}
    must_have = set.intersection(*(set(FIELD.findall(form)) for form in english))
    for form in here:
        fields = set(FIELD.findall(form))
        if fields - may_have or must_have - fields:
            yield f"puts in {sorted(fields)}, not {sorted(may_have)}"
        for what, pattern in KEPT.items():
            if Counter(pattern.findall(form)) not in [Counter(pattern.findall(e)) for e in english]:
                yield f"has another {what}: {form}"
        if (form[:1].isspace(), form[-1:].isspace()) != (
            english[-1][:1].isspace(), english[-1][-1:].isspace()
        ):  # fmt: skip
            yield "begins or ends with another space"


def catalogue_of(*messages: tuple[str | tuple[str, ...], str | tuple[str, ...]]) -> Catalog:
    """A German catalogue of these."""
    made = Catalog(locale="de")
    for message, here in messages:
        made.add(message, here)
    return made


@pytest.mark.parametrize("path", PATHS, ids=[path.parts[-3] for path in PATHS])
def test_catalogue_has_every_message_with_what_is_put_into_it(path: Path) -> None:
    found = catalogue.translated(path)
    wrong = {str(each.id): said for each in found if each.id and (said := list(faults(each)))}
    assert wrong == {}
    wanted = {forms(each.id)[0]: found.num_plurals if isinstance(each.id, tuple) else 1
              for each in found if each.id}  # fmt: skip
    assert {forms(each.id)[0]: len(forms(each.string)) for each in found if each.id} == wanted


@pytest.mark.parametrize("path", PATHS, ids=[path.parts[-3] for path in PATHS])
def test_catalogue_is_kept_and_compiled_as_it_would_be_written_now(path: Path) -> None:
    """Otherwise write it anew: `python -m scripts.catalogue`."""
    found = catalogue.translated(path)
    assert path.read_text("utf-8") == catalogue.as_kept(found)
    assert path.with_suffix(".mo").read_bytes() == catalogue.compiled(found)


@pytest.mark.parametrize(
    ("message", "here", "wrong"),
    [
        ("{count:,} of {name}", "{count:,} von {nmae}", "puts in"),
        ("{loss:.3f}", "{loss:.2f}", "puts in"),
        ("See [this](train).", "Siehe [dies](zug).", "address"),
        ("Run `make run`.", "Starte `mache`.", "code"),
        (":material/info: Look", "Sieh", "symbol"),
        ("**Look**, it moves", "Sieh, es **bewegt sich", "bold"),
        ("<b>Look</b>", "<b>Sieh", "tag"),
        ("Look", "", "no translation"),
        ("Look ", "Sieh", "space"),
        (("{count} image", "{count} images"), ("ein Bild", ""), "no translation"),
        (("{count} image", "{count} images"), ("{count} Bild", "Bilder"), "puts in"),
    ],
)  # fmt: skip
def test_what_a_translator_may_overlook_is_found(
    message: str | tuple[str, ...], here: str | tuple[str, ...], wrong: str
) -> None:
    (only,) = [each for each in catalogue_of((message, here)) if each.id]
    assert wrong in " ".join(faults(only))


def test_new_messages_come_without_a_translation_and_gone_ones_go(tmp_path: Path) -> None:
    path = tmp_path / "de" / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True)
    path.write_text(catalogue.as_kept(catalogue_of(("Train", "Trainieren"), ("Trains", "Züge"))))
    found = catalogue.translated(path)
    by_message = {each.id: each.string for each in found if each.id}
    assert by_message["Train"] == "Trainieren"
    assert 'msgid "Trains"' not in catalogue.as_kept(found)
    assert not by_message["Stop"]
    assert "fuzzy" not in catalogue.as_kept(found)
    read = gettext.GNUTranslations(io.BytesIO(catalogue.compiled(found)))
    assert read.gettext("Train") == "Trainieren"
    assert read.gettext("Stop") == "Stop"


def test_entry_without_a_translation_hides_none_that_has_it(tmp_path: Path) -> None:
    path = tmp_path / "de" / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True)
    empty, said = 'msgid "Train"\nmsgstr ""\n', 'msgid "Train"\nmsgstr ""\n"Trainieren"\n'
    for entries in ([empty, said], [said, empty]):
        path.write_text(f"{catalogue.as_kept(catalogue_of())}\n{entries[0]}\n{entries[1]}")
        said_now = {each.id: each.string for each in catalogue.translated(path)}
        assert said_now["Train"] == "Trainieren"


def test_language_that_is_liked_most_and_is_here_is_taken() -> None:
    liked = languages.accepted("fr, en-GB;q=0.5, de-AT;q=0.8, *;q=0.1, it;q=0")
    assert liked == ["fr", "de-AT", "en-GB", "*"]
    assert languages.best(["tlh", "en-GB"]) == "en"
    assert languages.best(["zh-Hans-CN"]) == ("zh" if "zh" in languages.available() else "")
    assert languages.best(["../en", "", "x" * 10_000]) == ""
    assert languages.accepted("") == languages.accepted(";q=1,,") == []


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.parts[-3])
def test_sentences_stand_apart_so_that_a_bold_one_before_another_is_bold(path: Path) -> None:
    # Markdown does not end bold between a mark and a letter: Chinese has a hair's breadth there.
    with path.open("rb") as file:
        said = str(read_po(file)["{text0} {text1}"].string)
    assert re.fullmatch(r"\{text0\}\s\{text1\}", said)

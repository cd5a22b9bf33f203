"""What people read, in their language: messages with values, which are stored and read again."""

from __future__ import annotations

import ast
import copy
import json
import multiprocessing
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from streamlit.string_util import clean_text

from ae_core import browser_texts, languages, texts
from ae_core.texts import N_, Text, _, from_json, joined, ngettext, to_json
from pages.ui.shared.waiting import Spinner
from scripts import catalogue
from tests.conftest import ROOT
from tests.languages import learn

CONSTANT = N_("a letter")


@pytest.fixture
def polish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Polish has a form for one, one for 2 to 4, and one for more."""
    learn(
        monkeypatch, tmp_path / "locale", "pl",
        {
            "a letter": "litera",
            "{model} takes {size} pixels.": "{size} pikseli bierze {model}.",
            "{reason} Train again.": "{reason} Ucz od nowa.",
            ("{count:,} image of {set}", "{count:,} images of {set}"): (
                "{count:,} obraz z {set}", "{count:,} obrazy z {set}", "{count:,} obrazów z {set}",
            ),
        },
    )  # fmt: skip


def test_values_are_put_into_a_message_as_they_are_formatted() -> None:
    said = _("{name!r} loses {loss:.3f} after {steps:,} steps.", name="a", loss=0.12345, steps=4000)
    assert said == "'a' loses 0.123 after 4,000 steps."
    assert said.messages == ("{name!r} loses {loss:.3f} after {steps:,} steps.",)
    assert said.values == {"name": "a", "loss": 0.12345, "steps": 4000}


def test_message_without_values_keeps_its_braces() -> None:
    assert _("Write {name} or {}.") == "Write {name} or {}."


@pytest.mark.parametrize(
    ("count", "said"), [(1, "1 image"), (0, "0 images"), (2000, "2,000 images")]
)
def test_count_says_which_form_is_taken(count: int, said: str) -> None:
    assert ngettext("{count:,} image", "{count:,} images", count) == said


def test_another_language_has_its_own_order_and_its_own_forms(
    polish: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def said() -> list[str]:
        return [
            _(CONSTANT),
            _("{model} takes {size} pixels.", model="vae-2", size=784),
            *(
                ngettext("{count:,} image of {set}", "{count:,} images of {set}", count, set="A")
                for count in (1, 3, 5000)
            ),
            _("Nobody has translated this."),
        ]

    english = [
        "a letter", "vae-2 takes 784 pixels.", "1 image of A", "3 images of A", "5,000 images of A",
        "Nobody has translated this.",
    ]  # fmt: skip
    assert said() == english
    monkeypatch.setenv("AE_LANGUAGE", "pl")
    assert said() == [
        "litera", "784 pikseli bierze vae-2.", "1 obraz z A", "3 obrazy z A",
        "5\xa0000 obrazów z A",
        "Nobody has translated this.",
    ]  # fmt: skip
    monkeypatch.setenv("AE_LANGUAGE", "tlh")
    assert said() == english


@pytest.mark.parametrize(
    ("language", "is_one"),
    [("en", True), ("en_GB.UTF-8", True), ("pl", True), ("pl_PL", True), ("polski", False),
     ("", False), ("../pl", False)],
)  # fmt: skip
def test_a_language_is_known_or_it_is_not(polish: None, language: str, is_one: bool) -> None:
    assert languages.is_known(language) == is_one
    assert languages.available() == ["en", "pl"]


def test_stored_sentence_is_read_in_the_language_of_the_reader(
    polish: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    images = ngettext("{count:,} image of {set}", "{count:,} images of {set}", 3, set=_(CONSTANT))
    stored = to_json(_("{reason} Train again.", reason=images))
    assert from_json(stored) == "3 images of a letter Train again."
    monkeypatch.setenv("AE_LANGUAGE", "pl")
    assert from_json(stored) == "3 obrazy z litera Ucz od nowa."


def test_language_in_which_a_sentence_was_made_is_not_stored(
    polish: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stored() -> str:
        return to_json(_("{model} takes {size} pixels.", model=_(CONSTANT), size=1))

    english = stored()
    monkeypatch.setenv("AE_LANGUAGE", "pl")
    assert stored() == english
    assert to_json(from_json(english)) == from_json(english) == "1 pikseli bierze litera."


def test_value_that_json_cannot_hold_is_stored_as_its_text() -> None:
    said = _("{path} holds {loss:.1f} and {nothing}.", path=Path("a/b"), loss=0.25, nothing=None)
    assert from_json(to_json(said)) == said == "a/b holds 0.2 and None."


@pytest.mark.parametrize("before", ["", "The disk is full.", "7", "null", '"a"', "[1]", '{"a": 1}'])
def test_what_versions_before_stored_is_shown_as_it_is(before: str) -> None:
    assert to_json(before) == before
    assert from_json(before) == before


def test_sentence_keeps_its_message_through_a_pipe_and_a_copy(
    polish: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = _("{reason} Train again.", reason=_(CONSTANT))
    ours, theirs = multiprocessing.Pipe()
    theirs.send(said)  # pickled
    for again in (ours.recv(), copy.deepcopy(said)):
        assert isinstance(again, Text)
        assert (again, to_json(again)) == (said, to_json(said))
    monkeypatch.setenv("AE_LANGUAGE", "pl")
    assert from_json(to_json(again)) == "litera Ucz od nowa."


def test_sentence_is_a_text_like_any_other() -> None:
    said = _("There is {room}.", room=_("none"))
    assert json.loads(json.dumps({"said": said})) == {"said": "There is none."}
    assert f"{said} Sorry." == "There is none. Sorry."


def test_sentences_are_joined_without_those_that_are_empty() -> None:
    assert joined(_("One."), "", _("Two.")) == "One. Two."
    assert joined() == ""


def test_joined_sentences_are_stored_with_their_messages(
    polish: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = to_json(joined(_(CONSTANT), "{as it is}", _("{reason} Train again.", reason="No.")))
    assert from_json(stored) == "a letter {as it is} No. Train again."
    monkeypatch.setenv("AE_LANGUAGE", "pl")
    assert from_json(stored) == "litera {as it is} No. Ucz od nowa."


def test_nothing_is_nothing_in_every_language(
    polish: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AE_LANGUAGE", "pl")
    for nothing in (_(""), joined(), joined("", "")):
        assert nothing == ""
        assert from_json(to_json(nothing)) == ""


def test_browser_is_told_each_form_of_a_count(
    polish: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair = ["{count:,} image of {set}", "{count:,} images of {set}"]
    (tmp_path / "locale" / "browser.json").write_text(json.dumps([["a letter"], pair]))
    assert browser_texts.of_browser("en") == {}
    told = browser_texts.of_browser("pl")
    assert told["a letter"] == "litera"
    forms, of = told[pair[0]]["forms"], told[pair[0]]["of"]
    assert (len(forms), len(of)) == (3, browser_texts.COUNTS)
    assert [forms[int(of[count])][10:] for count in (1, 22, 112)] == [
        "obraz z {set}",
        "obrazy z {set}",
        "obrazów z {set}",
    ]


def test_the_catalogue_is_that_of_the_sources() -> None:
    """Otherwise write it anew: `python -m scripts.catalogue`."""
    assert catalogue.TEMPLATE.read_text("utf-8") == catalogue.template()
    assert json.loads(catalogue.BROWSER.read_text("utf-8")) == catalogue.of_browser()


def test_a_message_has_the_same_values_in_every_form() -> None:
    for each in catalogue.messages():
        forms = [each.id] if isinstance(each.id, str) else list(each.id)
        named = [set(re.findall(r"\{(\w+)", form)) for form in forms]
        assert named[0] <= named[-1], forms


@pytest.mark.parametrize(
    ("message", "strange"),
    [
        ("Stop {name:.2f}, <b>now</b>", "⟦Šťöp {name:.2f}, <b>ñöw</b> ·········⟧"),
        ("[Open](train?a=1) `ae_core`", "⟦[Öpéñ](train?a=1) `ae_core` ·········⟧"),
    ],
)
def test_the_language_for_tests_keeps_what_is_no_word(message: str, strange: str) -> None:
    assert catalogue.pseudo(message) == strange


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Every call of `_` and `ngettext`, with where it stands."""
    for folder in ("ae_core", "pages", "server"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("_", "ngettext"):
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def at_import(node: ast.AST) -> Iterator[ast.AST]:
    """What is run while a module is imported: all but what functions do when they are called."""
    for each in ast.iter_child_nodes(node):
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            for part in (*getattr(each, "decorator_list", ()), each.args):
                yield from at_import(part)
                yield part
        else:
            yield each
            yield from at_import(each)


def test_no_sentence_is_made_before_somebody_reads_it() -> None:
    for path in (ROOT / "pages" / "ui").rglob("*/*.py"):  # menu.py is run for each visitor
        for node in at_import(ast.parse(path.read_text("utf-8"))):
            made = getattr(getattr(node, "func", None), "id", "")
            assert made not in ("_", "ngettext", "joined"), (path, ast.unparse(node))


def test_what_is_kept_for_all_visitors_and_has_sentences_is_kept_for_each_language() -> None:
    checked = 0
    for path in (ROOT / "pages").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.FunctionDef):
                continue
            if not any("st.cache_" in ast.unparse(each) for each in node.decorator_list):
                continue
            checked += 1
            made = {getattr(each.func, "id", "") for line in node.body for each in ast.walk(line)
                    if isinstance(each, ast.Call)}  # fmt: skip
            keys = {each.arg for each in ast.walk(node.args) if isinstance(each, ast.arg)}
            says = made & {"_", "ngettext", "joined"}
            assert not says or keys & {"language", "made_of"}, (path, node.name)
    assert checked > 20


def test_broken_folder_says_why_in_the_language_of_each_visitor(
    polish: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = _("{reason} Train again.", reason=_(CONSTANT))
    monkeypatch.setenv("AE_LANGUAGE", "pl")
    assert texts.again(said) == "litera Ucz od nowa."
    assert texts.again("as it is") == "as it is"


def test_spinner_speaks_the_language_of_who_waits(
    polish: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    spinner = Spinner(CONSTANT)
    assert clean_text(spinner) == "a letter"
    monkeypatch.setenv("AE_LANGUAGE", "pl")
    assert clean_text(spinner) == "litera"


def test_each_message_is_given_the_values_that_it_names() -> None:
    checked = 0
    for place, call in calls():
        is_counted = getattr(call.func, "id", "") == "ngettext"
        given = {each.arg for each in call.keywords} | ({"count"} if is_counted else set())
        for message in call.args[: 1 + is_counted]:
            assert not isinstance(message, ast.JoinedStr), place
            if not isinstance(message, ast.Constant) or None in given:
                continue
            named = {
                name for _text, name, _spec, _way in Formatter().parse(str(message.value)) if name
            }
            if given:  # else it is not formatted
                assert named <= given, (place, named - given)
                checked += 1
    assert checked > 500


def test_nothing_else_is_called_as_the_function_is_where_it_is_used() -> None:
    for folder in ("ae_core", "pages", "server"):
        for path in (ROOT / folder).rglob("*.py"):
            for function in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                    inside = (each for line in function.body for each in ast.walk(line))
                    names = [each for each in inside
                             if isinstance(each, ast.Name) and each.id == "_"]  # fmt: skip
                    given = [each.arg for each in ast.walk(function.args)
                             if isinstance(each, ast.arg)]  # fmt: skip
                    stored = "_" in given or any(isinstance(each.ctx, ast.Store) for each in names)
                    loaded = any(isinstance(each.ctx, ast.Load) for each in names)
                    assert not (stored and loaded), f"{path.relative_to(ROOT)}:{function.lineno}"

"""A class in bad weather: names, guessed codes, other people's ids, haste, restarts, its end."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from ae_core.accounts import personal_limits, teacher_key
from ae_core.accounts.person import Person
from ae_core.classroom import answers, classes, members, news, nicknames, pictures, questions
from ae_core.classroom.members import Door
from ae_core.database import connection as database
from ae_core.database import schema
from ae_core.database.connection import reading
from ae_core.errors import UserError
from ae_core.jobs import sweeping
from tests.people import ANN, BOB, TEACHER

OTHER_TEACHER = Person("another teacher", is_teacher=True)


@pytest.fixture(autouse=True)
def door(monkeypatch: pytest.MonkeyPatch) -> Door:
    """Nobody has guessed yet."""
    monkeypatch.setattr(members, "DOOR", Door())
    monkeypatch.setattr(answers, "PACES", answers.Paces())
    return members.DOOR


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Time stands still."""
    now = SimpleNamespace(seconds=1000.0)
    now.monotonic = lambda: now.seconds
    for module in (members, answers, teacher_key):
        monkeypatch.setattr(module, "time", now)
    return now


@pytest.fixture
def code(home: Path) -> str:
    return classes.open_class(TEACHER).code


def rows() -> int:
    """How many rows there are of any class."""
    tables = (schema.CLASSES, schema.MEMBERS, schema.CLASS_ANSWERS, schema.CLASS_PICTURES)
    with reading() as connection:
        return sum(len(connection.execute(select(table)).all()) for table in tables)


@pytest.mark.parametrize(
    ("given", "shown"),
    [("  Ann  \t B ", "Ann B"), ("A\x00n\u202en\n", "A n n"), ("<b>Ann</b>", "<b>Ann</b>"),
     ("\uff21nn", "Ann"), ("陈小明", "陈小明")],
)  # fmt: skip
def test_a_nickname_is_one_line_of_what_can_be_seen(given: str, shown: str) -> None:
    assert nicknames.tidy(given) == shown


@pytest.mark.parametrize("given", ["", " \n", "x" * 25, "x" * 2000, "\u200b\u200d", "\u0301"])
def test_what_is_no_nickname_is_refused(given: str, code: str) -> None:
    with pytest.raises(UserError, match="between 1 and 24"):
        members.join(ANN, code, given)
    assert members.everybody(TEACHER, code) == []


def test_a_name_that_somebody_has_gets_a_number(code: str) -> None:
    names = [members.join(Person(f"p{n}"), code, "Ann").nickname for n in range(3)]
    assert names == ["Ann", "Ann 2", "Ann 3"]
    long = [members.join(Person(f"q{n}"), code, "x" * 24).nickname for n in range(2)]
    assert [len(name) for name in long] == [24, 24] and long[0] != long[1]


def test_who_comes_again_keeps_place_and_answers_and_may_change_the_name(code: str) -> None:
    first = members.join(ANN, code, "Ann")
    answers.give(ANN, "squeeze/3", "a")
    again = members.join(ANN, code.lower(), "Anna")
    assert (again.id, again.nickname) == (first.id, "Anna")
    assert answers.mine(ANN, "squeeze/3") == "a"


def test_guessed_codes_are_rate_limited_and_the_class_still_lets_its_people_in(
    code: str, clock: SimpleNamespace
) -> None:
    guesser = replace(BOB, network="school")
    looked = 0
    for _second in range(120):
        clock.seconds += 1
        for _ in range(5):
            try:
                members.join(guesser, "222222", "Bob")
            except UserError as failure:
                looked += "There is no class" in str(failure)
    assert looked < 20
    assert members.join(replace(ANN, network="school"), code, "Ann").nickname == "Ann"


def test_many_guessers_of_one_network_get_nowhere(code: str, clock: SimpleNamespace) -> None:
    looked = 0
    for second in range(120):
        clock.seconds += 1
        for number in range(10):
            guesser = Person(f"guesser {second} {number}", network="school")
            try:
                members.join(guesser, "222222", "Bob")
            except UserError as failure:
                looked += "There is no class" in str(failure)
    assert looked < 200 + 120
    clock.seconds += 5
    assert members.join(replace(ANN, network="school"), code, "Ann").nickname == "Ann"


def test_five_hundred_marks_a_second_are_one_mark_and_a_sentence(
    code: str, clock: SimpleNamespace
) -> None:
    members.join(ANN, code, "Ann")
    taken = 0
    for number in range(500):
        try:
            answers.give(ANN, "q", {"z": [number, 0]})
            taken += 1
        except UserError as failure:
            assert "faster than your class" in str(failure)  # noqa: PT017 - mostly it is refused
    assert taken < 10
    [given] = answers.of_all(TEACHER, code, "q")
    assert given.value == {"z": [taken - 1, 0]}
    clock.seconds += 2
    answers.give(ANN, "q", {"z": [9, 9]})


@pytest.mark.parametrize("value", ["x" * 30_000, float("nan"), {1, 2}])
def test_what_is_no_answer_is_refused(value: object, code: str) -> None:
    members.join(ANN, code, "Ann")
    with pytest.raises(UserError, match="too much for an answer"):
        answers.give(ANN, "q", value)


def test_two_teachers_with_one_key_have_a_class_each(code: str) -> None:
    other = classes.open_class(OTHER_TEACHER).code
    assert other != code
    assert classes.open_class(TEACHER).code == code
    members.join(ANN, code, "Ann")
    members.join(BOB, other, "Bob")
    assert [each.nickname for each in members.everybody(TEACHER, code)] == ["Ann"]
    with pytest.raises(UserError, match="not yours"):
        members.everybody(OTHER_TEACHER, code)
    with pytest.raises(UserError, match="not yours"):
        classes.show(OTHER_TEACHER, code, {"page": "train"})
    classes.close(OTHER_TEACHER, other)
    assert members.of(ANN) and members.of(BOB) is None


def test_who_is_sent_out_stays_out_and_leaves_nothing(code: str) -> None:
    ann = members.join(ANN, code, "Ann")
    answers.give(ANN, "q", "a")
    pictures.bring(ANN, "cats", b"png")
    members.send_out(TEACHER, code, ann.id)
    assert members.of(ANN) is None
    assert answers.counts(TEACHER, "q").total() == 0
    assert pictures.of_all(TEACHER, code) == []
    with pytest.raises(UserError, match="sent you out"):
        members.join(ANN, code, "Anna")


def test_hidden_answers_are_not_counted(code: str) -> None:
    for person in (ANN, BOB):
        members.join(person, code, person.id)
        answers.give(person, "q", "4")
    answers.hide(TEACHER, code, "q", answers.of_all(TEACHER, code, "q")[0].member)
    assert answers.counts(ANN, "q") == {"4": 1}


def test_all_of_it_is_gone_when_it_is_closed(code: str) -> None:
    members.join(ANN, code, "Ann")
    answers.give(ANN, "q", "a")
    pictures.bring(ANN, "cats", b"png")
    assert rows() == 4
    classes.close(TEACHER, code)
    assert rows() == 0


def test_all_of_it_is_gone_after_a_day(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    members.join(ANN, code, "Ann")
    sweeping.sweep()
    assert rows() == 2
    monkeypatch.setattr(classes, "DAY_SECONDS", -1.0)
    other = classes.open_class(OTHER_TEACHER).code
    members.join(BOB, other, "Bob")
    sweeping.sweep()
    assert classes.by_code(other) is None
    assert rows() == 2


def test_a_server_that_starts_again_knows_the_class(code: str) -> None:
    members.join(ANN, code, "Ann")
    classes.show(TEACHER, code, {"page": "denoise", "values": {"part": "curve"}})
    database._engine.cache_clear()  # as a process that has just started
    found = members.of(ANN)
    assert found is not None
    assert (found[0].turn, found[0].stage["page"]) == (1, "denoise")


def test_a_map_moves_along_only_while_everybody_follows(code: str) -> None:
    heard: list[str] = []
    stop = news.listen(code, lambda kind, _says: heard.append(kind))
    classes.look(TEACHER, code, {"z": [0, 0]})
    assert heard == []
    classes.follow(TEACHER, code, True)
    classes.look(TEACHER, code, {"z": [0, 0]})
    stop()
    classes.look(TEACHER, code, {"z": [1, 0]})
    assert heard == [news.LOOK]


def test_a_question_that_is_none_is_refused() -> None:
    with pytest.raises(UserError, match="Write a question"):
        questions.new("mark", "  ")
    with pytest.raises(UserError, match="between 2 and 8 answers"):
        questions.new("choice", "Which?", choices="one\n\none")


def test_a_question_comes_back_as_it_was_asked(code: str) -> None:
    asked = questions.new("choice", "Which?", choices="4\n9", truth="9")
    classes.ask(TEACHER, code, asked.to_dict())
    found = classes.by_code(code)
    assert found is not None and questions.read(found.asks) == asked
    assert asked.is_right("9") and not asked.is_right("4")


def test_the_limits_of_a_class_hold_for_who_is_in_it_until_it_is_closed(code: str) -> None:
    members.join(ANN, code, "Ann")
    usual = personal_limits.of(ANN).train_seconds
    classes.restrict(TEACHER, code, True)
    assert personal_limits.of(ANN).train_seconds == 20 < usual
    assert personal_limits.of(ANN).jobs_waiting == 1
    assert personal_limits.of(BOB).train_seconds == usual
    classes.close(TEACHER, code)
    assert personal_limits.of(ANN).train_seconds == usual

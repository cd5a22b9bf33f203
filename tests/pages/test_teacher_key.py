"""The teacher's key: how often it can be guessed, and what the log says of it."""

from __future__ import annotations

import logging
from types import SimpleNamespace

import pytest

from ae_core.accounts import teacher_key
from ae_core.accounts.teacher_key import Door, opens
from ae_core.errors import UserError
from tests.pages.app_pages import opened

KEY = "correct horse"


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Nobody has tried yet, and time stands still."""
    now = SimpleNamespace(seconds=1000.0)
    now.monotonic = lambda: now.seconds
    monkeypatch.setattr(teacher_key, "time", now)
    monkeypatch.setattr(teacher_key, "DOOR", Door())
    monkeypatch.setenv("AE_TEACHER_KEY", KEY)
    return now


def guesses_within(seconds: int, clock: SimpleNamespace, networks: int) -> int:
    """How many keys are looked at that many visitors of so many networks try once a second."""
    looked = 0
    for step in range(seconds):
        clock.seconds += 1
        for visitor in range(60):
            try:
                opens("wrong", owner=f"{step} {visitor}", network=f"net {visitor % networks}")
                looked += 1
            except UserError as failure:
                assert "Try again in" in str(failure)  # noqa: PT017 - mostly it is refused
    return looked


@pytest.mark.parametrize("networks", [1, 60])
@pytest.mark.long
def test_sixty_sessions_guess_less_than_once_in_three_seconds(
    clock: SimpleNamespace, networks: int
) -> None:
    guesses_within(60, clock, networks)
    assert guesses_within(300, clock, networks) <= 100


def test_a_teacher_elsewhere_and_one_who_is_known_are_not_locked_out(
    clock: SimpleNamespace,
) -> None:
    assert opens(KEY, owner="teacher", network="net 0")
    guesses_within(30, clock, 1)
    with pytest.raises(UserError, match="Try again"):
        opens(KEY, owner="pupil", network="net 0")
    assert opens(KEY, owner="teacher", network="net 0")
    clock.seconds += 5
    assert opens(KEY, owner="new", network="elsewhere")


def test_waits_grow_and_are_forgotten(clock: SimpleNamespace) -> None:
    waits = []
    for _ in range(14):
        began = clock.seconds
        while True:
            try:
                assert not opens("wrong", owner="pupil", network="class")
                break
            except UserError:
                clock.seconds += 0.5
        waits.append(clock.seconds - began)
    assert waits[:5] == [0] * 5
    assert waits[5:] == sorted(waits[5:])
    assert waits[-1] == 60
    clock.seconds += teacher_key.FORGOTTEN_SECONDS + 1
    for _ in range(5):
        assert not opens("wrong", owner="pupil", network="class")


def test_tries_are_logged_without_the_key(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    opens("a wrong guess", owner="pupil", network="mark")
    opens(KEY, owner="teacher", network="mark")
    assert len(caplog.records) == 2
    assert "wrong teacher's key from mark" in caplog.text
    assert "guess" not in caplog.text
    assert KEY not in caplog.text


@pytest.mark.usefixtures("fresh_caches", "home")
def test_a_short_key_opens_nothing_and_the_page_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AE_TEACHER_KEY", "short")
    assert not opens("short", owner="teacher", network="")
    app = opened("classroom")
    assert "too short" in app.error[0].value
    assert not app.text_input

"""What has passed its day is said on the pages, brought back by a click, or deleted at once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ae_core import checkpoints
from ae_core.accounts import expiry, ownership
from ae_core.accounts.person import Person
from ae_core.database import clock
from ae_core.database.connection import writing
from tests.pages.app_pages import model, opened, press, words
from tests.people import ANN, BOB, TEACHER

pytestmark = pytest.mark.usefixtures("fresh_caches")


@pytest.fixture
def mine(trained_folder: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A model of Ann's that has expired; Ann is here."""
    monkeypatch.setattr("pages.ui.shared.owner.my_id", lambda: ANN.id)
    shutil.copytree(trained_folder, folder := home / "checkpoints" / "my-leaves")
    card = (folder / "card.json").read_text().replace('"tiny"', '"my-leaves"')
    (folder / "card.json").write_text(card)
    ownership.add(ANN, "my-leaves", ownership.CHECKPOINT, "*Leaves*")
    expire()
    expiry.mark_all(TEACHER)
    return "my-leaves"


def expire() -> None:
    clock.look()
    with writing() as connection:
        connection.execute(ownership.TABLE.update().values(expires=1.0))


@pytest.mark.parametrize("script", ["models", "train"])
def test_what_has_passed_its_day_is_brought_back_by_a_click(script: str, mine: str) -> None:
    app = opened(script)
    assert not app.exception
    assert r"\*Leaves\*: gone for good on" in words(app)
    assert "1 has passed its day" in words(app)
    app = press(app, "Bring back")
    assert not app.exception
    assert "has passed its day" not in words(app)
    assert ownership.visible(ANN, [mine]) == {mine}
    assert model(opened("models", model=mine)) == mine


def test_what_has_passed_its_day_is_not_listed_and_can_be_deleted_at_once(mine: str) -> None:
    assert "This model has passed its day. Bring it back" in words(opened("models", model=mine))
    press(opened("models"), "Delete now")
    assert not ownership.exists(mine)
    assert mine not in {card.name for card in checkpoints.available()[0]}


def test_nobody_sees_what_of_others_has_passed_its_day(
    mine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pages.ui.shared.owner.my_id", lambda: BOB.id)
    assert "passed its day" not in words(opened("models"))


def test_a_teacher_says_that_much_at_once_may_expire(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AE_TEACHER_KEY", "long enough")
    for number in range(12):
        name = ownership.new_name("x")
        ownership.add(Person(f"{number}"), name, ownership.IMAGE_SET, "X")
    expire()
    app = opened("classroom")
    assert "passed their day" not in words(app)
    app.text_input(key="key").set_value("long enough").run()
    assert "12 things have passed their day" in words(app)
    app = press(app, "The clock is right")
    assert not app.exception
    assert "passed their day" not in words(app)
    assert expiry.held_back(TEACHER) == 0

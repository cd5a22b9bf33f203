"""Pages while the database is locked, full, damaged, not there or removed: what they say."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import event
from streamlit.testing.v1 import AppTest

from ae_core import image_sets
from ae_core.accounts import ownership
from ae_core.accounts.person import Person
from ae_core.database import connection as database
from ae_core.errors import UserError
from ae_core.image_sets import saving
from ae_core.images.form import Form
from ae_core.jobs import access
from ae_core.training.runs import RunSpec
from ae_core.uploads.collection import PictureCollection
from ae_core.uploads.intake import ReadResult
from tests.pages.app_pages import opened, press, words
from tests.people import ANN
from tests.uploads.made_files import picture

pytestmark = pytest.mark.usefixtures("fresh_caches", "_ann")

OTHER_PAGES = ("reconstruct", "latent_space", "denoise", "compare", "codes", "models")


@pytest.fixture
def _ann(monkeypatch: pytest.MonkeyPatch) -> None:
    """The visitor is Ann, and waits for a lock for a moment only."""
    monkeypatch.setattr("pages.ui.shared.owner.my_id", lambda: ANN.id)
    monkeypatch.setattr(database, "BUSY_MS", 50)


def path(home: Path) -> Path:
    return home / "explorer.sqlite"


@contextmanager
def damaged(home: Path) -> Iterator[str]:
    path(home).write_bytes(b"not a database" * 1000)
    yield "is not a database"


@contextmanager
def unopenable(home: Path) -> Iterator[str]:
    path(home).mkdir()
    yield "cannot be opened"


@contextmanager
def locked(home: Path) -> Iterator[str]:
    with sqlite3.connect(path(home), isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield "is busy"
        other.execute("ROLLBACK")


@contextmanager
def removed(home: Path) -> Iterator[str]:
    """Once somebody has used it."""
    ownership.add(ANN, ownership.new_name("x"), ownership.CHECKPOINT, "X")
    for each in home.glob("explorer.sqlite*"):
        each.unlink()
    yield "were removed"


@contextmanager
def full(home: Path) -> Iterator[str]:
    """No page of the file is free, and it cannot grow."""
    engine = database._engine(database.url())
    with engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()

    def stop(connection: sqlite3.Connection, *_: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}")

    event.listen(engine, "checkout", stop)
    with suppress(UserError):
        for number in range(1000):
            access.submit(Person(f"{number}"), RunSpec("ae-2", "digits", steps=9, title="x" * 60))
    yield "no room on the disk"
    event.remove(engine, "checkout", stop)


Broken = Callable[[Path], AbstractContextManager[str]]


@pytest.mark.parametrize(
    ("script", "address"),
    [*((script, {}) for script in OTHER_PAGES), ("reconstruct", {"model": "my-own"})],
)
@pytest.mark.parametrize("broken", [damaged, unopenable, locked])
@pytest.mark.one_in(3)
def test_pages_show_what_is_everybodys(
    home: Path, script: str, address: dict[str, str], broken: Broken
) -> None:
    (home / "checkpoints" / "my-own").mkdir(parents=True)
    with broken(home) as said:
        app = opened(script, **address)
    assert not app.exception
    assert said in words(app)
    assert 'alt="' in words(app) or app.get("bidi_component")
    assert app.selectbox(key="model-box").value


@pytest.mark.parametrize("script", ["train", "image_sets", "classroom"])
@pytest.mark.parametrize("broken", [damaged, unopenable, locked, removed])
def test_pages_that_need_the_database_say_what_is_wrong_with_it(
    home: Path, script: str, broken: Broken, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.mkdir(parents=True)
    monkeypatch.setenv("AE_TEACHER_KEY", "a long word")
    with broken(home) as said:
        app = opened(script)
        at_first = words(app)
        if script == "classroom" and app.get("text_input"):
            app.text_input(key="key").set_value("a long word").run()
    assert not app.exception
    assert said in at_first + words(app)


def a_set() -> str:
    collection = PictureCollection()
    for number in range(20):
        collection.add(ReadResult("", "", picture(number)))
    return saving.save(ANN, collection, collection.survey(), Form(), title="Mine").name


def shared(app: AppTest) -> AppTest:
    (toggle,) = app.toggle
    return toggle.set_value(True).run()


def deleted(app: AppTest) -> AppTest:
    return press(app, "Delete for good")


def trained(app: AppTest) -> AppTest:
    return press(app, "Train")


def told(app: AppTest) -> str:
    return words(app) + " ".join(each.value.replace("\\", "") for each in app.toast)


@pytest.mark.parametrize(
    ("script", "pressed", "broken"),
    [(script, pressed, broken)
     for script, pressed in (("image_sets", shared), ("image_sets", deleted), ("train", trained))
     for broken in (locked, removed)] + [("train", trained, full)],
)  # fmt: skip
def test_a_press_that_cannot_be_kept_is_answered_by_a_sentence(
    home: Path, script: str, pressed: Callable[[AppTest], AppTest], broken: Broken
) -> None:
    name = a_set()
    app = opened(script)
    with broken(home) as said:
        app = pressed(app)
    assert not app.exception
    assert said in told(app)
    # Images go before the record of whose they are, which can then be deleted again.
    assert name in image_sets.available() or (pressed is deleted and ownership.exists(name))

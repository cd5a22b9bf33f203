"""What belongs to somebody is asked for by somebody else, function by function.

The functions are those of `ae_core` that take a `Person`; pages and the server call no other one
that reads or changes what belongs to somebody.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

import ae_core
from ae_core.accounts import upload_allowances
from ae_core.accounts.person import Person
from ae_core.database import schema
from ae_core.database.connection import reading
from ae_core.errors import UserError
from tests.conftest import ROOT
from tests.isolation.belongings import (
    CLOSED,
    EMPTY,
    FOR_OWNERS,
    FOR_TEACHERS,
    ONES_OWN,
    OPEN_TO_PAGES,
    REFUSED,
    Belongings,
    made_by,
)
from tests.people import ANN, BOB, TEACHER, with_links


@pytest.fixture
def hers(home: Path) -> Belongings:
    return made_by(ANN)


MODULES = [
    importlib.import_module(found.name)
    for found in pkgutil.walk_packages(ae_core.__path__, "ae_core.")
    if not found.name.endswith("__main__") and ".migrations" not in found.name
]


def functions(module: Any) -> dict[str, Callable[..., Any]]:
    """The public functions of a module, by their names from `ae_core` on."""
    prefix = module.__name__.removeprefix("ae_core.")
    return {
        f"{prefix}.{name}": found
        for name, found in vars(module).items()
        if inspect.isfunction(found) and found.__module__ == module.__name__ and name[0] != "_"
    }


def asks_who(function: Callable[..., Any]) -> bool:
    annotations = [each.annotation for each in inspect.signature(function).parameters.values()]
    return "Person" in annotations or Person in annotations


def rows_of_ann() -> list[Any]:
    """All that the database has of Ann's."""
    with reading() as connection:
        return [
            (each.name, *row)
            for each in schema.METADATA.sorted_tables
            for row in connection.execute(select(each))
            if "ann" in row or each is schema.EVENTS
        ]


def test_every_function_that_asks_who_is_called_here_by_somebody_else() -> None:
    asking = {name for module in MODULES
              for name, function in functions(module).items() if asks_who(function)}  # fmt: skip
    assert asking == REFUSED.keys() | EMPTY.keys() | ONES_OWN.keys()


@pytest.mark.parametrize("name", REFUSED)
def test_nobody_reads_or_changes_what_is_another_persons(
    name: str, hers: Belongings, home: Path
) -> None:
    files = {path: path.stat().st_mtime_ns for path in home.rglob("*") if path.is_file()}
    before = rows_of_ann()
    for bob in (BOB, Person(""), with_links(BOB, hers.name, hers.images), Person("ann ")):
        with pytest.raises(UserError, match=r"not yours|not here|for teachers"):
            REFUSED[name](bob, hers)
    assert rows_of_ann() == before
    assert len(before) == 6  # a model, a set, a run, one event of it, an answer, a class
    kept = {path for path in files if path.suffix in (".safetensors", ".json", ".bin", ".npy")}
    assert kept
    assert all(path.stat().st_mtime_ns == files[path] for path in kept)


@pytest.mark.parametrize("name", EMPTY)
def test_nobody_is_given_anything_of_another_persons(name: str, hers: Belongings) -> None:
    for bob in (BOB, Person(""), with_links(BOB, hers.name, hers.images)):
        assert not EMPTY[name](bob, hers)
    assert EMPTY[name](ANN, hers)


@pytest.mark.parametrize("name", ONES_OWN)
def test_what_is_made_or_counted_is_ones_own(name: str, hers: Belongings) -> None:
    before, sent = rows_of_ann(), upload_allowances.within_hour(ANN)
    upload_allowances.add(ANN, 5)
    ONES_OWN[name](BOB, hers)
    assert rows_of_ann() == before
    assert upload_allowances.within_hour(ANN) == sent + 5
    assert upload_allowances.within_hour(BOB) < 5


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("person", [ANN, TEACHER], ids=["owner", "teacher"])
@pytest.mark.one_in(3)
def test_what_is_refused_to_others_is_done_for_whom_it_is_meant(
    person: Person, name: str, hers: Belongings
) -> None:
    if name in (FOR_TEACHERS if person == ANN else FOR_OWNERS):
        with pytest.raises(UserError, match=r"not yours|not here|for teachers"):
            REFUSED[name](person, hers)
    else:
        REFUSED[name](person, hers)


def test_pages_and_the_server_say_who_asks() -> None:
    guarded = {name.rpartition(".")[0] for name in REFUSED} | {"jobs.table", "jobs.results"}
    closed = {
        name: function
        for module in MODULES
        if module.__name__.removeprefix("ae_core.") in guarded
        for name, function in functions(module).items()
        if not asks_who(function) and name not in OPEN_TO_PAGES
    }
    names = {(name.rpartition(".")[0].rpartition(".")[2], name.rpartition(".")[2])
             for name in closed} | CLOSED  # fmt: skip
    for path in [*(ROOT / "pages").rglob("*.py"), *(ROOT / "server").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                if (node.value.id, node.attr) == ("image_sets", "load"):
                    assert path.name == "cached.py"
                assert (node.value.id, node.attr) not in names, f"{path.name}:{node.lineno}"
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ae_core."):
                module = (node.module or "").rpartition(".")[2]
                assert not {(module, each.name) for each in node.names} & names, path.name

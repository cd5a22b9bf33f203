"""What the source keeps: small rooms, short pages, no pickles. Who imports whom: `lint-imports`."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

MOST_FILES = 20
"""Python files in a folder; the more there are, the longer one looks for the right one."""

MOST_LINES = 80
"""Lines of a page's script: it draws from top to bottom, and what it draws with lies in `ui`."""

SOURCES = sorted(
    path
    for room in ("ae_core", "pages", "server", "benchmarks", "scripts")
    for path in ROOT.joinpath(room).rglob("*.py")
)
each_source = pytest.mark.parametrize(
    "source", SOURCES, ids=lambda path: str(path.relative_to(ROOT))
)


def test_no_folder_holds_more_files_than_one_can_overlook() -> None:
    held = Counter(
        source.parent.relative_to(ROOT) for source in SOURCES if source.stem != "__init__"
    )
    assert {str(folder): count for folder, count in held.items() if count > MOST_FILES} == {}


def test_every_folder_of_modules_says_what_lives_there() -> None:
    for folder in {source.parent for source in SOURCES} - {ROOT / "scripts"}:
        assert ast.get_docstring(ast.parse((folder / "__init__.py").read_text("utf-8"))), folder


@pytest.mark.parametrize("script", sorted(ROOT.glob("pages/*.py")), ids=lambda path: path.stem)
def test_a_page_is_a_short_script(script: Path) -> None:
    assert len(script.read_text("utf-8").splitlines()) <= MOST_LINES


@each_source
def test_nothing_allows_pickles(source: Path) -> None:
    for node in ast.walk(ast.parse(source.read_text("utf-8"))):
        if isinstance(node, ast.keyword) and node.arg == "allow_pickle":
            refused = isinstance(node.value, ast.Constant) and node.value.value is False
            assert refused, f"{source}:{node.value.lineno}: allow_pickle must be False"

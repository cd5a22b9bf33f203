"""The numbers behind a figure, as people take them along."""

from __future__ import annotations

from typing import Any

from pages.ui import figures


def test_table_reads_back_and_runs_nothing() -> None:
    table: dict[str, list[Any]] = {
        "size": [1, 2],
        "class": ["=cmd()", 'a "b", c'],
        "error": [0.5, -0.25],
    }
    lines = figures.csv_of(table).splitlines()
    assert lines == ["size,class,error", "1,'=cmd(),0.5", '2,"a ""b"", c",-0.25']

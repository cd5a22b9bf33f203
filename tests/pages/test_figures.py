"""Figures: the numbers behind them, as people take them along, and what tells classes apart."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pages.ui.drawing import charts, figures


def test_table_reads_back_and_runs_nothing() -> None:
    table: dict[str, list[Any]] = {
        "size": [1, 2],
        "class": ["=cmd()", 'a "b", c'],
        "error": [0.5, -0.25],
    }
    lines = figures.csv_of(table).splitlines()
    assert lines == ["size,class,error", "1,'=cmd(),0.5", '2,"a ""b"", c",-0.25']


@pytest.mark.parametrize("axes", [2, 3])
def test_more_classes_than_colours_are_told_apart_by_symbols(axes: int) -> None:
    names = [f"<b>{number}</b> of a very long name" for number in range(80)]
    points = np.random.default_rng(0).normal(size=(160, axes)).astype(np.float32)
    ends = [-1.0] * axes, [1.0] * axes, [0.0] * axes
    figure = charts.code_map(points, np.arange(160) % 80, names, *ends, ["x", "y", "z"])
    looks = [(each.marker.color, each.marker.symbol) for each in figure.data[:80]]
    assert len(set(looks[:70])) == 70
    assert looks[70] == looks[0]
    assert figure.data[0].name == "&lt;b&gt;0&lt;/b&gt; of a very l"


def test_title_in_chinese_has_lines_that_fit_on_a_phone() -> None:
    title = "z[1] 与图像的宽度相关\uff08r = 0.78\uff09\uff1b8 个数值中有 4 个达到 0.5 或更高"
    lines = figures.lines_of(title)
    assert "".join(lines).replace(" ", "") == title.replace(" ", "")
    assert len(lines) > 1
    for line in lines:
        assert len(line) + sum(not letter.isascii() for letter in line) <= figures.TITLE_WIDTH
        assert line[0] not in "\uff0c\u3002\uff1b\uff09"

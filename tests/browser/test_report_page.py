"""The report in a browser: it draws itself from a file, and asks nobody for anything."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import torch
from playwright.sync_api import Page

from ae_core import checkpoints
from ae_core.report import entries
from ae_core.report import page as report_page
from ae_core.report.entries import CodeMap, Entry

CURVE = {"step": [10.0, 20.0, 30.0], "bce": [130.0, 110.0, 105.0], "kl": [0.5, 4.0, 5.0]}


def copies(entry: Entry, count: int) -> list[Entry]:
    """The entry under many names, with maps of one, two and three numbers in turn."""
    made = []
    for number in range(count):
        size = 1 + number % 3
        torch.manual_seed(number)
        points = torch.randn(300, size)
        axes = tuple(f"z[{axis}]" for axis in range(size))
        drawn = CodeMap(points, torch.arange(300) % 10, tuple("0123456789"), axes)
        card = replace(entry.card, name=f"m-{number}", curve=CURVE)
        made.append(replace(entry, card=card, code_map=drawn))
    return made


@pytest.fixture
def report_file(tiny: str, tmp_path: Path) -> Path:
    (entry,) = entries.entries([checkpoints.card(tiny)])
    assert isinstance(entry, Entry)
    path = tmp_path / "report.html"
    made = datetime(2026, 1, 2, tzinfo=UTC)
    path.write_text(report_page.page(copies(entry, 9), (), made=made), encoding="utf-8")
    return path


@pytest.mark.parametrize("width", [1280, pytest.param(390, marks=pytest.mark.long)])
@pytest.mark.long
def test_every_figure_of_the_report_draws_itself_without_a_server(
    page: Page, report_file: Path, width: int
) -> None:
    asked: list[str] = []
    broken: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on("console", lambda said: broken.append(said.text) if said.type == "error" else None)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(report_file.as_uri())
    plots = page.locator(".plot")
    assert plots.count() == 19
    for index in range(0, plots.count(), 6):
        plots.nth(index).scroll_into_view_if_needed()
        plots.nth(index).locator(".main-svg").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert [url for url in asked if not url.startswith(("data:", "blob:"))] == [
        report_file.as_uri()
    ]
    assert broken == []


def test_maps_in_space_are_taken_down_out_of_sight_and_come_back(
    page: Page, report_file: Path
) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(report_file.as_uri())
    spaces = page.locator(".plot.space")
    for here, away in ((0, 2), (2, 0), (0, 2)):
        spaces.nth(here).scroll_into_view_if_needed()
        spaces.nth(here).locator("canvas").first.wait_for()
        spaces.nth(away).locator("canvas").first.wait_for(state="detached")

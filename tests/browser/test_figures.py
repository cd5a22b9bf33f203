"""A figure leaves the page as it is seen: as a drawing, as pixels, and as numbers."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

SOON = 60_000


def taken(page: Page, kind: str, folder: Path) -> Path:
    with page.expect_download() as found:
        page.get_by_role("button", name=kind, exact=True).first.click()
    path = folder / found.value.suggested_filename
    found.value.save_as(path)
    assert path.suffix == f".{kind.lower()}"
    return path


@pytest.mark.long
def test_figure_is_downloaded_in_three_ways(page: Page, tmp_path: Path) -> None:
    page.set_viewport_size({"width": 1280, "height": 1400})
    page.goto("/compare?part=bottleneck")
    chart = page.locator(".js-plotly-plot").first
    expect(chart.locator(".gtitle").first).to_be_visible(timeout=SOON)
    expect(page.get_by_role("button", name="CSV", exact=True).first).to_be_visible(timeout=SOON)
    box = chart.bounding_box()
    assert box

    drawing = taken(page, "SVG", tmp_path).read_text("utf-8")
    title = chart.locator(".gtitle").first.text_content()
    assert title
    assert drawing.startswith("<svg")
    assert title.split()[0] in drawing
    assert "autoencoder" in drawing.lower()
    assert "@font-face" in drawing  # a drawing alone cannot fetch its letters

    pixels = taken(page, "PNG", tmp_path).read_bytes()
    width, height = struct.unpack(">II", pixels[16:24])
    assert abs(width - 2 * box["width"]) <= 2
    assert abs(height - 2 * box["height"]) <= 2
    assert len(pixels) > 10_000  # something is drawn on it

    header, *rows = taken(page, "CSV", tmp_path).read_text("utf-8").splitlines()
    assert len(rows) >= 3
    assert all(row.count(",") == header.count(",") for row in rows)

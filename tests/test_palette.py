"""Colours are seen on the pages of both themes."""

from __future__ import annotations

import tomllib

import pytest

from ae_core import palette
from tests.conftest import ROOT

THEME = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]
GROUNDS = [THEME[theme]["backgroundColor"] for theme in ("light", "dark")]


def contrast(a: str, b: str) -> float:
    less, more = sorted((palette.luminance(a), palette.luminance(b)))
    return (more + 0.05) / (less + 0.05)


@pytest.mark.parametrize("ground", GROUNDS)
def test_lines_marks_and_the_rims_of_dots_stand_out(ground: str) -> None:
    rims = map(palette.seen, palette.CLASSES)
    lines = (*palette.MODELS, palette.REFERENCE, palette.LIMIT, palette.HERE)
    for colour in (*rims, *lines):
        assert contrast(colour, ground) >= 3, colour


def test_colours_that_are_changed_stay_different() -> None:
    assert len(set(palette.MODELS)) == len(palette.MODELS)
    assert len(set(map(palette.seen, palette.CLASSES))) == len(palette.CLASSES)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_and_links_can_be_read(theme: str) -> None:
    ground = THEME[theme]["backgroundColor"]
    for kind in ("textColor", "linkColor", "primaryColor"):
        assert contrast(THEME[theme][kind], ground) >= 4.5, kind

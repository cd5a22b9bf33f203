"""The file that every page begins with: Streamlit's, with our style sheet in its head.

Parts of a page then stand in their places from the first frame on, and nothing moves when the
style sheet and the sidebar come. It names the scripts, too, that the page will ask for later, and
says where the app lies, for which Streamlit would ask at two addresses, one after the other.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import streamlit as st

from pages.ui.browser import built
from pages.ui.state.declared import WITH_SIDEBAR
from pages.ui.style import BESIDE_SIDEBAR, STYLE

STATIC = Path(st.__file__).parent / "static"
SCRIPTS = STATIC / "static" / "js"
HEAD_ENDS = "</head>"

PARTS = ("Html", "BidiComponent", "Selectbox", "Button", "ButtonGroup", "PageLink")
"""Parts of Streamlit that most pages show, and that its own page asks for only once it is there."""

BASE = "<script>window.__streamlit={BACKEND_BASE_URL:new URL('.',location.href).href}</script>"

IMPORT = re.compile(r'(?:from|import)\s*"\./([^"]+\.js)"')

OF_THE_MAP = (
    ("live.js", '<script type="module" crossorigin src="./live/{}"></script>'),
    ("worker.js", '<link rel="prefetch" crossorigin href="./live/{}">'),
    ("runtime.wasm", '<link rel="prefetch" crossorigin href="./live/{}">'),
)
"""What the map asks for once it is mounted, and how the browser is told of it before."""

WITH_MAP = ("", "home", "latent_space")
"""Pages that begin with it, as they stand in addresses."""


def of_page(name: str) -> bytes:
    """The file of the page of that name, as it stands in addresses."""
    files = built.files() if name in WITH_MAP else {}
    early = (line.format(files[file]) for file, line in OF_THE_MAP if file in files)
    return _of_page(name, tuple(early))


@cache
def _of_page(name: str, early: tuple[str, ...]) -> bytes:
    style = STYLE + BESIDE_SIDEBAR if (name or "home") in WITH_SIDEBAR else STYLE
    before, head_ends, after = (STATIC / "index.html").read_text("utf-8").partition(HEAD_ENDS)
    assert head_ends, "Streamlit's page has no head"
    scripts = (
        f'<link rel="modulepreload" crossorigin href="./static/js/{script}">'
        for script in _scripts_of_parts()
        if script not in before
    )
    lines = "\n    ".join((BASE, *early, *scripts, f"<style>{style}</style>"))
    return f"{before}  {lines}\n  {head_ends}{after}".encode()


@cache
def _scripts_of_parts() -> tuple[str, ...]:
    """The scripts of these parts, and those that they import."""
    found: dict[str, None] = {}
    new = [file.name for part in PARTS for file in SCRIPTS.glob(f"{part}.*.js")]
    while new:
        name = new.pop()
        if name not in found:
            found[name] = None
            new += IMPORT.findall((SCRIPTS / name).read_text("utf-8"))
    return tuple(found)

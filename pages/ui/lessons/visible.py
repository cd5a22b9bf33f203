"""What of a page a step of a lesson shows: what it names, and nothing else.

Everything else is not displayed, so that neither the eye nor the keyboard nor a screen reader comes
to it. Errors are shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pages.ui.state.declared import PAGES
from pages.ui.state.values import name_of

PAGE = "lesson-page"
"""The key of the container of the page."""

PICTURES: dict[str, tuple[str, ...]] = {
    "codes": (
        "numbers-place", "digit-row", "correlations", "neighbours", "direction-place",
    ),
    "compare": ("dial-place", "bottleneck", "linked-maps", "map-fit"),
    "denoise": ("bench-place", "matrix"),
    "image_sets": ("bring", "own-sets"),
    "latent_space": ("live-map", "typed"),
    "reconstruct": ("drawing-place",),
    "train": ("broken-pictures", "broken-run", "learned-by-heart", "train", "training"),
}  # fmt: skip
"""What shows something and sets nothing, by its key."""

INSIDE: dict[str, tuple[str, ...]] = {
    "codes": ("effects",),
    "compare": ("size", "words"),
    "latent_space": (
        "view", "zoom", "grid", "large", "drawing", "axes", "colour", "chosen", "z", "walk",
        "hidden", "picture",
    ),
}  # fmt: skip
"""What is inside of a part: `lessonPart` in its TypeScript, or a class of its HTML."""

WITHOUT = ("lessons", "classroom", "join", "glossary")
"""Pages beside which no step stands."""

KEYS = {"model": "model-box"}
"""Of controls whose key is not their name."""

ALWAYS = ", ".join(
    f'[data-testid="{each}"]'
    for each in ("stAlertContentError", "stException", "stSpinner", "stProgress")
)
"""Errors, and that something is waited for."""


def names(page: str) -> set[str]:
    """All that a step on this page can show."""
    values = {name_of(each) for group in PAGES[page] for each in group.declared()}
    return values.union(PICTURES.get(page, ()), INSIDE.get(page, ())) - {"lesson", "step"}


def style(page: str, shown: Sequence[str]) -> str:
    """The style sheet of a step that shows these."""
    keys = ", ".join(f".st-key-{KEYS.get(name, name)}" for name in _outside(page, shown)) or "main"
    inside = [name for name in INSIDE.get(page, ()) if name not in shown]
    parts = "".join(f".st-key-{PAGE} *::part(lesson-{name}), .st-key-{PAGE} .lesson-{name}"
                    " { display: none !important; }\n" for name in inside)  # fmt: skip
    sidebar = "" if "model" in shown else SIDEBAR
    return f"""
.st-key-{PAGE} :is({BOXES}):not(:is({keys})):not(:is({keys}) *):not(:has(:is({keys}, {ALWAYS}))) {{
  display: none !important; }}
{parts}{sidebar}"""


BOXES = (
    ".stElementContainer, .stLayoutWrapper, .stColumn, .stVerticalBlock, .stHorizontalBlock,"
    " .stExpander, .stPopover"
)
SIDEBAR = """
.stSidebar, [data-testid="stExpandSidebarButton"] { display: none !important; }
.stApp .stAppViewContainer > div { margin-left: 0 !important; }
"""


def _outside(page: str, shown: Iterable[str]) -> list[str]:
    inside = INSIDE.get(page, ())
    return [name for name in shown if name not in inside]

"""Titles and file names that are Markdown: pages show them as they are, and follow none of them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ae_core import checkpoints
from ae_core.errors import UserError
from ae_core.texts import _, joined, ngettext
from pages.ui.shared.widgets import sentence
from tests.conftest import ROOT
from tests.pages.app_pages import opened

NAME = "[press](http://evil.example) ![](http://evil.example/b) www.evil.example"

LIVE = re.compile(r"(?<!\\)\]\(|(?<!\\)!\[|https?://evil|www\.evil")
"""A link or a picture that Markdown would make."""

OURS = re.compile(r"\[[^\[\]]*\]\(glossary#[a-z-]+\)")
"""A link to a word of the glossary."""

PAGES = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))

SHOWN_AS_MARKDOWN = (
    "markdown", "caption", "title", "header", "subheader", "error", "warning", "info", "success",
    "toast",
    "button", "checkbox", "radio", "slider", "text_input", "selectbox", "multiselect", "expander",
    "metric", "tab",
)  # fmt: skip


def markdown_of(element: Any) -> list[str]:
    """What of an element Streamlit reads as Markdown."""
    kinds = ("value", "label", "body", "help")
    return [said for kind in kinds if isinstance(said := getattr(element, kind, ""), str)]


@pytest.mark.one_in(5)
@pytest.mark.usefixtures("fresh_caches", "server_decodes")
@pytest.mark.parametrize("page", ["home", *(page for page in PAGES if page != "home")])
def test_no_page_makes_a_link_of_a_title(page: str, tiny: str) -> None:
    checkpoints.retitle(tiny, NAME)
    app = opened(page, model=tiny)
    assert not app.exception
    for kind in SHOWN_AS_MARKDOWN:
        element: Any
        for element in app.get(kind):
            if kind in ("text_input", "selectbox", "multiselect", "radio"):
                said = [element.label]  # what is chosen or typed is text
            else:
                said = markdown_of(element)
            assert not [each for each in said if LIVE.search(OURS.sub("", each))], (kind, said)


@pytest.mark.parametrize(
    "failure",
    [
        lambda: _("The file {name} is empty.", name=NAME),
        lambda: _("The file {name!r} is empty.", name=NAME),
        lambda: _("The file {name:>3} is empty.", name=NAME),
        lambda: ngettext("{count} of {name}", "{count} of {name}", 3, name=NAME),
        lambda: joined(_("So: {name}.", name=NAME), NAME),
        lambda: _("{reason} That is all.", reason=_("The file {name} is empty.", name=NAME)),
    ],
)
def test_an_error_shows_names_as_they_are(failure: Any) -> None:
    said = sentence(UserError(failure()))
    assert "evil" in said
    assert not LIVE.search(said)


def test_what_an_error_says_itself_stays_markdown() -> None:
    said = sentence(UserError(_("The limit is {limit:,} (`{name}` in {file}).", limit=12345,
                                name="jobs_waiting`", file="limits.toml")))  # fmt: skip
    assert said == r"The limit is 12,345 (`jobs_waiting'` in limits\.toml)."

"""What axe-core finds on every page, in every part and both themes; titles, and headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from pages.ui.state.declared import PAGES, Codes, Compare, Denoise, Reconstruct, Train
from pages.ui.state.values import State, name_of
from scripts.app_server import ROOT
from tests.browser.waiting import PATIENCE_SECONDS, frames, settled

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"

OF_STREAMLIT = {
    # The place of st.file_uploader where files are dropped. `role="presentation"` is what its
    # react-dropzone puts there (https://github.com/react-dropzone/react-dropzone/pull/1182), and
    # Streamlit gives it a label, too. Not found reported to Streamlit.
    "presentation-role-conflict": "stFileUploaderDropzone",
}
"""What is not in our hands: of each rule, what stands in the element."""

PARTS: dict[str, tuple[type[State], str]] = {
    "reconstruct": (Reconstruct, "source"),
    "denoise": (Denoise, "part"),
    "compare": (Compare, "part"),
    "codes": (Codes, "part"),
    "train": (Train, "part"),
}

FINDINGS = """async () => (await axe.run(document, { resultTypes: ["violations"] })).violations
  .flatMap(({ id, impact, nodes }) => nodes.map(({ html, target, any, all, none }) => ({
    rule: id, impact, html: html.slice(0, 300), at: JSON.stringify(target).slice(-200),
    why: [...any, ...all, ...none].map(({ message }) => message).join(" ") })))"""


def parts(name: str) -> list[str]:
    """The addresses of the parts of a page but the one that it opens with."""
    if name not in PARTS:
        return []
    group, field = PARTS[name]
    declaration = group.declaration(field)
    return [
        f"/{name}?{name_of(declaration)}={each}"
        for each in declaration.choices
        if each != declaration.default
    ]


def address(name: str) -> str:
    return "/" if name == "home" else f"/{name}"


def opened(page: Page, where: str) -> None:
    """Open an address and wait until all of it is there."""
    page.goto(where)
    page.get_by_role("heading", level=1).wait_for()
    settled(page)
    expect(page.locator('[data-testid=stSkeleton], .live[aria-busy="true"]')).to_have_count(0)
    frames(page, 10)


def findings(page: Page) -> list[dict[str, Any]]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text("utf-8"))
    return [
        found
        for found in page.evaluate(FINDINGS)
        if OF_STREAMLIT.get(found["rule"], "\n") not in found["html"]
    ]


@pytest.fixture
def dark(browser: Browser, base_url: str) -> Iterator[Page]:
    """A page in the dark theme."""
    context = browser.new_context(base_url=base_url, color_scheme="dark")
    page = context.new_page()
    page.set_default_timeout(1000 * PATIENCE_SECONDS)
    yield page
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_on_a_page_which_has_one_h1_and_a_title_of_its_own(
    page: Page, name: str
) -> None:
    opened(page, address(name))
    assert findings(page) == []
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_count(1)
    expect(page).to_have_title(re.compile(r".+ · Latent Space Explorer"))
    if name != "home":
        expect(page).to_have_title(f"{heading.inner_text()} · Latent Space Explorer")


@pytest.mark.long
@pytest.mark.parametrize("where", [each for name in PAGES for each in parts(name)])
def test_axe_finds_nothing_in_any_part_of_a_page(page: Page, where: str) -> None:
    opened(page, where)
    assert findings(page) == []


@pytest.mark.long
@pytest.mark.parametrize(
    "where", [each for name in PAGES for each in (address(name), *parts(name))]
)
def test_axe_finds_nothing_in_the_dark(dark: Page, where: str) -> None:
    opened(dark, where)
    assert findings(dark) == []


def test_axe_sees_what_is_wrong(page: Page) -> None:
    opened(page, "/classroom")
    page.evaluate("document.querySelector('h1').style.color = '#999'")
    page.evaluate("document.querySelector('h1').append(new Image())")
    assert {found["rule"] for found in findings(page)} >= {"color-contrast", "image-alt"}

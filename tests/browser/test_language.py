"""The language of a visitor in a real browser: chosen, kept, and all that the page says.

The language is one that is made for tests: nothing on a page is left in English.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from scripts import catalogue
from tests.browser.waiting import settled, until
from tests.languages import left_in_english

TEXTS = """() => {
  const found = [], attributes = ["title", "aria-label", "alt", "placeholder"];
  const read = (node, isOurs) => {
    if (node.nodeType === Node.TEXT_NODE && isOurs) found.push(node.data);
    if (node.nodeName === "STYLE") return;
    if (isOurs && node.getAttribute)
      for (const name of attributes) found.push(node.getAttribute(name) ?? "");
    const ours = isOurs || node.classList?.contains("live");
    for (const root of [node.shadowRoot, node].filter(Boolean))
      for (const each of root.childNodes) read(each, ours);
  };
  read(document.body, false);
  return found.filter((text) => text.trim());
}"""
"""All texts in the parts of the page that are ours, whether they are shown just now or not."""


@pytest.fixture(scope="module", autouse=True)
def language() -> str:
    """The language is there before a page asks for it."""
    catalogue.make_pseudo()
    return catalogue.PSEUDO


def heading(page: Page) -> Locator:
    return page.get_by_role("heading").first


@pytest.mark.parametrize(
    "query",
    [
        "latent_space?model=digits-vae-conv-2&z=0,0&beside=digits-tanh-3&view=density",
        "latent_space?model=digits-tanh-3&view=regions&walk=0,0,0,0.5,0.5,0.5",
        "latent_space?model=mnist-vae-1",
        "reconstruct?model=digits-vae-conv-2&source=draw",
        "denoise?model=digits-dense-49",
        "compare?part=bottleneck&model=mnist-ae-8",
        "compare?part=two-maps&model=digits-vae-conv-2",
    ],
)
@pytest.mark.one_in(4)
def test_the_browsers_part_says_nothing_in_english(page: Page, language: str, query: str) -> None:
    page.goto(f"/{query}&lang={language}")
    until(page, lambda: page.evaluate(TEXTS), lambda found: any("⟦" in text for text in found))
    settled(page)
    found = page.evaluate(TEXTS)
    assert left_in_english(found) == {}


def test_a_choice_in_the_menu_is_kept_on_every_way_through_the_pages(
    page: Page, browser: Browser, base_url: str, language: str
) -> None:
    page.goto("/denoise?model=digits-dense-49")
    expect(heading(page)).to_have_text("Denoise")
    settled(page)
    page.locator(".st-key-language button").click()
    page.get_by_role("menuitem", name=language).click()
    expect(heading(page)).to_have_text(re.compile("⟦"))
    expect(page).to_have_url(re.compile(rf"model=digits-dense-49.*&lang={language}"))
    expect(page.locator("html")).to_have_attribute("lang", language.replace("_", "-"))
    until(page, lambda: left_in_english(page.evaluate(TEXTS)), lambda found: not found)
    page.get_by_role("link", name=catalogue.pseudo("Reconstruct"), exact=True).first.click()
    expect(page).to_have_url(re.compile(rf"/reconstruct.*lang={language}"))
    expect(heading(page)).to_have_text(catalogue.pseudo("Reconstruct"))
    settled(page)
    page.get_by_role("radio", name=catalogue.pseudo("best")).click()  # a fragment alone runs
    expect(page).to_have_url(re.compile("which=best"))
    settled(page)
    assert left_in_english(page.get_by_test_id("stCaptionContainer").all_inner_texts()) == {}
    page.go_back()
    page.go_back()
    expect(page).to_have_url(re.compile(rf"/denoise.*lang={language}"))
    expect(heading(page)).to_have_text(catalogue.pseudo("Denoise"))
    page.reload()
    expect(heading(page)).to_have_text(catalogue.pseudo("Denoise"))

    copied = page.url
    again = page.context.new_page()  # the same browser, without the language in the address
    again.goto("/models")
    expect(heading(again)).to_have_text(catalogue.pseudo("Models"))
    other = browser.new_context(base_url=base_url).new_page()
    other.goto("/models")
    expect(heading(other)).to_have_text("Models")
    other.goto(copied)
    expect(heading(other)).to_have_text(catalogue.pseudo("Denoise"))
    other.context.close()


def test_who_has_chosen_nothing_reads_the_language_of_the_browser(
    browser: Browser, base_url: str
) -> None:
    other = browser.new_context(base_url=base_url, locale="en-XA").new_page()
    other.goto("/models")
    expect(heading(other)).to_have_text(catalogue.pseudo("Models"))
    expect(other).not_to_have_url(re.compile("lang="))
    other.context.close()

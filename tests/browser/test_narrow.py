"""Every page at the width of a phone, in the longest language: nothing is wider than the window."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from pages.ui.state.declared import PAGES
from scripts import catalogue
from tests.browser.waiting import settled, until

CUT_OFF = """() => {
  const found = [];
  const main = document.querySelector('[data-testid=stMain]');
  if (main.scrollWidth > innerWidth) found.push(`the page is ${main.scrollWidth} pixels wide`);
  const look = (root) => {
    for (const each of root.querySelectorAll('*')) {
      if (each.shadowRoot) look(each.shadowRoot);
      if (!each.matches('button, [role=radio], a[href], summary')) continue;
      const box = each.getBoundingClientRect();
      if (!box.width || !box.height || getComputedStyle(each).visibility === 'hidden') continue;
      const clipped = [each, ...each.querySelectorAll('p, span, div')].some((part) => {
        const style = getComputedStyle(part);
        return part.scrollWidth > part.clientWidth + 2 && part.clientWidth > 0
          && (style.overflowX === 'hidden' || style.textOverflow === 'ellipsis');
      });
      if (clipped && each.textContent.trim()) found.push(`cut off: ${each.textContent.trim()}`);
    }
  };
  look(main);
  return found;
}"""
"""What does not fit: the page as a whole, and what is pressed, with its text."""


@pytest.mark.one_in(4)
@pytest.mark.parametrize("name", sorted(PAGES))
def test_nothing_is_cut_off_on_a_phone_in_the_longest_language(
    browser: Browser, base_url: str, name: str
) -> None:
    catalogue.make_pseudo()
    context = browser.new_context(base_url=base_url, viewport={"width": 390, "height": 844})
    page = context.new_page()
    address = "/" if name == "home" else f"/{name}"
    page.goto(f"{address}?lang={catalogue.PSEUDO}")
    text = page.get_by_test_id("stMain")
    until(page, text.inner_text, lambda said: "⟦" in said)
    settled(page)
    assert page.evaluate(CUT_OFF) == []
    page.add_style_tag(content="button { max-width: 30px; overflow: hidden; white-space: nowrap }")
    assert page.evaluate(CUT_OFF) != []  # it would have seen one
    context.close()

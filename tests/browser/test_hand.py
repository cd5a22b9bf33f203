"""What a finger hits, what fits a narrow window, and how the keyboard goes over a page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from pages.ui.state.declared import PAGES
from tests.browser.test_accessibility import address, opened
from tests.browser.waiting import PATIENCE_SECONDS

LEAST = 44

CONTROLS = """() => {
  const found = [], kinds = "button, a[href], input, select, textarea, summary, [tabindex='0']";
  const isAway = (each) => each.closest(".stSidebar")?.getBoundingClientRect().right <= 20 ||
    each.matches("[data-testid=stSkipToContent]:not(:focus)") ||
    !each.checkVisibility({ opacityProperty: true, visibilityProperty: true }) ||
    !each.getBoundingClientRect().width;
  const look = (root) => {
    for (const each of root.querySelectorAll("*")) {
      if (each.shadowRoot) look(each.shadowRoot);
      if (each.matches(kinds) && !isAway(each)) found.push(each);
    }
  };
  look(document);
  return found;
}"""

SMALL = f"""least => ({CONTROLS})().filter((each) => {{
  let target = each;
  if (each.matches("input:is([type=checkbox], [type=radio])")) target = each.closest("label");
  target ??= each;
  // Streamlit's sliders: the input is not seen, its thumb is.
  if (each.matches("[data-testid=stSlider] input")) target = each.parentElement.parentElement;
  if (each.closest("[data-testid=stSelectbox]")) target = each.parentElement;
  let {{ width, height }} = target.getBoundingClientRect();
  const around = getComputedStyle(target, "::after");
  if (around.position === "absolute") {{
    width = Math.max(width, parseFloat(around.width) || 0);
    height = Math.max(height, parseFloat(around.height) || 0);
  }}
  // The ticks of the dial stand on a slider that does the same.
  return !each.closest(".ticks") && (width < least - 0.5 || height < least - 0.5);
}}).map((each) => each.outerHTML.slice(0, 160))"""

BEYOND = """() => {
  const main = document.querySelector("[data-testid=stMain]");
  return [document.scrollingElement.scrollWidth - innerWidth, main.scrollWidth - main.clientWidth];
}"""

FOCUSED = """() => {
  let each = document.activeElement;
  while (each?.shadowRoot?.activeElement) each = each.shadowRoot.activeElement;
  if (!each || each === document.body) return null;
  window.reached ??= new Set();
  window.reached.add(each);
  const shows = [];
  for (let at = each, up = 0; at && up < 6; at = at.parentElement, up++) {
    const { outlineStyle, outlineWidth, boxShadow, borderColor } = getComputedStyle(at);
    shows.push(outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 || boxShadow !== "none");
  }
  return { html: each.outerHTML.slice(0, 160), shown: shows[0] || shows.some(Boolean) };
}"""

MISSED = f"""() => ({CONTROLS})().filter((each) => !window.reached.has(each) && !each.disabled &&
  each.tabIndex >= 0 && !each.matches("[aria-pressed=false][role=radio], [role=radio]"))
  .map((each) => each.outerHTML.slice(0, 160))"""

MOST_STEPS = 150


@pytest.fixture
def phone(browser: Browser, base_url: str) -> Iterator[Page]:
    """A page under a finger."""
    size: Any = {"width": 390, "height": 844}
    context = browser.new_context(base_url=base_url, viewport=size, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.set_default_timeout(1000 * PATIENCE_SECONDS)
    yield page
    context.close()


@pytest.mark.parametrize(
    "where", [*map(address, PAGES), "/reconstruct?source=draw", "/codes?part=arithmetic"]
)
@pytest.mark.one_in(4)
def test_everything_is_large_enough_for_a_finger(phone: Page, where: str) -> None:
    opened(phone, where)
    assert phone.evaluate("matchMedia('(pointer: coarse)').matches")
    assert phone.evaluate(SMALL, LEAST) == []


@pytest.mark.parametrize(("width", "height"), [(320, 640), (640, 360)])
@pytest.mark.parametrize(
    "where",
    [
        *map(address, PAGES),
        "/reconstruct?source=draw",
        "/denoise?part=matrix",
        "/compare?part=side-by-side",
        "/compare?part=loss",
        "/codes?part=arithmetic",
        "/train?part=overfitting",
    ],
)
@pytest.mark.one_in(8)
def test_nothing_reaches_beyond_a_narrow_page(
    page: Page, where: str, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    opened(page, where)
    document, main = page.evaluate(BEYOND)
    assert document <= 0
    assert main <= 0


@pytest.mark.parametrize(
    "where", ["/reconstruct?source=draw", "/latent_space", "/models", "/train"]
)
@pytest.mark.one_in(4)
def test_the_tab_key_reaches_everything_and_shows_where_it_is(page: Page, where: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    opened(page, where)
    hidden = []
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused is None:
            break
        if not focused["shown"]:
            hidden.append(focused["html"])
    assert hidden == []
    assert page.evaluate(MISSED) == []

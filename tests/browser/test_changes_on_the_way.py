"""A run that is changed in its middle, in a real browser with a real worker."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.waiting import settled

SOON = 60_000


@pytest.mark.long
def test_a_run_is_changed_stopped_between_steps_and_its_card_says_when(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto("/train?preset=vae-2&set=digits&seconds=60&where=server")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_text(re.compile("images a second"))).to_be_visible(timeout=SOON)
    page.get_by_role("button", name="What happens if").click()
    beta = page.get_by_role("slider", name="Beta")
    expect(beta).to_have_attribute("aria-valuetext", "1")
    beta.press("ArrowRight")
    page.get_by_role("radio", name="one by one").click()
    waits = page.get_by_text(re.compile(r"Step [\d,]+ of [\d,]+: it waits"))
    expect(waits).to_be_visible()
    page.keyboard.press("Escape")

    def step() -> int:
        found = re.search(r"Step ([\d,]+) of", str(waits.text_content()))
        assert found
        return int(found[1].replace(",", ""))

    settled(page)
    page.wait_for_timeout(500)
    before = step()
    page.get_by_role("button", name="One step").click()
    expect(waits).to_have_text(re.compile(f"Step {before + 1:,} of"))
    expect(page.get_by_text("beta 2", exact=True)).to_be_visible()
    page.get_by_role("button", name="Stop and keep").click()
    expect(page.get_by_text("Done in")).to_be_visible(timeout=SOON)
    settled(page)
    expect(page.get_by_test_id("stToast")).to_have_count(0)  # nobody has changed anything since
    page.get_by_role("button", name="See its card").click()
    expect(page.get_by_text(re.compile(r"beta 2 from step [\d,]+ on"))).to_be_visible(timeout=SOON)
    expect(page.get_by_text(re.compile("--changes 0:beta=1.0,"))).to_be_visible()

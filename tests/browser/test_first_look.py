"""What a first visit sends."""

from __future__ import annotations

from playwright.sync_api import Browser

from tests.browser.waiting import settled

MOST_BYTES = 5_000_000


def test_a_first_visit_of_the_map_takes_less_than_five_megabytes(
    browser: Browser, base_url: str
) -> None:
    context = browser.new_context()  # whose cache is empty
    page = context.new_page()
    taken = [0]
    session = context.new_cdp_session(page)
    session.on("Network.loadingFinished", lambda of: taken.append(of["encodedDataLength"]))
    session.send("Network.enable")
    page.goto(f"{base_url}/latent_space")
    page.locator('.live[aria-busy="false"]').wait_for(timeout=60_000)
    settled(page)
    sent = sum(taken)
    context.close()
    assert 1_000_000 < sent < MOST_BYTES

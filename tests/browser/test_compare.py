"""The page Compare in a real browser: the dial, models side by side, one cursor on two maps."""

from __future__ import annotations

import re
from functools import partial

import pytest
from playwright.sync_api import Page, expect

from tests.browser.waiting import changed, choose, settled

PATIENCE = 30_000
SOON = 60_000


def opened(page: Page, address: str) -> None:
    """Go there, and wait for the page: a cold server loads torch before the first one."""
    page.goto(f"/compare{address}")
    page.get_by_role("heading", name="Compare", exact=True).wait_for(timeout=SOON)
    settled(page)


def wider(page: Page) -> int:
    """By how much the page is wider than its place."""
    main = page.get_by_test_id("stMain")
    return int(main.evaluate("main => main.scrollWidth - main.clientWidth"))


def test_dial_swaps_the_digits_without_the_server_and_tells_it_on_release(page: Page) -> None:
    sent: list[object] = []
    page.on("websocket", lambda it: it.on("framesent", lambda frame: sent.append(frame)))
    opened(page, "?model=mnist-ae-8&size=8")
    dial = page.get_by_role("slider", name="Numbers in the code")
    strip = page.get_by_alt_text(re.compile("^Autoencoder from 8 numbers"))
    expect(strip).to_be_visible(timeout=PATIENCE)
    before = str(strip.get_attribute("src"))
    sent.clear()
    changed = dial.evaluate(
        """(dial, before) => {
             dial.value = "0";
             dial.dispatchEvent(new Event("input"));
             const strips = [...dial.getRootNode().querySelectorAll("img")];
             return !strips.some(({ src }) => src === before);
           }""",
        before,
    )
    assert changed
    assert not sent
    expect(page).to_have_url(re.compile("size=8"))
    dial.evaluate("dial => dial.dispatchEvent(new Event('change'))")
    expect(page).to_have_url(re.compile("size=1(&|$)"), timeout=PATIENCE)
    expect(page.get_by_text("784 numbers become 1 number")).to_be_visible()
    expect(page.locator(".gtitle").first).to_contain_text("At 1 number", timeout=PATIENCE)
    page.reload()
    expect(page.get_by_alt_text(re.compile("^Autoencoder from 1 number:"))).to_be_visible(
        timeout=SOON
    )


@pytest.mark.long
def test_back_of_the_browser_turns_the_dial_back(page: Page) -> None:
    opened(page, "?model=mnist-ae-8&size=8")
    dial = page.get_by_role("slider", name="Numbers in the code")
    title = page.locator(".gtitle").first
    sizes = [1, 2, 3, 4, 8, 16, 32, 49, 64]

    def is_at(size: int) -> None:
        expect(page).to_have_url(re.compile(f"size={size}(&|$)"), timeout=PATIENCE)
        expect(dial).to_have_value(str(sizes.index(size)), timeout=PATIENCE)
        expect(page.get_by_alt_text(re.compile(f"^PCA from {size} numbers"))).to_be_visible()
        expect(page.get_by_text(f"784 numbers become {size} numbers")).to_be_visible()
        expect(title).to_contain_text(f"At {size} numbers", timeout=PATIENCE)

    is_at(8)
    page.get_by_title("A code of 64", exact=True).click()
    is_at(64)
    page.get_by_title("A code of 2", exact=True).click()
    is_at(2)
    page.go_back()
    is_at(64)
    page.go_back()
    is_at(8)
    page.get_by_title("A code of 2", exact=True).click()  # what was released last
    is_at(2)
    page.go_back()
    is_at(8)
    for _ in range(4):  # faster than the address follows
        dial.press("ArrowRight")
    is_at(64)


def test_two_models_side_by_side_and_the_same_from_the_copied_address(page: Page) -> None:
    page.goto("/models?model=digits-tanh-3")
    page.get_by_role("button", name="Compare").click(timeout=SOON)
    expect(page.get_by_alt_text("reconstructed by tanh-3").first).to_be_visible(timeout=PATIENCE)
    choose(page, "Models, two to four", "dense-49 · Built-in digits", typed="dense-49")
    expect(page).to_have_url(re.compile("compare=digits-tanh-3%2C"), timeout=PATIENCE)
    expect(page.locator(".ae-compare thead th")).to_have_count(2, timeout=PATIENCE)
    assert page.context.browser
    other = page.context.browser.new_page()
    other.goto(page.url.replace("/compare?", "/models?"))
    expect(other.locator(".ae-compare thead th")).to_have_count(2, timeout=SOON)
    expect(other.get_by_text("test images", exact=False).first).to_be_visible()
    other.get_by_text("bottleneck", exact=True).click()
    expect(other).not_to_have_url(re.compile("part="), timeout=PATIENCE)
    other.close()


def test_every_part_fits_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    opened(page, "?model=digits-vae-conv-2")
    main = page.get_by_test_id("stMain")
    for part in ("bottleneck", "side by side", "loss", "out of distribution", "two maps"):
        if part != "bottleneck":
            before = main.inner_text()
            page.get_by_role("radio", name=part).click()
            changed(page, main.inner_text, before)
            settled(page)
        expect(page.locator("img, canvas").first).to_be_visible(timeout=PATIENCE)
        expect(page.get_by_test_id("stException")).to_have_count(0)
        assert wider(page) <= 0


def test_errors_of_all_test_images_come_from_the_background_worker(page: Page) -> None:
    opened(page, "?compare=digits-tanh-3,digits-dense-49&part=side by side")
    titles = page.locator(".gtitle")
    expect(titles.filter(has_text="smallest").first).to_be_visible(timeout=SOON)
    expect(titles.filter(has_text="learned by").first).to_be_visible(timeout=SOON)
    page.get_by_text("disagree most", exact=True).click()
    expect(page.get_by_text("The largest difference between")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("button", name="CSV").first).to_be_visible()


def test_one_cursor_moves_on_both_maps(page: Page) -> None:
    opened(page, "?model=mnist-ae-2&part=two maps")
    pictures = page.locator(".linked-maps canvas.small[aria-label]")
    boards = page.locator(".linked-maps .board.held canvas:last-child")
    expect(boards).to_have_count(2, timeout=PATIENCE)
    expect(page.get_by_text("at the same place", exact=True)).to_have_count(2, timeout=SOON)

    def drawn() -> list[str]:
        return [str(each.evaluate("it => it.toDataURL()")) for each in pictures.all()]

    before = drawn()
    assert len(before) == 2
    boards.first.hover(position={"x": 20, "y": 30})
    for old, picture in zip(before, pictures.all(), strict=True):
        changed(page, partial(picture.evaluate, "it => it.toDataURL()"), old)
    page.get_by_role("button", name="regions", exact=True).click()
    expect(page.get_by_text("Behind: what the classifier reads at each place;")).to_be_visible()


@pytest.mark.long
def test_drawing_stands_beside_the_other_images_at_an_address_of_before(page: Page) -> None:
    opened(page, "?model=digits-dense-49&part=strangers&compare=digits-dense-49")
    expect(page).to_have_url(re.compile("part=out-of-distribution"))
    paper = page.get_by_label("Drawing pad")
    paper.scroll_into_view_if_needed(timeout=PATIENCE)
    box = paper.bounding_box()
    assert box
    page.mouse.move(box["x"] + 60, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 150, box["y"] + 170, steps=8)
    page.mouse.up()
    expect(page.get_by_alt_text(re.compile("^yours, reconstructed by"))).to_be_visible(timeout=SOON)
    expect(page.locator(".gtitle").filter(has_text="a shoe").first).to_be_visible(timeout=SOON)

"""What a visitor does with codes, in a real browser: taps, lassos, waits for a map."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

MODEL = "digits-dense-49"


def opened(page: Page, base_url: str, part: str, **more: str) -> None:
    address = "".join(f"&{key}={value}" for key, value in more.items())
    page.goto(f"{base_url}/codes?model={MODEL}&part={part.replace(' ', '+')}{address}")


def tile(page: Page, text: str) -> Locator:
    return page.get_by_alt_text(re.compile(text))


def test_tapped_digits_fill_a_then_b_and_the_sum_changes(page: Page, base_url: str) -> None:
    opened(page, base_url, "arithmetic")
    total = tile(page, "The code a . b minus c")
    before = total.get_attribute("src")
    row = page.get_by_role("group", name="Put an image into a")
    row.get_by_role("button").nth(8).click()
    expect(page).to_have_url(re.compile("[?&]a=[0-9]+"))
    expect(tile(page, "a, decoded: a 8")).to_be_visible()
    expect(total).not_to_have_attribute("src", str(before))
    page.get_by_role("group", name="Put an image into b").get_by_role("button").nth(2).click()
    expect(tile(page, "b, decoded: a 2")).to_be_visible()
    expect(tile(page, "a, decoded: a 8")).to_be_visible()


def test_dragged_digit_falls_into_the_slot_that_it_is_dropped_on(page: Page, base_url: str) -> None:
    opened(page, base_url, "arithmetic")
    before = tile(page, "^b, decoded").get_attribute("alt")
    digit = page.get_by_role("group", name="Put an image into a").get_by_role("button").nth(6)
    digit.drag_to(tile(page, "^c, decoded"))
    expect(tile(page, "^c, decoded: a 6")).to_be_visible()
    expect(page).to_have_url(re.compile("[?&]c=[0-9]+"))
    expect(tile(page, "^b, decoded")).to_have_attribute("alt", str(before))
    tile(page, "^b, decoded").click()
    page.get_by_role("group", name="Put an image into b").get_by_role("button").nth(6).click()
    expect(tile(page, "b, decoded: a 6")).to_be_visible()


@pytest.mark.long
def test_lassoed_group_goes_into_the_sum_as_its_mean(page: Page, base_url: str) -> None:
    opened(page, base_url, "arithmetic", lasso="true")
    plot = page.locator(".js-plotly-plot .nsewdrag").first
    plot.wait_for()
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert box is not None
    corners = [(0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8), (0.2, 0.25)]
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in corners]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=6)
    page.mouse.up()
    expect(tile(page, "a, decoded: mean of [0-9]+")).to_be_visible()


def test_tapped_image_shows_its_neighbours_and_stays_in_the_address(
    page: Page, base_url: str
) -> None:
    opened(page, base_url, "neighbours")
    row = page.get_by_role("group", name="Choose a test image")
    row.get_by_role("button").nth(6).click()
    expect(page.locator("img.ae-big")).to_have_attribute("alt", re.compile("A 6, test image"))
    name = str(page.locator("img.ae-big").get_attribute("alt"))
    expect(page).to_have_url(re.compile("digit=[0-9]+"))
    expect(tile(page, "By code, neighbour")).to_have_count(5)
    page.reload()
    expect(page.locator("img.ae-big")).to_have_attribute("alt", name)


def test_map_is_computed_once_and_a_tapped_point_shows_its_image(page: Page, base_url: str) -> None:
    page.set_default_timeout(90_000)
    opened(page, base_url, "maps", **{"way-of-map": "PCA"})
    page.get_by_text(re.compile("trustworthiness 0")).first.wait_for()
    point = page.locator(".js-plotly-plot .scatterlayer .point").nth(20)
    point.wait_for()
    box = point.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator("img.ae-big")).to_have_count(2)
    page.reload()
    expect(page.get_by_text(re.compile("trustworthiness 0")).first).to_be_visible()


def test_direction_slider_changes_the_digit(page: Page, base_url: str) -> None:
    opened(page, base_url, "arithmetic", compute="a+direction")
    digit = tile(page, "The image, thin to bold")
    before = digit.get_attribute("src")
    expect(page.get_by_text(re.compile("keeps a cosine of"))).to_be_visible()
    page.get_by_role("slider").press("ArrowRight")
    expect(digit).not_to_have_attribute("src", str(before))


@pytest.mark.long
def test_cell_of_the_mistakes_shows_the_images_behind_it(page: Page, base_url: str) -> None:
    page.set_default_timeout(120_000)
    opened(page, base_url, "features")
    page.get_by_role("button", name=re.compile("Classifiers on 10, ")).click()
    page.get_by_text(re.compile("Its commonest mistake")).wait_for()
    page.get_by_text(re.compile("images: .* taken for")).wait_for()
    plot = page.locator(".js-plotly-plot").nth(2)
    plot.scroll_into_view_if_needed()
    drag = plot.locator(".nsewdrag").first.bounding_box()
    assert drag is not None
    cell = (drag["x"] + drag["width"] * 0.05, drag["y"] + drag["height"] * 0.05)
    page.mouse.click(*cell)
    expect(page.get_by_text(re.compile("images: 0 taken for 0"))).to_be_visible()

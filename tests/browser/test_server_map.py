"""The page Latent space in a browser without WebAssembly: the server decodes."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.waiting import code_in, frames, settled, steady, until

PLACE_OF_THE_FIRST_POINT = """() => {
  const plot = document.querySelector(".js-plotly-plot"), {x, y} = plot._fullData[0];
  const {xaxis, yaxis} = plot._fullLayout, box = plot.getBoundingClientRect();
  return [box.x + xaxis._offset + xaxis.d2p(x[0]), box.y + yaxis._offset + yaxis.d2p(y[0])];
}"""


@pytest.fixture
def page(page: Page) -> Page:
    """A page that cannot run the live map."""
    page.add_init_script("delete globalThis.WebAssembly")
    page.set_viewport_size({"width": 1280, "height": 900})
    return page


def big_picture(page: Page) -> str:
    """The main picture, as the address that holds it."""
    expect(page.get_by_text("The live map did not start in this browser")).to_be_visible()
    address = page.locator("img.ae-big").first.get_attribute("src")
    assert address
    return address


def test_slider_moves_and_the_picture_and_the_address_change(page: Page) -> None:
    page.goto("/latent_space?model=digits-vae-conv-2&z=0,0")
    before = big_picture(page)
    page.get_by_role("slider").first.focus()
    for _ in range(15):
        page.keyboard.press("ArrowRight")
    expect(page.locator("img.ae-big").first).not_to_have_attribute("src", before)
    expect(page).to_have_url(re.compile(r"z=0\.\d+%2C0|z=[1-9.]+%2C0"))


@pytest.mark.long
def test_clicked_point_of_the_map_becomes_the_code(page: Page) -> None:
    page.goto("/latent_space?model=digits-vae-conv-2&z=3,3")
    before = big_picture(page)
    settled(page)
    chart = page.locator(".js-plotly-plot .nsewdrag").first
    chart.wait_for()
    place = steady(page, lambda: page.evaluate(PLACE_OF_THE_FIRST_POINT))
    page.mouse.move(*place)
    frames(page, 20)  # plotly looks for what is under the pointer at its own pace
    page.mouse.click(*place)
    expect(page.locator("img.ae-big").first).not_to_have_attribute("src", before)


@pytest.mark.long
def test_no_press_on_a_slider_is_lost_however_fast_they_come(page: Page) -> None:
    page.goto("/latent_space?model=digits-vae-conv-2&z=-1,0")
    big_picture(page)
    slider = page.get_by_role("slider").first
    slider.focus()
    settled(page)
    steady(page, lambda: (page.url, slider.bounding_box()))
    step = float(slider.get_attribute("step") or 0)
    assert step > 0
    for press in range(30):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(20 + 15 * (press % 5))
    expect(slider).to_have_value(re.compile(rf"^{-1 + 30 * step:g}"))
    until(page, lambda: code_in(page)[0], lambda z: z == pytest.approx(-1 + 30 * step, abs=0.01))
    settled(page)
    frames(page, 20)
    expect(slider).to_have_value(re.compile(rf"^{-1 + 30 * step:g}"))


@pytest.mark.long
def test_walk_plays_between_two_digits(page: Page) -> None:
    page.goto("/latent_space?model=digits-vae-conv-2")
    big_picture(page)
    film = page.locator(".ae-film")
    film.scroll_into_view_if_needed()
    first = film.evaluate("element => getComputedStyle(element).backgroundPosition")
    expect(film).not_to_have_css("background-position", first)


def test_drawn_digit_is_reconstructed_by_the_server(page: Page) -> None:
    page.goto("/reconstruct?source=draw&model=digits-vae-conv-2")
    expect(page.get_by_text("The live map did not start in this browser")).to_be_visible()
    pad = page.get_by_role("img", name=re.compile("Drawing pad"))
    box = pad.bounding_box()
    assert box
    page.mouse.move(box["x"] + 110, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 110, box["y"] + 180, steps=8)
    page.mouse.up()
    expect(page.get_by_alt_text("The picture as the model draws it again")).to_be_visible()

"""Training in the app, in a real browser with a real worker."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.waiting import choose, settled

SOON = 60_000
EPOCHS = 20


def train(page: Page, title: str) -> None:
    """Fill the form and press the button, without a word in between to the last field."""
    page.set_viewport_size({"width": 1280, "height": 1000})
    page.goto("/train?preset=ae-2&set=digits&where=server")
    page.get_by_role("radio", name="epochs").click()
    page.get_by_role("spinbutton", name="Epochs").first.fill(str(EPOCHS))
    page.get_by_role("textbox", name="Name").first.fill(title)
    page.get_by_role("button", name="Train", exact=True).click()


def test_model_is_trained_found_on_other_pages_renamed_shared_and_deleted(
    page: Page, browser: Browser, base_url: str
) -> None:
    train(page, "My first one")
    expect(page.get_by_role("heading", name="My first one")).to_be_visible(timeout=SOON)
    expect(page.get_by_text("Done in")).to_be_visible(timeout=SOON)
    expect(page.get_by_text("On test images now").first).to_be_visible()
    settled(page)  # until then the map of the run's end stands beside that of its course
    machine = page.get_by_role("slider", name="Time machine")
    picture = page.get_by_alt_text(re.compile("Map of the codes"))
    last = picture.get_attribute("src")
    machine.focus()
    page.keyboard.press("Home")
    expect(picture).not_to_have_attribute("src", str(last))

    title = page.get_by_role("textbox", name="Name").nth(1)
    title.fill("Renamed")
    title.press("Enter")
    page.get_by_text("Share by link").click()
    link = page.locator("code", has_text="/latent_space?model=my-")
    path = link.inner_text().strip()
    assert path.startswith(base_url)
    stranger = browser.new_context(base_url=base_url).new_page()
    stranger.goto(path)
    model = stranger.get_by_role("combobox", name="Model")
    expect(model).to_have_value("Renamed", timeout=SOON)
    stranger.goto("/train")
    expect(stranger.get_by_text("Nothing trained yet")).to_be_visible(timeout=SOON)
    page.get_by_text("Share by link").click()
    expect(link).to_have_count(0)
    stranger.goto(path)
    expect(stranger.get_by_text("This model belongs to somebody else")).to_be_visible(timeout=SOON)
    stranger.context.close()

    page.get_by_role("button", name="Open its map").click()
    page.locator('.live[aria-busy="false"]').wait_for(timeout=SOON)
    expect(page.get_by_role("combobox", name="Model")).to_have_value("Renamed")
    page.goto("/train")
    for name, ending in (("Notebook", ".ipynb"), ("TensorBoard", "-events.zip")):
        with page.expect_download() as download:
            page.get_by_role("button", name=name).click()
        assert download.value.suggested_filename.endswith(ending)
        assert download.value.path().stat().st_size > 1000
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("button", name="Delete for good").click()
    expect(page.get_by_text("Nothing trained yet")).to_be_visible(timeout=SOON)


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (390, 844)])
@pytest.mark.one_in(2)
def test_button_progress_images_and_map_are_seen_at_one_glance(
    page: Page, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.goto("/train?preset=ae-2&set=digits&seconds=5&where=server")
    button = page.get_by_role("button", name="Train", exact=True)
    expect(button).to_be_in_viewport(ratio=1)
    button.click()
    expect(page.get_by_role("progressbar")).to_be_in_viewport(ratio=1, timeout=SOON)
    expect(page.get_by_role("button", name="Stop and keep")).to_be_in_viewport(ratio=1)
    expect(page.get_by_alt_text(re.compile("test images, and below"))).to_be_in_viewport(ratio=1)
    expect(page.get_by_alt_text(re.compile("Map of the codes"))).to_be_in_viewport(ratio=0.3)
    expect(page.get_by_text("Done in")).to_be_visible(timeout=SOON)


@pytest.mark.long
def test_classifier_is_trained_from_a_models_card_and_found_there_again(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 1000})
    page.goto("/models?model=digits-tanh-3")
    page.get_by_role("link", name="Train a classifier on this encoder").click()
    expect(page.get_by_role("combobox", name="Encoder of")).to_have_value(
        re.compile("tanh-3"), timeout=SOON
    )
    page.get_by_role("slider", name="Seconds").press("End")  # so that it is there to be stopped
    expect(page).to_have_url(re.compile("seconds=120"))
    page.get_by_role("textbox", name="Name").first.fill("My reader")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_role("heading", name="My reader")).to_be_visible(timeout=SOON)
    expect(page.get_by_text(re.compile("images a second"))).to_be_visible(timeout=SOON)
    expect(page.get_by_text(re.compile("recognised, loss")).first).to_be_visible(timeout=SOON)
    settled(page)
    page.get_by_role("button", name="Stop and keep").click()
    expect(page.get_by_text("Done in")).to_be_visible(timeout=SOON)
    page.get_by_role("button", name="See its mistakes").click()
    expect(page.get_by_text("It can read, too")).to_be_visible(timeout=SOON)
    expect(page.get_by_text(re.compile("My reader: a classifier"))).to_be_visible()


@pytest.mark.long
def test_two_runs_stand_side_by_side(page: Page) -> None:
    for title in ("The first", "The second"):
        train(page, title)
        expect(page.get_by_role("heading", name=title)).to_be_visible(timeout=SOON)
        expect(page.get_by_text("Done in")).to_be_visible(timeout=SOON)
    choose(page, "Another run beside it", re.compile("The first"))
    expect(page.get_by_text("test images, the other run")).to_be_visible(timeout=SOON)
    page.get_by_role("button", name="Both on the same images").click()
    expect(page.get_by_role("columnheader", name="The first")).to_be_visible(timeout=SOON)
    expect(page.get_by_role("columnheader", name="The second")).to_be_visible()
    expect(page).to_have_url(re.compile("/compare.*compare=my-the-second-.*my-the-first-"))


def test_page_that_is_closed_and_opened_again_shows_the_run_as_it_is(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 1000})
    page.goto("/train?preset=ae-2&set=digits&seconds=100&where=server")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_text(re.compile("images a second"))).to_be_visible(timeout=SOON)
    page.goto("about:blank")
    page.goto("/train")
    expect(page.get_by_text(re.compile("images a second"))).to_be_visible(timeout=SOON)
    settled(page)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused.")).to_be_visible(timeout=SOON)
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_text(re.compile("images a second"))).to_be_visible(timeout=SOON)
    settled(page)  # a button that is drawn anew between press and release takes no click
    page.get_by_role("button", name="Stop and keep").click()
    expect(page.get_by_text("Done in")).to_be_visible(timeout=SOON)


def test_classroom_asks_for_a_key(page: Page) -> None:
    page.goto("/classroom")
    expect(page.get_by_text("There is no teacher's key yet")).to_be_visible(timeout=SOON)
    assert page.context.cookies()[0]["httpOnly"] is True

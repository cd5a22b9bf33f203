"""What a visitor does with the models that have views of their own, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from ae_core.training import runs
from ae_core.training.runs import RunSpec
from scripts.app_server import running_app
from tests.browser.waiting import changed, code_in, settled, steady

STEPS = {"conditional-vae-12": 60, "fsq-16": 40}


@pytest.fixture(scope="module")
def own_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app with a briefly trained model of each kind, as `digits-<preset>`."""
    folder = tmp_path_factory.mktemp("own")
    (folder / "data").mkdir()
    for preset, steps in STEPS.items():
        spec = RunSpec(preset, "digits", steps=steps, keep_codes=True)
        run = runs.start(spec, on="cpu", root=folder / "home" / "checkpoints")
        for _ in run.training:
            pass
        runs.finish(run)
    places = {"AE_HOME": str(folder / "home"), "AE_DATA_DIR": str(folder / "data")}
    with running_app(folder / "log", {**places, "AE_WORKER": "off"}) as url:
        yield url


def unfold(page: Page) -> None:
    """Show what is special about the codes."""
    page.get_by_text("More: what is special").click()


@pytest.mark.long
def test_picked_class_changes_the_digit_and_the_style_stays(page: Page, own_url: str) -> None:
    page.goto(f"{own_url}/latent_space?model=digits-conditional-vae-12")
    live = page.locator('.live[aria-busy="false"]')
    picture = live.locator("canvas.big")
    unfold(page)
    before = picture.evaluate("canvas => canvas.toDataURL()")
    style = live.get_by_role("slider").first.input_value()
    live.get_by_role("group", name="Class to draw").get_by_role("button", name="7").click()
    expect(page.get_by_text("class 7 (now)")).to_be_visible()
    expect(live.locator(".place")).to_have_text(re.compile("class 7"))
    assert picture.evaluate("canvas => canvas.toDataURL()") != before
    assert live.get_by_role("slider").first.input_value() == style


@pytest.mark.long
def test_question_mark_moves_the_sliders_and_stays_when_the_hand_rests(
    page: Page, own_url: str
) -> None:
    page.goto(f"{own_url}/latent_space?model=digits-tanh-3&z=0,0,0")
    live = page.locator('.live[aria-busy="false"]')
    far = page.get_by_text(re.compile("off the map", re.IGNORECASE))
    unfold(page)
    page.locator("img.ae-big").first.wait_for()
    before = live.get_by_role("slider").first.input_value()
    expect(far).to_have_count(0)
    page.get_by_role("button", name="The question mark").click()
    expect(far).to_have_count(2)
    assert live.get_by_role("slider").first.input_value() != before
    changed(page, lambda: code_in(page), [0.0, 0.0, 0.0])
    settled(page)
    steady(page, lambda: (page.url, live.locator(".place").inner_text()))
    expect(far).to_have_count(2)


@pytest.mark.long
def test_slider_of_whole_steps_snaps_to_the_levels(page: Page, own_url: str) -> None:
    page.goto(f"{own_url}/latent_space?model=digits-fsq-16&z={','.join(['-1'] * 16)}")
    live = page.locator('.live[aria-busy="false"]')
    levels = page.get_by_alt_text("Levels of the 16 numbers").first
    before = str(levels.get_attribute("src"))
    slider = live.get_by_role("slider").first
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(slider).to_have_value("-0.5")
    expect(levels).not_to_have_attribute("src", before)
    page.keyboard.press("ArrowRight")
    expect(slider).to_have_value("0")

"""A run in the visitor's own browser: from the button to a model like every other."""

from __future__ import annotations

import re
from functools import partial

import pytest
from playwright.sync_api import Browser, Page, Route, expect

SOON = 60_000
FORM = "/train?preset=ae-2&set=digits"
RUN = ".training[data-step]"
UNDER_WAY = re.compile("images a second")


def begin(page: Page, query: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(f"{FORM}&{query}")
    expect(page.get_by_role("radio", name="in this browser")).to_be_checked(timeout=SOON)
    page.get_by_role("button", name="Train", exact=True).click()
    page.locator(RUN).wait_for(timeout=SOON)


def step(page: Page) -> int:
    return int(page.locator(RUN).get_attribute("data-step") or 0)


def test_what_learns_in_the_browser_becomes_a_model_of_that_person(page: Page) -> None:
    begin(page, "seconds=4")
    stop = page.get_by_role("button", name="Stop and keep")
    for seen in (
        page.get_by_role("progressbar"), stop,
        page.get_by_role("img", name=re.compile("test images, and below them again")),
        page.get_by_role("img", name="Map of the codes of 360 test images"),
        page.get_by_role("img", name=re.compile("Loss over the seconds")),
    ):  # fmt: skip
        expect(seen).to_be_in_viewport(ratio=0.9)
    expect(page.get_by_text("On test images now")).to_be_visible(timeout=SOON)
    expect(page.get_by_text("Done in 4 s.")).to_be_visible(timeout=SOON)
    expect(page.get_by_role("figure", name=re.compile("Loss over 4 seconds"))).to_be_visible()
    page.get_by_role("button", name="See its card").click()
    expect(page.get_by_text("a browser, float32")).to_be_visible(timeout=SOON)


def test_run_rests_takes_single_steps_and_goes_on_slowly(page: Page) -> None:
    begin(page, "seconds=20")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused.")).to_be_visible()
    page.wait_for_timeout(300)
    before = step(page)
    page.get_by_role("button", name="One step").click()
    expect(page.locator(RUN)).to_have_attribute("data-step", str(before + 1))
    page.get_by_role("button", name="Resume").click()
    page.get_by_role("combobox", name="Slow motion").select_option("5 steps a second")
    page.wait_for_timeout(1000)
    before = step(page)
    page.wait_for_timeout(2000)
    assert 1 <= step(page) - before <= 12
    page.get_by_role("button", name="Discard").click()
    expect(page.locator(RUN)).to_have_count(0)
    expect(page.get_by_text("Nothing trained yet")).to_be_visible(timeout=SOON)


def test_run_whose_page_was_closed_goes_on_where_it_was(page: Page) -> None:
    begin(page, "seconds=12&seed=3")
    page.wait_for_timeout(4000)
    before = step(page)
    page.goto("about:blank")
    page.goto("/train")
    left = page.get_by_text("was being trained in this browser when its page was closed")
    expect(left).to_be_visible(timeout=SOON)
    page.get_by_role("button", name="Go on").click()
    page.locator(RUN).wait_for(timeout=SOON)
    assert before / 3 < step(page)
    expect(page.get_by_text(UNDER_WAY)).to_be_visible()
    page.get_by_role("button", name="Stop and keep").click()
    expect(page.get_by_text(re.compile(r"Done in \d+ s\."))).to_be_visible(timeout=SOON)
    page.goto("about:blank")
    page.goto("/train")
    expect(page.get_by_text("Done in")).to_be_visible(timeout=SOON)
    expect(left).to_have_count(0)


def test_result_that_does_not_arrive_is_kept_and_sent_again(page: Page) -> None:
    answers = iter((Route.abort, partial(Route.fulfill, status=422, body="No.")))

    def answer(route: Route) -> None:
        next(answers, Route.continue_)(route)

    page.route("**/learned-here", answer)
    begin(page, "seconds=2")
    expect(page.get_by_text("The server did not answer")).to_be_visible(timeout=SOON)
    page.get_by_role("button", name="Send it again").click()
    expect(page.get_by_text("No.", exact=True)).to_be_visible()
    page.goto("about:blank")
    page.goto("/train")
    expect(page.get_by_text("was trained in this browser, and was not sent")).to_be_visible(
        timeout=SOON
    )
    page.get_by_role("button", name="Send it", exact=True).click()
    expect(page.get_by_text("Done in 2 s.")).to_be_visible(timeout=SOON)


def test_two_tabs_train_beside_each_other(page: Page, browser: Browser) -> None:
    other = page.context.new_page()
    for each, seed in ((page, 1), (other, 2)):
        begin(each, f"seconds=20&seed={seed}")
    idle = page.context.new_page()
    idle.goto("/train")
    expect(idle.get_by_role("button", name="Train", exact=True)).to_be_visible(timeout=SOON)
    idle.wait_for_timeout(4000)  # after three seconds it looks again for what was left
    expect(idle.get_by_text("was being trained")).to_have_count(0)
    for each in (page, other):
        each.bring_to_front()
        expect(each.get_by_text("Done in 20 s.")).to_be_visible(timeout=SOON)


def test_classes_alone_and_noise_are_learned_from_here_too(page: Page) -> None:
    begin(page, "seconds=3&classes=3,8&train-noise=gaussian")
    expect(page.get_by_role("img", name="Map of the codes of 84 test images")).to_be_visible()
    page.get_by_text("What happens if").click()
    strength = page.get_by_role("slider", name="Strength of the noise")
    strength.focus()
    strength.press("Home")
    expect(page.get_by_text("Done in 3 s.")).to_be_visible(timeout=SOON)
    page.get_by_role("button", name="See its card").click()
    expect(page.get_by_text(re.compile("noise 0 from step"))).to_be_visible(timeout=SOON)


@pytest.mark.parametrize("options", ["preset=conv-49", "what=classifier"])
def test_what_a_browser_cannot_train_is_trained_on_the_server(page: Page, options: str) -> None:
    page.goto(f"/train?{options}&set=digits")
    expect(page.get_by_role("radio", name="on the server")).to_be_checked(timeout=SOON)
    expect(page.get_by_role("radio", name="in this browser")).to_have_count(0)

"""The lessons in a real browser: walked to their end, each step with its figures and pictures."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from ae_core.lessons import figures, shipped
from ae_core.lessons.lesson import Step
from pages.ui.lessons import visible
from tests.browser.waiting import settled

FIRST = ("squeeze", "a-map")
EVERY = [
    pytest.param(name, id=name, marks=[] if name in FIRST else [pytest.mark.long])
    for name in shipped.names()
]


LONG_MS = 240_000
"""Some steps train two small models on the server."""

ONCE_ASKED = {"training", "own-sets"}
"""What is there only once a button was pressed, or something was brought."""


def shown(page: Page, step: Step) -> None:
    """The title, the figures and what the step names are there, and nothing that it does not."""
    panel = page.locator(".st-key-lesson-text")
    expect(panel.get_by_role("heading", name=step.title, exact=True)).to_be_visible()
    settled(page)
    for found in figures.PLACEHOLDER.finditer(step.text):
        expect(panel).to_contain_text(figures.value(found[1]))
    for name in set(step.controls).difference(ONCE_ASKED):
        if name in visible.INSIDE.get(step.page, ()):
            part = page.locator(f"[part~=lesson-{name}], .lesson-{name}").first
            expect(part).to_be_visible()
        else:
            shape = page.locator(f".st-key-{visible.KEYS.get(name, name)}").first
            expect(shape).to_be_visible(timeout=LONG_MS)
    for name in sorted(visible.names(step.page).difference(step.controls)):
        key = f".st-key-{visible.KEYS.get(name, name)}, [part~=lesson-{name}], .lesson-{name}"
        expect(page.locator(key).filter(visible=True)).to_have_count(0)


def answered(page: Page, step: Step) -> None:
    """Answer the question of a step, if it has one."""
    panel = page.locator(".st-key-lesson-text")
    if step.question is None:
        return
    expect(panel.get_by_role("button", name="Skip")).to_be_visible()
    if step.question.kind == "choice":
        panel.get_by_role("radiogroup").get_by_text(step.question.options[0], exact=True).click()
    elif step.question.kind == "number":
        field = panel.get_by_role("spinbutton")
        field.fill(f"{step.question.high:g}")
        field.press("Enter")
    elif step.question.kind == "place":
        drag(page, page.get_by_role("application", name="Map of codes"))
        panel.get_by_role("button", name="This is my mark").click()
    expect(panel.get_by_role("button", name="Next")).to_be_visible()


def drag(page: Page, board: Locator) -> None:
    """Move the marker, and wait until the page knows of it."""
    board.wait_for()
    box = board.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 3, box["y"] + box["height"] / 3)
    expect(page).to_have_url(re.compile(r"[?&]z="))
    settled(page)


@pytest.mark.parametrize("name", EVERY)
def test_lesson_is_walked_to_its_end(page: Page, name: str) -> None:
    lesson = shipped.lesson(name)
    page.goto("/lessons")
    page.locator(f".st-key-lesson-begin-{name} button").click()
    for number, step in enumerate(lesson.steps, 1):
        shown(page, step)
        expect(page).to_have_url(re.compile(f"/{step.page}[?].*lesson={name}"))
        answered(page, step)
        if number < len(lesson.steps):
            page.locator(".st-key-lesson-next button").click()
    page.get_by_role("button", name="Finish").click()
    expect(page.locator(f".st-key-lesson-card-{name}")).to_contain_text("Again")


def test_address_of_a_step_keeps_its_place_and_back_goes_a_step_back(page: Page) -> None:
    page.goto("/compare?lesson=squeeze&step=2")
    second, third = shipped.lesson("squeeze").steps[1:3]
    shown(page, second)
    expect(page).to_have_url(re.compile("size=64"))
    page.locator(".st-key-lesson-next button").click()
    shown(page, third)
    page.reload()
    shown(page, third)
    page.go_back()
    shown(page, second)
    expect(page).to_have_url(re.compile("size=64"))


def test_answer_is_there_again_once_the_page_is_loaded_again(page: Page) -> None:
    page.goto("/compare?lesson=squeeze&step=3")
    third, fourth = shipped.lesson("squeeze").steps[2:4]
    shown(page, third)
    answered(page, third)
    settled(page)
    page.reload()
    panel = page.locator(".st-key-lesson-text")
    expect(panel.get_by_role("radio", name="the 1")).to_be_checked()
    panel.get_by_role("button", name="Next").click()
    shown(page, fourth)
    page.reload()
    expect(panel).to_contain_text("You said: the 1")


FOCUSED = """page => {
  let at = document.activeElement;
  const isInside = page.contains(at);
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  return [isInside, at?.tagName, at?.closest("[class*=st-key-]")?.className ?? ""];
}"""


@pytest.mark.parametrize(
    ("lesson", "number"),
    [("squeeze", 3), *(pytest.param(name, number, marks=pytest.mark.long)
                       for name, number in [("one-number", 1), ("when-it-breaks", 2)])],
)  # fmt: skip
def test_keyboard_comes_to_no_control_that_the_step_does_not_show(
    page: Page, lesson: str, number: int
) -> None:
    step = shipped.lesson(lesson).steps[number - 1]
    page.goto(f"/{step.page}?lesson={lesson}&step={number}")
    shown(page, step)
    inside = page.locator(f".st-key-{visible.PAGE}")
    reached = []
    for _press in range(40):
        page.keyboard.press("Tab")
        reached.append(inside.evaluate(FOCUSED))
    tags = {tag for is_inside, tag, _key in reached if is_inside}
    assert not tags & {"A", "BUTTON", "INPUT", "SELECT", "TEXTAREA"}, reached
    assert any("lesson-next" in key for *_where, key in reached)

"""A class in real browsers: a teacher's screen, and those that follow it."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserType, Locator, Page, expect

from scripts.app_server import running_app
from tests.browser.live_maps import middle, place
from tests.browser.waiting import code_in, settled, until

KEY = "correct horse"


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an app with a teacher's key."""
    folder = tmp_path_factory.mktemp("class")
    places = {"AE_HOME": str(folder / "home"), "AE_TEACHER_KEY": KEY}
    with running_app(folder / "log", places) as url:
        yield url


@pytest.fixture
def student(browser: Browser, school: str) -> Iterator[Page]:
    context = browser.new_context(base_url=school, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield page
    context.close()


@pytest.fixture
def code(page: Page, school: str) -> str:
    """The code of a class that the teacher at `page` has opened."""
    return opened_class(page, school)


def opened_class(page: Page, school: str) -> str:
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{school}/classroom")
    page.get_by_label("Teacher's key").fill(KEY)
    page.get_by_label("Teacher's key").press("Enter")
    page.get_by_role("button", name="Open a class").click()
    address = page.get_by_text(re.compile(r"/c/[2-9A-Z]{6}$")).inner_text()
    return address.rpartition("/")[2].strip()


def joined(student: Page, code: str, nickname: str) -> None:
    student.goto(f"/c/{code}")
    expect(student.get_by_label("Code")).to_have_value(code)
    student.get_by_label("Nickname").fill(nickname)
    student.get_by_role("button", name="Join").click()
    expect(student.get_by_text("in the class")).to_be_visible()
    settled(student)


def to_the_map(page: Page) -> Locator:
    page.get_by_role("link", name="Latent space", exact=True).first.click()
    live = page.locator('.live[aria-busy="false"]')
    live.wait_for()
    settled(page)
    return live


def test_what_the_teacher_shows_is_on_the_students_screen(
    page: Page, student: Page, code: str
) -> None:
    joined(student, code, "Ann")
    expect(page.get_by_text("1 person is in the class")).to_be_visible()
    live = to_the_map(page)
    page.get_by_text("Everybody follows me").click()
    theirs = student.locator('.live[aria-busy="false"]')
    theirs.wait_for()
    settled(student)

    x, y = middle(live)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y - 40, steps=5)
    dragged = place(live)
    until(student, lambda: place(theirs), lambda there: there == dragged)  # before it is let go
    page.mouse.up()
    released = until(student, lambda: place(theirs), lambda there: there == place(live))

    student.reload()
    theirs.wait_for()
    until(student, lambda: place(theirs), lambda there: there == released)

    page.get_by_role("link", name="Denoise", exact=True).first.click()
    expect(student.get_by_role("heading", name="Denoise", exact=True)).to_be_visible()


def test_marks_of_the_class_are_on_the_wall_and_then_the_truth(
    page: Page, student: Page, code: str
) -> None:
    joined(student, code, "<b>Ann</b>")
    expect(student.get_by_text("You are <b>Ann</b> in the class")).to_be_visible()
    page.mouse.click(*middle(to_the_map(page)))
    until(page, lambda: code_in(page), bool)
    page.get_by_text("Your class").click()
    page.get_by_role("tab", name="Question").click()
    page.get_by_role("textbox", name="Question").fill("Where is something between a 4 and a 9?")
    page.get_by_role("button", name="Ask", exact=True).click()
    theirs = student.locator('.live[aria-busy="false"]')
    theirs.wait_for()
    settled(student)
    expect(student.get_by_text("between a 4 and a 9?")).to_be_visible()
    x, y = middle(theirs)
    student.mouse.click(x + 30, y)
    until(student, lambda: code_in(student), bool)
    settled(student)
    student.get_by_role("button", name="This is my mark").click()
    expect(page.get_by_text("1 of 1 has answered")).to_be_visible()
    expect(page.get_by_text("1 mark on the map")).to_be_visible()
    student.get_by_role("button", name="This is my mark").click()
    expect(student.get_by_text("Sent. You can")).to_be_visible()
    expect(page.get_by_text("1 of 1 has answered")).to_be_visible()
    expect(page.get_by_text("the truth", exact=True)).to_have_count(0)
    page.get_by_role("button", name="Show the truth").click()
    expect(page.get_by_text("the truth", exact=True)).to_be_visible()
    expect(page.locator(".st-key-class-asked .js-plotly-plot")).to_be_in_viewport(ratio=0.9)
    expect(student.get_by_text("Look at the projector.")).to_be_visible()


def test_a_class_goes_on_by_itself_after_a_restart_over_plain_http(
    browser_type: BrowserType, browser_type_launch_args: dict[str, Any], tmp_path: Path
) -> None:
    """At a name that is not this machine's, where the browser gives no secure context."""
    mapped = "--host-resolver-rules=MAP school.test 127.0.0.1"
    arguments = {**browser_type_launch_args, "args": ["--no-sandbox", mapped]}
    places = {"AE_HOME": str(tmp_path / "home"), "AE_TEACHER_KEY": KEY, "AE_HOSTS": "school.test"}
    browser = browser_type.launch(**arguments)
    teacher, student = (browser.new_context().new_page() for _ in range(2))
    teacher.set_default_timeout(60_000)
    with running_app(tmp_path / "log", places) as url:
        port = int(url.rpartition(":")[2])
        school = f"http://school.test:{port}"
        code = opened_class(teacher, school)
        student.goto(f"{school}/c/{code}")
        assert not student.evaluate("isSecureContext")
        student.get_by_label("Nickname").fill("Ann")
        student.get_by_role("button", name="Join").click()
        teacher.get_by_text("Everybody follows me").click()
        teacher.get_by_role("link", name="Compare", exact=True).first.click()
        expect(student.get_by_role("heading", name="Compare", exact=True)).to_be_visible()
    with running_app(tmp_path / "log", places, port=port):
        began = time.monotonic()
        for page in (teacher, student):
            page.locator("[data-test-connection-state=CONNECTED]").wait_for()
        assert time.monotonic() - began < 10
        expect(student.get_by_text("Ann")).to_be_visible()
        settled(teacher)
        teacher.get_by_role("link", name="Home", exact=True).first.click()
        expect(student.get_by_role("heading", name=re.compile("What does"))).to_be_visible()
    browser.close()


def test_pictures_that_students_bring_become_one_set(
    page: Page, student: Page, browser: Browser, school: str, code: str, tmp_path: Path
) -> None:
    another = browser.new_context(base_url=school).new_page()
    another.set_default_timeout(60_000)
    for number, (screen, name, label) in enumerate(
        ((student, "Ann", "cats"), (another, "Bob", "dogs"))
    ):
        joined(screen, code, name)
        field = screen.get_by_label("What is on them")
        field.fill(label)
        field.press("Enter")
        files = []
        for each in range(5):
            files.append(tmp_path / f"{label}-{each}.png")
            Image.new("RGB", (40, 30), (90 * number, 200, 50 * each)).save(files[-1])
        screen.locator("input[type=file]:not([capture])").set_input_files(files)
        expect(screen.get_by_text(f"{label} 5")).to_be_visible()
    another.context.close()
    page.get_by_role("tab", name="Pictures").click()
    expect(page.get_by_text("cats 5 · dogs 5")).to_be_visible()
    page.get_by_role("button", name="Make a set of these 10 pictures").click()
    expect(page.get_by_role("heading", name="Image sets", exact=True)).to_be_visible()
    page.get_by_role("button", name="Keep these 10").click()
    expect(page.get_by_text("2 classes (cats, dogs)")).to_be_visible()


ASLEEP = """asleep => {
  Object.defineProperty(document, "hidden", { value: asleep, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def test_a_phone_that_was_asleep_shows_what_the_teacher_shows_within_two_seconds(
    page: Page, student: Page, code: str
) -> None:
    student.clock.install()
    joined(student, code, "Ann")
    page.get_by_text("Everybody follows me").click()
    student.evaluate(ASLEEP, True)
    student.clock.fast_forward(60_000)
    until(student, lambda: student.evaluate("classRoom.source === null"), bool)
    page.get_by_role("link", name="Lessons", exact=True).first.click()
    expect(page.get_by_role("heading", name="Lessons", exact=True)).to_be_visible()
    settled(page)
    assert not student.get_by_role("heading", name="Lessons", exact=True).is_visible()
    began = time.monotonic()
    student.evaluate(ASLEEP, False)
    student.get_by_role("heading", name="Lessons", exact=True).wait_for()
    assert time.monotonic() - began < 2

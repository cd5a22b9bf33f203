"""The live latent map, in a real browser: the hand moves, and the picture follows by itself."""

from __future__ import annotations

import math
import re
from functools import partial
from itertools import count
from pathlib import Path

import pytest
import torch
from playwright.sync_api import Page, Request, expect

from ae_core import checkpoints, classifiers
from tests.browser.live_maps import VAE, drawn, middle, open_walk, opened, picture, place
from tests.browser.waiting import changed, choose, code_in, frames, steady, until

ROOT = Path(__file__).resolve().parents[2]


def messages_of(page: Page) -> list[str | bytes]:
    """A list that grows with every message to the server.

    The parts of the browser's own program are none: its worker fetches them whenever it starts.
    """
    sent: list[str | bytes] = []

    def asked(request: Request) -> None:
        if "/live/" not in request.url:
            sent.append(request.url)

    page.on("websocket", lambda socket: socket.on("framesent", lambda text: sent.append(text)))
    page.on("request", asked)
    return sent


def test_drag_changes_the_picture_and_tells_the_server_where_it_ended(page: Page) -> None:
    messages = messages_of(page)
    live = opened(page, VAE)
    sent = steady(page, lambda: len(messages))
    before = picture(live)
    x, y = middle(live)
    page.mouse.move(x, y)
    page.mouse.down()
    seen = set()
    for step in range(40):
        page.mouse.move(x + 120 * math.cos(step / 6), y + 120 * math.sin(step / 6))
        seen.add(picture(live))
    assert messages[sent:] == []
    assert len(seen) > 20
    assert before not in list(seen)[5:]
    ended, address = place(live), code_in(page)
    page.mouse.up()
    assert changed(page, lambda: code_in(page), address) == pytest.approx(ended, rel=0.01)
    assert place(live) == ended
    assert len(messages) == sent + 1


def test_hover_shows_a_place_and_leaving_comes_back(page: Page) -> None:
    live = opened(page, VAE)
    before = place(live)
    x, y = middle(live)
    page.mouse.move(x + 100, y + 90)
    changed(page, lambda: place(live), before)
    page.mouse.move(5, 5)
    until(page, lambda: place(live), lambda now: now == before)
    assert steady(page, lambda: code_in(page)) == [0, 0]


def test_arrow_keys_move_the_code_and_the_place_is_spoken(page: Page) -> None:
    live = opened(page, VAE)
    board = live.get_by_role("application", name="Map of codes")
    expect(board).to_have_attribute("aria-label", re.compile("Arrow keys move the code"))
    board.focus()
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowUp")
    right, up = steady(page, lambda: place(live))
    card = checkpoints.card("digits-vae-conv-2")
    assert right == pytest.approx((card.code_high[0] - card.code_low[0]) * 8 / 60, rel=0.05)
    assert up > 0
    expect(live.locator("[aria-live]")).to_have_text(
        re.compile(r"You are (among the \ds,( near the \ds,)? inside|outside) the cloud.* z = \(")
    )
    until(page, lambda: code_in(page), lambda code: code == pytest.approx([right, up], abs=0.01))


def test_zoom_pan_and_reset_keep_the_code(page: Page) -> None:
    live = opened(page, VAE)
    before = place(live)
    shown = drawn(live.locator(".board canvas").nth(1))
    whole = shown()
    page.mouse.move(*middle(live))
    page.mouse.wheel(0, -600)
    page.mouse.move(5, 5)
    changed(page, shown, whole)
    near = steady(page, shown)
    x, y = middle(live)
    page.keyboard.down("Control")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 10)
    page.mouse.up()
    page.keyboard.up("Control")
    page.mouse.move(5, 5)
    until(page, shown, lambda now: now not in (near, whole))
    live.get_by_role("button", name="reset").click()
    until(page, shown, lambda now: now == whole)
    assert place(live) == before


def test_classes_are_switched_off_and_on(page: Page) -> None:
    live = opened(page, VAE)
    shown = drawn(live.locator(".board canvas").nth(1))
    before = shown()
    seven = live.get_by_role("group", name="Classes on the map").get_by_role("button", name="7")
    seven.click()
    expect(seven).to_have_attribute("aria-pressed", "false")
    changed(page, shown, before)
    seven.click()
    until(page, shown, lambda now: now == before)


def test_decoded_grid_is_drawn_behind_the_points(page: Page) -> None:
    live = opened(page, VAE)
    back = live.locator(".board canvas").first
    live.get_by_role("button", name="decoded", exact=True).click()
    filled = (
        "canvas => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data"
        ".filter((value, index) => index % 4 == 3 && value == 255).length"
        " / (canvas.width * canvas.height)"
    )
    until(page, lambda: back.evaluate(filled), lambda share: share > 0.99)


@pytest.mark.parametrize(
    "model",
    [
        "digits-dense-49",
        pytest.param("digits-tanh-3", marks=pytest.mark.long),
        pytest.param("mnist-sparse-16", marks=pytest.mark.long),
    ],
)
def test_sliders_move_codes_of_more_than_two_numbers(page: Page, model: str) -> None:
    messages = messages_of(page)
    live = opened(page, f"/latent_space?model={model}")
    sent = steady(page, lambda: len(messages))
    before = picture(live)
    sliders = live.get_by_role("slider")
    assert sliders.count() == checkpoints.card(model).latent_dim
    third = sliders.nth(2)
    third.evaluate("slider => { slider.value = slider.max;"
                   " slider.dispatchEvent(new Event('input', { bubbles: true })) }")  # fmt: skip
    changed(page, lambda: picture(live), before)
    assert messages[sent:] == []
    third.evaluate("slider => slider.dispatchEvent(new Event('change', { bubbles: true }))")
    moved = float(third.input_value())
    until(page, lambda: code_in(page)[2:3], lambda third: third == pytest.approx([moved], abs=1e-3))


@pytest.mark.long
def test_third_number_breathes_until_it_is_told_to_stop(page: Page) -> None:
    live = opened(page, "/latent_space?model=digits-tanh-3")
    button = live.get_by_role("button", name="breathe")
    button.click()
    first = picture(live)
    changed(page, lambda: picture(live), first)
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    steady(page, lambda: picture(live))


def test_cloud_of_three_numbers_turns_and_stays_turned(page: Page) -> None:
    live = opened(page, "/latent_space?model=digits-tanh-3&z=0,0,0")
    shown = drawn(live.locator(".board canvas").nth(1))
    turn = live.get_by_role("button", name="turn", exact=True)
    turn.click()
    for _ in range(10):  # far enough to see it in two of the three numbers
        changed(page, shown, shown())
    turn.click()
    steady(page, shown)
    x, y = middle(live)
    page.mouse.move(x, y)
    page.mouse.down()
    before = steady(page, lambda: place(live))
    page.mouse.move(x + 70, y, steps=5)
    page.mouse.up()
    after = steady(page, lambda: place(live))
    assert after[1] == before[1]  # across a view that was turned about the upright axis
    assert after[0] != before[0]
    assert after[2] != before[2]


def test_drawing_is_encoded_at_every_stroke(page: Page) -> None:
    messages = messages_of(page)
    live = opened(page, VAE)
    paper = live.get_by_role("img", name=re.compile("Drawing pad"))
    box = paper.bounding_box()
    assert box
    seen = drawn(live.get_by_role("img", name="The drawing as the model sees it"))
    sent, places = steady(page, lambda: len(messages)), set()
    page.mouse.move(box["x"] + 110, box["y"] + 30)
    page.mouse.down()
    for step in range(10):
        page.mouse.move(box["x"] + 110 - 2 * step, box["y"] + 30 + 15 * step)
        frames(page, 2)
        places.add(tuple(place(live)))
    assert len(places) > 4
    assert [message for message in messages[sent:] if "live-models" not in str(message)] == []
    page.mouse.up()
    changed(page, lambda: code_in(page), [0.0, 0.0])
    digit = steady(page, seen)
    live.get_by_role("button", name="undo").click()
    expect(live.get_by_role("button", name="undo")).to_be_disabled()
    blank = changed(page, seen, digit)
    page.mouse.click(box["x"] + 60, box["y"] + 60)
    until(page, seen, lambda now: now not in (blank, digit))
    live.get_by_role("button", name="clear").click()
    until(page, seen, lambda now: now == blank)


@pytest.mark.long
def test_image_under_the_hand_goes_through_other_models_too(page: Page) -> None:
    live = opened(page, f"{VAE}&beside=digits-tanh-3,nobody,digits-dense-49")
    group = live.get_by_role("group", name="Other models")
    pictures = group.get_by_role("img", name=re.compile("The image through .*, MSE"))
    expect(pictures).to_have_count(2)
    expect(group.locator("figcaption").nth(1)).to_contain_text("dense-49")
    before = drawn(pictures.first)()
    page.mouse.click(middle(live)[0] - 110, middle(live)[1] + 60)
    changed(page, drawn(pictures.first), before)
    choose(page, "Beside it", "deep-49 · Built-in digits", typed="deep-49 · Built")
    page.keyboard.press("Escape")
    expect(group.get_by_role("img", name=re.compile("MSE"))).to_have_count(3)
    expect(page).to_have_url(re.compile("beside=digits-tanh-3%2Cdigits-dense-49%2Cdigits-deep-49"))


@pytest.mark.long
def test_other_models_follow_to_the_same_place_of_their_maps(page: Page) -> None:
    live = opened(page, f"{VAE}&beside=digits-tanh-3,digits-dense-49")
    group = live.get_by_role("group", name="Other models")
    expect(group.get_by_role("img", name=re.compile("MSE"))).to_have_count(2)
    group.get_by_role("button", name="same place").click()
    there = group.get_by_role("img", name=re.compile("The same place of the map of"))
    expect(there).to_have_count(2)
    before = steady(page, drawn(there.first))
    live.get_by_role("button", name="both", exact=True).scroll_into_view_if_needed()
    page.mouse.move(middle(live)[0] + 110, middle(live)[1] + 60)
    changed(page, drawn(there.first), before)
    live.get_by_role("button", name="decoded", exact=True).click()
    filled = """canvas => canvas.getContext("2d")
        .getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data[3]"""
    backs = group.locator(".board canvas:first-child")
    for index in range(2):
        until(page, partial(backs.nth(index).evaluate, filled), lambda alpha: alpha == 255)


@pytest.mark.long
def test_another_model_may_be_chosen_while_the_hand_moves(page: Page) -> None:
    live = opened(page, VAE)
    choose(page, "Model", "tanh-3 · Built-in digits")
    x, y = middle(live)
    for step in count():
        page.mouse.move(x + 80 * math.cos(step / 4), y + 80 * math.sin(step / 4))
        frames(page, 1)
        if step >= 60 and live.get_by_role("slider").count() == 3:
            break
    live.wait_for()
    page.mouse.move(5, 5)
    before = steady(page, lambda: picture(live))
    x, y = middle(live)
    page.mouse.click(x + 90, y + 90)
    changed(page, lambda: picture(live), before)


@pytest.mark.long
def test_nearest_image_leads_to_its_own_code(page: Page) -> None:
    live = opened(page, VAE)
    before = place(live)
    live.get_by_role("button", name="Go to this image's own code").click()
    changed(page, lambda: place(live), before)
    expect(live.locator(".verdict")).to_contain_text("inside the cloud of test images")


def test_touch_that_is_called_off_leaves_the_code_where_it_was(page: Page) -> None:
    live = opened(page, VAE)
    x, y = middle(live)
    page.mouse.move(x + 70, y + 70)
    page.mouse.down()
    held = steady(page, lambda: place(live))
    live.get_by_role("application", name="Map of codes").evaluate(
        "map => map.dispatchEvent(new PointerEvent('pointercancel', { pointerId: 1 }))"
    )
    page.mouse.up()
    assert steady(page, lambda: place(live)) == held


@pytest.mark.long
def test_large_view_fills_the_screen(page: Page) -> None:
    live = opened(page, VAE)
    live.get_by_role("button", name="large").click()
    fills = {"x": 0, "width": 1280}
    until(page, live.bounding_box, lambda box: box is not None and fills.items() <= box.items())
    for part in (".board", "canvas.paper", ".sliders", ".walk summary", ".keys"):
        expect(live.locator(part)).to_be_visible()
    page.keyboard.press("2")
    expect(live.get_by_role("button", name="decoded", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )
    page.keyboard.press("s")
    expect(live.get_by_role("slider", name="z[0]")).to_be_focused()
    page.keyboard.press("w")
    expect(live.get_by_role("img", name="12 steps of the walk")).to_be_visible()
    page.keyboard.press("w")
    live.get_by_role("button", name="leave").click()
    until(page, live.bounding_box, lambda box: box is not None and box["width"] < 1280)


def test_code_moved_by_the_page_moves_the_map(page: Page) -> None:
    live = opened(page, VAE)
    before = place(live)
    page.get_by_role("button", name="Random code").click()
    code = changed(page, lambda: code_in(page), [0.0, 0.0])
    now = changed(page, lambda: place(live), before)
    assert now == pytest.approx(code, abs=0.01)


@torch.no_grad()
def test_classifier_reads_the_picture_where_one_stands(page: Page) -> None:
    kept = checkpoints.load("mnist-vae-2")
    classifier = classifiers.load("mnist-classifier").classifier
    assert kept.codes is not None and kept.labels is not None
    for digit in (0, 1):
        z = kept.codes[kept.labels == digit].float().median(0).values
        share, read = classifier(kept.model.decode(z[None])).softmax(1).max(1)
        assert int(read) == digit
        code = ",".join(f"{number:.4f}" for number in z.tolist())
        live = opened(page, f"/latent_space?model=mnist-vae-2&z={code}")
        expect(
            live.get_by_text(f"The classifier: {digit}, {100 * float(share):.0f}%")
        ).to_be_visible()


@pytest.mark.long
def test_far_away_the_map_says_that_the_decoder_makes_things_up(page: Page) -> None:
    live = opened(page, "/latent_space?model=digits-vae-conv-2&z=30,30")
    expect(live.get_by_text(re.compile("Off the map: .* times farther"))).to_be_visible()


def test_finger_moves_the_code_on_a_phone(page: Page, base_url: str) -> None:
    assert page.context.browser
    phone = page.context.browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, base_url=base_url
    )
    screen = phone.new_page()
    screen.goto(VAE)
    live = screen.locator('.live[aria-busy="false"]')
    live.wait_for()
    live.locator(".board").scroll_into_view_if_needed()
    before = place(live)
    x, y = middle(live)
    screen.touchscreen.tap(x + 60, y + 60)
    code = changed(screen, lambda: code_in(screen), [0.0, 0.0])
    assert place(live) == pytest.approx(code, abs=0.01)
    assert place(live) != before
    width = screen.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
    phone.close()


def test_every_control_has_a_name(page: Page) -> None:
    live = opened(page, "/latent_space?model=digits-tanh-3&beside=digits-vae-conv-2")
    open_walk(live)
    live.get_by_role("button", name="two images").click()
    live.get_by_role("button", name="stop").click()
    axe = (ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")
    page.evaluate(axe)
    found = page.evaluate("async () => (await axe.run()).violations")
    ours = [  # the path to what lies in a component is a list of its own
        (fault["id"], node["html"])
        for fault in found
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"]
        if isinstance(node["target"][0], list)
    ]
    assert ours == []

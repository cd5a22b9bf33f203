"""Choosing images on the map, in a real browser: a box, a line, the keyboard."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
import torch
from playwright.sync_api import Page, expect

from ae_core import checkpoints
from tests.browser.live_maps import VAE, drawn, middle, opened
from tests.browser.waiting import code_in, frames, until


def chosen_in(page: Page) -> list[float]:
    """The shape in the address."""
    found = parse_qs(urlsplit(page.url).query).get("chosen", [""])[0]
    return [float(number) for number in found.split(",") if number]


def near(code: torch.Tensor) -> Callable[[list[float]], bool]:
    return lambda z: z == pytest.approx(code.tolist(), abs=1e-3)


def test_images_are_chosen_by_a_box_a_line_and_the_keyboard(page: Page) -> None:
    live = opened(page, VAE)
    points = drawn(live.locator(".board canvas").nth(1))
    at_first = points()
    x, y = middle(live)
    page.keyboard.down("Shift")
    page.mouse.move(x - 90, y - 90)
    page.mouse.down()
    page.mouse.move(x + 30, y + 60, steps=4)
    page.mouse.up()
    page.keyboard.up("Shift")
    left, bottom, right, top = until(page, lambda: chosen_in(page), bool)
    codes = checkpoints.load("digits-vae-conv-2").codes
    assert codes is not None
    low, high = torch.tensor([left, bottom]), torch.tensor([right, top])
    inside = int(((codes >= low) & (codes <= high)).all(1).sum())
    assert inside > 20
    expect(live.locator(".chosen [role=status]")).to_have_text(f"{inside} images are chosen.")
    counts = live.locator(".counts span").all_inner_texts()
    assert sum(int(text.partition(": ")[2]) for text in counts) == inside
    assert points() != at_first
    assert code_in(page) == [0, 0]

    label = counts[0].partition(":")[0]
    legend = live.get_by_role("group", name="Classes on the map")
    legend.get_by_role("button", name=label, exact=True).click()
    fewer = inside - int(counts[0].partition(": ")[2])
    expect(live.locator(".chosen [role=status]")).to_have_text(f"{fewer} images are chosen.")

    page.mouse.move(x + 80, y)
    page.mouse.down()
    for step in range(40):
        angle = 2 * math.pi * step / 40
        page.mouse.move(x + 80 * math.cos(angle), y + 80 * math.sin(angle))
    page.mouse.up()
    line = until(page, lambda: chosen_in(page), lambda shape: len(shape) > 4)
    assert len(line) <= 32

    live.get_by_role("application", name="Map of codes").focus()
    page.keyboard.press("Escape")
    until(page, lambda: chosen_in(page), lambda shape: not shape)
    nearest = live.get_by_role("button", name="50 nearest")
    nearest.focus()
    page.keyboard.press("Enter")
    expect(live.locator(".chosen [role=status]")).to_have_text("50 images are chosen.")
    first = live.locator(".images button").first
    expect(first).to_have_attribute("title", re.compile(r"Go to image \d+: a \d"))
    first.click()
    until(page, lambda: code_in(page), lambda code: code != [0, 0])

    find = live.get_by_label("Find a class, or an image by # and its number")
    find.fill("#17")
    find.press("Enter")
    until(page, lambda: code_in(page), near(codes[17]))
    page.get_by_label("Name of the group").fill("round ones")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_text("round ones: 50 images")).to_be_visible()
    page.reload()
    expect(page.get_by_text("round ones: 50 images")).to_be_visible()
    frames(page, 2)
    expect(live.locator(".chosen [role=status]")).to_have_text("50 images are chosen.")

"""Big pictures on the live map: what a browser is sent for a set of 2,000 of 64 x 64 in colour.

A residual network of 32 numbers learns from the set for a few seconds: what is sent does not depend
on how well. Ready is when the first picture of *Latent space* stands there, counted from the moment
the page holds the map's place; sent is what the map asked for beside its program, which every model
shares: networks, codes and images, until then, after the map was looked at all over, and zoomed in
to where the images themselves are drawn.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from ae_core import checkpoints
from ae_core.image_sets import shapes, stored
from ae_core.image_sets.stored import SetCard
from ae_core.training.suggestions import suggested
from benchmarks import report
from benchmarks.live import COUNT_FRAMES, READY, drag, opened
from scripts.app_server import running_app
from scripts.browser import find_browser

COUNT, SIDE = 2_000, 64
NAME = "own-residual-32"

SENT = """() => performance.getEntriesByType("resource")
  .filter(({ name }) => /\\/live-/.test(name))
  .reduce((sum, { transferSize }) => sum + transferSize, 0) / 1e6"""


def draw_pictures(folder: Path) -> None:
    """The shapes of the built-in set, on grounds that vary, with the grain of a photograph."""
    random = np.random.default_rng(0)
    factors = shapes.sample(COUNT, seed=1)
    for number, image in enumerate(shapes.draw(factors, side=SIDE).transpose(0, 2, 3, 1)):
        coarse = Image.fromarray(random.integers(0, 256, (4, 4, 3), np.uint8))
        ground = np.asarray(coarse.resize((SIDE, SIDE), Image.Resampling.BICUBIC))
        covered = image.max(axis=2, keepdims=True) / 255
        grain = random.normal(0, 4, (SIDE, SIDE, 3))
        pixels = (image + (1 - covered) * ground + grain).clip(0, 255).astype(np.uint8)
        kind = tuple(shapes.OUTLINES)[int(factors[number, 0])]
        (folder / kind).mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(folder / kind / f"{number}.png")


def error_over_pca() -> float:
    """The error of residual-32 after 60 s on one thread over that of PCA with as many numbers.

    With the options that the form takes for so many images.

    Both learn from 2,000 shapes of 64 x 64 in colour, and are measured on 2,000 others.
    """
    train, test = (shapes.draw(shapes.sample(COUNT, seed=seed), side=SIDE) for seed in (1, 2))
    card = SetCard(
        name="shapes-64", title="Shapes", classes=["shape"], image_shape=(3, SIDE, SIDE),
        train=COUNT, test=COUNT,
    )  # fmt: skip
    labels = np.zeros(COUNT, np.int64)
    stored.write(card, (labels, labels), ([train.tobytes()], [test.tobytes()]))
    suited = suggested(COUNT, card.image_shape)
    options = [word for name, value in suited.recipe.items()
               for word in (f"--{name.replace('_', '-')}", str(value))]  # fmt: skip
    command(
        "train", suited.preset, "--set", "shapes-64", "--name", "shapes-64", "--seconds", "60",
        *options,
    )  # fmt: skip
    flat = [torch.from_numpy(each.reshape(COUNT, -1)).float() / 255 for each in (train, test)]
    mean = flat[0].mean(0)
    axes = torch.svd_lowrank(flat[0] - mean, q=40, niter=4)[2][:, :32]
    kept = (flat[1] - mean) @ axes @ axes.T + mean
    pca = float((kept - flat[1]).square().mean())
    return checkpoints.load("shapes-64").card.metrics["mse"] / pca


def command(*words: str) -> None:
    subprocess.run([sys.executable, "-m", "ae_core", *words], check=True, stdout=subprocess.DEVNULL)


def looked_at(page: Page, url: str) -> dict[str, float]:
    """Seconds to the first picture, megabytes by then and later, frames a second of images."""
    page.add_init_script(f"({READY})()")
    live = opened(page, url, NAME)
    figures = {
        "first_picture_s": live.evaluate("live => live.times.ready - window.opened") / 1000,
        "first_picture_mb": page.evaluate(SENT),
    }
    page.wait_for_timeout(2500)
    figures["at_rest_mb"] = page.evaluate(SENT)
    page.evaluate(f"({COUNT_FRAMES})()")
    _, figures["frames_a_second_while_dragging"] = drag(page, live, 5.0)
    page.mouse.up()
    page.wait_for_timeout(1000)
    figures["dragged_mb"] = page.evaluate(SENT)
    for _ in range(4):
        live.get_by_role("button", name="Zoom in").click()
    page.wait_for_timeout(2000)
    figures["images_on_map_mb"] = page.evaluate(SENT)
    began, frames = time.perf_counter(), page.evaluate("window.frames_seen")
    for turn in range(100):
        page.mouse.wheel(0, 20 if turn % 20 < 10 else -20)
    seen = page.evaluate("window.frames_seen") - frames
    figures["frames_a_second_while_images_zoom"] = seen / (time.perf_counter() - began)
    return figures


def measure() -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["AE_HOME"] = str(Path(folder) / "home")
        draw_pictures(Path(folder) / "pictures")
        command("import", f"{folder}/pictures", "--name", "own", "--size", str(SIDE), "--colour")
        command("train", "residual-32", "--set", "own", "--name", NAME, "--seconds", "5")
        learned = {"residual_32_error_over_pca": error_over_pca()}
        with sync_playwright() as playwright, running_app(Path(folder) / "log") as url:
            browser = playwright.chromium.launch(
                executable_path=find_browser(), args=["--no-sandbox"]
            )
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            opened(page, url, NAME)  # the server has loaded the model
            page.close()
            figures = looked_at(browser.new_page(viewport={"width": 1280, "height": 900}), url)
            browser.close()
    return learned | figures


if __name__ == "__main__":
    report.main("own", measure, "Big pictures on the live map")

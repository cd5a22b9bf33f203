"""Take the README's pictures from the running app: `python -m scripts.screenshots`.

With MNIST in AE_DATA_DIR they show MNIST, without it the built-in digits.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from ae_core import image_sets
from scripts.app_server import ROOT, running_app
from scripts.browser import find_browser

FOLDER = ROOT / "docs" / "images"

SHOTS = {
    "home.png": ("/", 1280, "light"),
    "reconstruct.png": ("/reconstruct?model={set}-tanh-3", 1280, "light"),
    "latent_space.png": ("/latent_space", 1280, "light"),
    "latent_space_3d.png": ("/latent_space?model={set}-tanh-3", 1280, "dark"),
    "denoise.png": ("/denoise?model={set}-dense-49", 1280, "light"),
    "phone.png": ("/latent_space?view=decoded", 390, "dark"),
}


def main() -> None:
    images = "mnist" if "mnist" in image_sets.available() else "digits"
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        running_app(Path(folder) / "log") as url,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=find_browser(), args=["--no-sandbox"])
        for name, (address, width, scheme) in SHOTS.items():
            context = browser.new_context(
                viewport={"width": width, "height": 720 if width > 600 else 844},
                color_scheme="dark" if scheme == "dark" else "light",
            )
            page = context.new_page()
            page.goto(url + address.format(set=images))
            page.locator(".ae-pixel, .ae-film, canvas.big").first.wait_for(timeout=60_000)
            page.wait_for_timeout(4000)
            page.screenshot(path=FOLDER / name)
            context.close()
            print(f"{name} from {address.format(set=images)}")
        browser.close()


if __name__ == "__main__":
    main()

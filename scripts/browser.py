"""Finds a Chromium for the browser tests, installs one if there is none, and prints its path."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

from playwright.sync_api import sync_playwright

from ae_core.settings import CHROMIUM

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)

ADVICE = """The browser tests need Chromium or Chrome, and none could be found or installed.
Install one and run the tests again:
  Debian:         sudo apt install chromium
  Ubuntu:         sudo .venv/bin/python -m playwright install --with-deps chromium
  macOS, others:  .venv/bin/python -m playwright install chromium
A browser that lies elsewhere can be named: CHROMIUM=/path/to/chrome make test"""


def find_browser() -> str | None:
    """The path of a Chromium or Chrome that starts, or None."""
    return next((path for path in _candidates() if _starts(path)), None)


def _candidates() -> Iterator[str]:
    """`CHROMIUM` if it is set, else what is installed, then what Playwright has downloaded."""
    if chosen := CHROMIUM.value:
        yield chosen
        return
    yield from filter(None, map(shutil.which, NAMES))
    with sync_playwright() as playwright:
        yield playwright.chromium.executable_path


def _starts(path: str) -> bool:
    """Whether it runs at all: some systems ship a stub that only says what to install."""
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _ways_to_install() -> Iterator[list[list[str]]]:
    """Each way is a list of commands; as root on Debian and its kin the packages come first."""
    playwright = [sys.executable, "-m", "playwright", "install"]
    if shutil.which("apt-get") and os.geteuid() == 0:
        os.environ["DEBIAN_FRONTEND"] = "noninteractive"
        yield [["apt-get", "update"], ["apt-get", "install", "-y", "chromium"]]
        yield [[*playwright, "--with-deps", "chromium"]]
    yield [[*playwright, "chromium"]]


def install_browser() -> str | None:
    """Try each way to install one until one starts; give its path, or None."""
    for commands in _ways_to_install():
        for command in commands:
            print("+", *command, file=sys.stderr)
            if subprocess.run(command, stdout=sys.stderr).returncode != 0:
                break
        if path := find_browser():
            return path
    return None


if __name__ == "__main__":
    found = find_browser() or (None if CHROMIUM.value else install_browser())
    if found is None:
        sys.exit(ADVICE)
    print(found)

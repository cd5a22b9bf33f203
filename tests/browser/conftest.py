"""The real app in a real browser: one server for all tests, a new visitor for each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, BrowserType, Page, expect

from scripts.app_server import running_app
from scripts.browser import ADVICE, find_browser
from tests.browser.waiting import PATIENCE_SECONDS

expect.set_options(timeout=1000 * PATIENCE_SECONDS)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    found = find_browser()
    if found is None:
        pytest.fail(ADVICE)
    # Chromium's sandbox does not start as root, and in many containers not at all.
    return {**browser_type_launch_args, "executable_path": found, "args": ["--no-sandbox"]}


@pytest.fixture(scope="session")
def app_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("app")


@pytest.fixture(scope="session")
def base_url(app_folder: Path) -> Iterator[str]:
    folder = app_folder
    (folder / "data").mkdir()
    places = {"AE_HOME": str(folder / "home"), "AE_DATA_DIR": str(folder / "data")}
    # A door that nobody opens: no test reaches the internet, wherever it runs.
    places |= {"https_proxy": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9"}
    with running_app(folder / "log", places) as url:
        yield url


@pytest.fixture(scope="session")
def cached_context(
    browser_type: BrowserType,
    browser_type_launch_args: dict[str, Any],
    browser_context_args: dict[str, Any],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[BrowserContext]:
    """Keeps the scripts of Streamlit and of the app, compiled, and loads them once for all tests.

    Only a browser with a profile on disk does: a page is there after 0.9 s instead of 1.3 s.
    """
    context = browser_type.launch_persistent_context(
        tmp_path_factory.mktemp("browser"), **browser_type_launch_args, **browser_context_args
    )
    yield context
    context.close()


@pytest.fixture(scope="session")
def browser(cached_context: BrowserContext) -> Browser:
    """The same browser, for those who need another visitor."""
    assert cached_context.browser
    return cached_context.browser


@pytest.fixture
def context(cached_context: BrowserContext) -> Iterator[BrowserContext]:
    """A new visitor, whose browser has the app's files already."""
    yield cached_context
    for page in cached_context.pages[1:]:  # without its first, empty page the browser ends
        page.close()
    cached_context.clear_cookies()


@pytest.fixture(autouse=True)
def no_traceback(app_folder: Path) -> Iterator[None]:
    """What the app did not foresee is in its log; a page only says that there was an error."""
    log = app_folder / "log"
    before = log.stat().st_size if log.exists() else 0
    yield
    said = log.read_bytes()[before:].decode(errors="replace") if log.exists() else ""
    assert "Traceback (most recent call last)" not in said, said[-5000:]


@pytest.fixture
def page(page: Page) -> Page:
    page.set_default_timeout(1000 * PATIENCE_SECONDS)
    return page

"""Names that are mark-up, scripts, formulas or links: in Chromium no page does what they say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import FilePayload, Page

from ae_core import checkpoints
from ae_core.accounts.cookies import COOKIE, cookie_of
from ae_core.report import entries
from ae_core.report import page as report_page
from ae_core.report.entries import Entry
from scripts.app_server import running_app
from tests.browser.hostile_names import NAMES, archive, as_shown, give
from tests.browser.waiting import settled

SECRET, KEY = "the key that signs in this test", "a long word"
MANY = ("image_sets_kept", "checkpoints_kept", "jobs_waiting", "running_at_once")

Tour = dict[str, list[dict[str, str]]]

TOUR: Tour = {
    "home": [{}],
    "reconstruct": [{}],
    "latent_space": [{}, {"view": "regions"}],
    "denoise": [{"part": each} for each in ("bench", "curve", "matrix", "again-and-again")],
    "compare": [{"part": each} for each in (
        "bottleneck", "side-by-side", "loss", "out-of-distribution", "two-maps")],
    "codes": [{"part": each} for each in (
        "one-number-at-a-time", "used-and-dead", "arithmetic", "neighbours", "features", "factors",
        "maps", "anomalies")],
    "image_sets": [{}],
    "train": [{}, {"what": "classifier"}, {"part": "overfitting"}, {"part": "break-it"}],
    "models": [{}],
}  # fmt: skip
"""Every page, and every part of it."""

SHORT: Tour = {"latent_space": [{}], "image_sets": [{}]}

WATCH = """
    window.found = [];
    window.pwned = () => window.found.push("a script ran");
    window.alert = window.confirm = window.prompt = () => window.pwned();
    document.addEventListener("securitypolicyviolation", event =>
        window.found.push(`${event.violatedDirective} ${event.blockedURI}`));
"""

LOOK = r"""
names => {
    const found = [...window.found];
    const shown = text => text.replaceAll("\u2060", "").replace(/\s+/g, " ");
    const isWhole = text => names.some(name => shown(text).includes(name));
    const leadsAway = address => {
        const to = new URL(address, location.href);
        return to.protocol === "data:" ? !to.pathname.startsWith("image/")
            : to.protocol !== "blob:" && (to.origin !== location.origin || /evil/.test(to.host));
    };
    const look = root => {
        for (const element of root.querySelectorAll("*")) {
            for (const {name, value} of element.attributes)
                if (name.startsWith("on") && /pwned/.test(value)
                    || /^(href|src|action|formaction|data|poster|xlink:href)$/.test(name)
                    && leadsAway(value))
                    found.push(`<${element.localName} ${name}=${value}>`);
            if (/\burl\(\s*["']?(https?:)?\/\//.test(element.getAttribute("style") ?? ""))
                found.push(`style=${element.getAttribute("style")}`);
            if (element.matches("[data-testid=stIconMaterial]") && element.innerText === "skull")
                found.push("an icon");
            if (element.shadowRoot) look(element.shadowRoot);
        }
        const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
        while (texts.nextNode()) {
            const node = texts.currentNode;
            const said = node.data.replace(/my-[a-z0-9-]+/g, "");  // as addresses have it
            if (!/evil/.test(said) || node.parentElement?.closest("script, style")) continue;
            let around = node.parentElement;
            for (let up = 0; up < 4 && around && !isWhole(around.textContent); up++)
                around = around.parentElement;
            if (!around || !isWhole(around.textContent))
                found.push(`not as it is: ${node.parentElement?.outerHTML.slice(0, 300)}`);
        }
    };
    look(document);
    return [...new Set(found)];
}
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hostile")


@pytest.fixture(scope="module")
def address(place: Path) -> Iterator[str]:
    """A server with a teacher's key, whose worker is elsewhere."""
    (place / "limits.toml").write_text("".join(f"{name} = 1000\n" for name in MANY))
    (place / "data").mkdir()
    settings = {
        "AE_HOME": str(place / "home"), "AE_DATA_DIR": str(place / "data"), "AE_SECRET": SECRET,
        "AE_TEACHER_KEY": KEY, "AE_WORKER": "off", "AE_LIMITS": str(place / "limits.toml"),
        "https_proxy": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9",
    }  # fmt: skip
    with running_app(place / "log", settings) as url:
        yield url
    log = (place / "log").read_text("utf-8", errors="replace")
    assert "Traceback (most recent call last)" not in log, log[-5000:]


@pytest.fixture(autouse=True)
def at_home(place: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This process makes things where the server has them."""
    monkeypatch.setenv("AE_HOME", str(place / "home"))
    monkeypatch.setenv("AE_DATA_DIR", str(place / "data"))
    monkeypatch.setenv("AE_SECRET", SECRET)
    monkeypatch.setenv("AE_LIMITS", str(place / "limits.toml"))


@pytest.fixture
def ann(page: Page, address: str) -> Page:
    """Ann's browser, which notes what is asked of others and what the policy forbids."""
    page.add_init_script(WATCH)
    page.context.add_cookies([{"name": COOKIE, "value": cookie_of("ann"), "url": address}])
    return page


def asked_of_others(page: Page, address: str) -> list[str]:
    """Fills up with each request that goes elsewhere."""
    elsewhere: list[str] = []

    def look(url: str) -> None:
        own = (f"{address}/", f"ws{address.removeprefix('http')}/", "data:", "blob:", "file:")
        if not url.startswith(own):
            elsewhere.append(url)

    page.on("request", lambda request: look(request.url))
    page.on("websocket", lambda socket: look(socket.url))
    return elsewhere


def found_on(page: Page) -> list[str]:
    """What of the names is more than text."""
    settled(page)
    return [str(each) for each in page.evaluate(LOOK, beginnings())]


def beginnings() -> list[str]:
    """How each name begins where it is shown: what is long may be cut."""
    return [as_shown(name)[:12] for name in NAMES.values()]


@pytest.mark.parametrize(
    ("name", "tour"),
    [
        ("directives", SHORT),
        *(pytest.param(name, TOUR, marks=[pytest.mark.long, pytest.mark.timeout(1800)])
          for name in NAMES),
    ],
)  # fmt: skip
def test_a_name_is_text_on_every_page(
    name: str,
    tour: Tour,
    ann: Page,
    address: str,
    record_property: Callable[[str, object], None],
) -> None:
    made = give(NAMES[name])
    elsewhere = asked_of_others(ann, address)
    found: dict[str, list[str]] = {}
    for script, parts in tour.items():
        for part in parts:
            query = urlencode({**made, **part})
            ann.goto(f"{address}/{'' if script == 'home' else script}?{query}")
            if wrong := found_on(ann):
                found[f"{script} {part}"] = wrong
    record_property("pages", sum(map(len, tour.values())))
    record_property("names_that_did_something", len(found) + len(elsewhere))
    assert not elsewhere
    assert not found


@pytest.mark.long
def test_names_are_text_to_a_teacher(
    ann: Page, address: str, record_property: Callable[[str, object], None]
) -> None:
    for name in NAMES.values():
        give(name)
    elsewhere = asked_of_others(ann, address)
    ann.goto(f"{address}/classroom")
    ann.get_by_label("Teacher's key").fill(KEY)
    ann.keyboard.press("Enter")
    ann.get_by_role("button", name="End all").wait_for()
    found = found_on(ann)
    record_property("pages", 1)
    record_property("names_that_did_something", len(found) + len(elsewhere))
    assert not elsewhere
    assert not found


@pytest.mark.long
def test_names_of_files_and_folders_are_text(
    ann: Page, address: str, record_property: Callable[[str, object], None]
) -> None:
    elsewhere = asked_of_others(ann, address)
    ann.goto(f"{address}/image_sets")
    broken = [(f"{name[:100]}.png", "image/png", b"evil") for name in NAMES.values()]
    files = [("all.zip", "application/zip", archive()), *broken]
    ann.locator("input[type=file]").first.set_input_files(
        [FilePayload(name=name, mimeType=kind, buffer=data) for name, kind, data in files]
    )
    ann.get_by_role("heading", name="What was found").wait_for()
    found = found_on(ann)
    ann.get_by_text("could not be used").first.click()
    ann.locator(".ae-refused").wait_for()
    found += found_on(ann)
    record_property("pages", 2)
    record_property("names_that_did_something", len(found) + len(elsewhere))
    assert not elsewhere
    assert not found


@pytest.mark.long
def test_names_are_text_in_the_report(
    ann: Page, address: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    cards = [checkpoints.card(give(name)["model"]) for name in NAMES.values()]
    path = tmp_path / "report.html"
    made = datetime(2026, 1, 2, tzinfo=UTC)
    measured = [each for each in entries.entries(cards) if isinstance(each, Entry)]
    assert len(measured) == len(NAMES)
    path.write_text(report_page.page(measured, (), made=made), "utf-8")
    elsewhere = asked_of_others(ann, address)
    ann.goto(path.as_uri())
    ann.locator(".plot").first.wait_for()
    found = ann.evaluate(LOOK, beginnings())
    record_property("pages", 1)
    record_property("names_that_did_something", len(found) + len(elsewhere))
    assert not elsewhere
    assert not found

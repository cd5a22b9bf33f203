"""What the browser's part says, in a language that is made for this: nothing is left in English."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from scripts import catalogue
from scripts.app_server import running_app
from tests.browser.waiting import settled, until
from tests.languages import left_in_english

TEXTS = """() => {
  const found = [], attributes = ["title", "aria-label", "alt", "placeholder"];
  const read = (node, isOurs) => {
    if (node.nodeType === Node.TEXT_NODE && isOurs) found.push(node.data);
    if (node.nodeName === "STYLE") return;
    if (isOurs && node.getAttribute)
      for (const name of attributes) found.push(node.getAttribute(name) ?? "");
    const ours = isOurs || node.classList?.contains("live");
    for (const root of [node.shadowRoot, node].filter(Boolean))
      for (const each of root.childNodes) read(each, ours);
  };
  read(document.body, false);
  return found.filter((text) => text.trim());
}"""
"""All texts in the parts of the page that are ours, whether they are shown just now or not."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app in that language."""
    catalogue.make_pseudo()
    folder: Path = tmp_path_factory.mktemp("language")
    places = {"AE_HOME": str(folder / "home"), "AE_DATA_DIR": str(folder / "data")}
    with running_app(folder / "log", {**places, "AE_LANGUAGE": catalogue.PSEUDO}) as url:
        yield url


@pytest.mark.parametrize(
    "query",
    [
        "latent_space?model=digits-vae-conv-2&z=0,0&beside=digits-tanh-3&view=density",
        "latent_space?model=digits-tanh-3&view=regions&walk=0,0,0,0.5,0.5,0.5",
        "latent_space?model=mnist-vae-1",
        "reconstruct?model=digits-vae-conv-2&source=draw",
        "denoise?model=digits-dense-49",
        "compare?part=bottleneck&model=mnist-ae-8",
        "compare?part=two-maps&model=digits-vae-conv-2",
    ],
)
@pytest.mark.one_in(4)
def test_the_browsers_part_says_nothing_in_english(page: Page, address: str, query: str) -> None:
    page.goto(f"{address}/{query}")
    until(page, lambda: page.evaluate(TEXTS), lambda found: any("⟦" in text for text in found))
    settled(page)
    found = page.evaluate(TEXTS)
    assert left_in_english(found) == {}

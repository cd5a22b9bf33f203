"""Every page in a language that is made for this, after somebody has had it in English.

Nothing on it is left in English, nor on that of the other in this language: they share a server.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from google.protobuf.message import Message  # type: ignore[import-untyped]
from streamlit.testing.v1 import AppTest

from ae_core import browser_texts, languages
from pages.ui.state.declared import PAGES
from scripts import catalogue
from tests.languages import left_in_english
from tests.pages.app_pages import opened

pytestmark = pytest.mark.usefixtures("fresh_caches", "pseudo")

NOT_SHOWN = {
    "id", "form_id", "key", "icon", "url", "format", "element_toolbar", "query_string", "page",
    "page_script_hash", "component_name", "theme", "color", "type", "width", "height", "data_url",
    "mime", "user_key", "style", "js_content", "css_content", "html_content", "tag", "cursor",
    "selection_mode", "config", "script_hash", "fragment_id", "delta_path", "bytes", "fileName",
    "language", "accept", "url_pathname", "section_header", "isolate_styles", "mixed", "on_click",
    "code_text", "anchor",
}  # fmt: skip
"""Fields of Streamlit's messages that nobody reads."""

READ = {"words", "label", "help", "title", "names", "titles", "texts", "original"}
"""Of the data of components: what holds words, even one."""

OF_CHARTS = {"text", "name", "hovertemplate", "ticktext", "alt", "title"}


@pytest.fixture
def pseudo() -> Iterator[None]:
    """The pages can be in the language that is made for this."""
    catalogue.make_pseudo()
    for each in (languages.translations, browser_texts.address, browser_texts.file):
        each.cache_clear()
    yield
    for each in (languages.translations, browser_texts.address, browser_texts.file):
        each.cache_clear()


def shown(message: Message) -> Iterator[str]:
    """All texts in one of Streamlit's messages that somebody may read."""
    for field, value in message.ListFields():
        if field.name in NOT_SHOWN:
            continue
        many = value if not isinstance(value, (str, bytes, Message)) and hasattr(
            value, "__iter__"
        ) else [value]  # fmt: skip
        for each in many:
            if isinstance(each, Message):
                yield from shown(each)
            elif isinstance(each, str) and field.name == "spec":
                yield from of_chart(json.loads(each))
            elif isinstance(each, str) and field.name == "json":
                yield from of_component(json.loads(each))
            elif isinstance(each, str) and field.name == "columns":
                yield from (column.get("label") or "" for column in json.loads(each).values())
            elif isinstance(each, str):
                yield each


def of_chart(spec: Any, name: str = "") -> Iterator[str]:
    """Words of a chart: titles, legends, annotations, what is shown under the pointer."""
    if isinstance(spec, dict):
        for key, value in spec.items():
            if key != "template":
                yield from of_chart(value, key)
    elif isinstance(spec, list):
        for each in spec:
            yield from of_chart(each, name)
    elif isinstance(spec, str) and name in OF_CHARTS:
        yield spec


def of_component(data: Any, *, is_read: bool = False) -> Iterator[str]:
    """What a part of the browser's is given to show, but for its messages themselves."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key not in ("catalogue", "csv"):
                yield from of_component(value, is_read=is_read or key in READ)
    elif isinstance(data, list):
        for each in data:
            yield from of_component(each, is_read=is_read)
    elif isinstance(data, str) and not data.startswith("data:") and (is_read or " " in data):
        yield data


def everything(app: AppTest) -> Iterator[str]:
    """All texts of a page."""
    for block in (app.main, app.sidebar):
        for node in block:
            if isinstance(proto := getattr(node, "proto", None), Message):
                yield from shown(proto)


EVERY_PART = [
    pytest.param(page, part, id=f"{page}-{part}")
    for page, groups in PAGES.items()
    for part in next(
        (group.declaration("part").choices for group in groups
         if "part" in [each.name for each in group.declared()]), ("",),
    )
]  # fmt: skip


@pytest.mark.parametrize(("page", "part"), EVERY_PART)
@pytest.mark.parametrize("model", ["digits-vae-conv-2", "digits-dense-49"])
@pytest.mark.one_in(10)
def test_two_visitors_read_nothing_in_the_language_of_the_other(
    page: str, part: str, model: str
) -> None:
    address = {"model": model, **({"part": part} if part else {})}
    opened(page, **address)  # who comes second must not get what was made for the first
    app = opened(page, **address, lang=catalogue.PSEUDO)
    assert not app.exception
    assert left_in_english(everything(app)) == {}
    english = opened(page, **address)
    assert [text for text in everything(english) if "⟦" in text] == []

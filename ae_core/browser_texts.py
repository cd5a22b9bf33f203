"""The messages of the browser's part in a language, as a file that a browser asks for once."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from gettext import NullTranslations
from typing import Any

from ae_core import languages

COUNTS = 200


@cache
def address(language: str) -> str:
    """Where the server gives the file out, from the address of the app on; nothing in English."""
    found = file(language)
    return f"/live-texts/{language}/{hashlib.sha256(found).hexdigest()[:16]}" if found else ""


@cache
def file(language: str) -> bytes:
    """The file; empty in English, or where there is no such language."""
    messages = of_browser(language)
    return json.dumps(messages, ensure_ascii=False).encode() if messages else b""


def of_browser(language: str) -> dict[str, Any]:
    """What the messages of the browser's part are in a language; nothing in English.

    Of a message with a count: its `forms`, and `of` which of them is that of each count below
    `COUNTS`; of larger ones the last two digits tell, with a hundred before them.
    """
    found = languages.translations(language)
    if type(found) is NullTranslations:
        return {}
    told: dict[str, Any] = {}
    for one, *many in json.loads((languages.FOLDER / "browser.json").read_text("utf-8")):
        if not many:
            told[one] = found.gettext(one)
            continue
        each = [found.ngettext(one, many[0], count) for count in range(COUNTS)]
        forms = list(dict.fromkeys(each))
        told[one] = {"forms": forms, "of": "".join(str(forms.index(form)) for form in each)}
    return told

"""How an upload was read: in words, beside pictures that it gives, and what else it may mean."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from ae_core.images.form import Form, formed
from ae_core.texts import _, ngettext
from ae_core.uploads.intake import ReadResult
from ae_core.uploads.overview import Interpretation
from ae_core.uploads.readings import NONE, Choices, Reading
from pages.ui.drawing import pictures
from pages.ui.image_sets.survey import UploadDraft, drawn
from pages.ui.shared import card_text

NAMED = 8

DARK = 0.02
"""A share of white: pictures that are darker on average are almost black."""

Read = Callable[[Choices, bool | None], None]
"""Reads the upload again."""


def show(draft: UploadDraft, read_again: Read) -> None:
    """The reading, and the others that are plausible, each with a button that takes it."""
    taken = draft.overview.taken.reading
    _too_many(draft)
    if taken.layout is None and taken.classes == NONE:
        return  # picture files without folders: there was nothing to guess
    st.header(_("How they were read"), anchor=False)
    st.html(f'<div class="ae-found">{card_text.table(taken.in_words())}</div>')
    if taken.layout is not None:
        _strip(draft.overview.taken)
    others = draft.overview.others
    is_dark = draft.survey.brightness < DARK
    if is_dark:
        st.warning(
            _("They are almost black. If they are masks, or are stored as few bits, another white"
              " may be right.") if others else _("They are almost black.")
        )  # fmt: skip
    if not others and taken.header is None:
        return
    with st.expander(_("Read them otherwise"), expanded=is_dark):
        for number, other in enumerate(others):
            _other(other, taken)
            st.button(
                _("Read them so"), key=f"image-sets:reading-{number}", on_click=read_again,
                args=(other.choices, draft.has_header),
            )  # fmt: skip
        if taken.header is not None:
            label = _("The first row is a picture") if taken.header else (
                _("The first row names the columns"))  # fmt: skip
            st.button(label, key="image-sets:header", on_click=read_again,
                      args=(draft.overview.taken.choices, not taken.header))  # fmt: skip


def _other(other: Interpretation, taken: Reading) -> None:
    """What differs in another reading, and what it gives."""
    same = taken.in_words()
    differs = [line for line in other.reading.in_words() if line not in same]
    if other.classes:
        more = ["…"] if len(other.classes) > NAMED else []
        differs.append((_("Names of classes"), ", ".join([*other.classes[:NAMED], *more])))
    st.html(f'<div class="ae-found">{card_text.table(differs)}</div>')
    if other.pictures:
        _strip(other)


def _strip(read: Interpretation) -> None:
    """Some pictures as they are read."""
    form = Form(size=64, colour=True, fit="pad")
    tiles = "".join(
        pictures.img(_thumbnail(each, form), each.label or each.name) for each in read.pictures
    )
    st.html(f'<div class="ae-tiles" style="--tile:64px">{tiles}</div>')


def _thumbnail(result: ReadResult, form: Form) -> pictures.Picture:
    assert result.picture is not None
    return drawn(formed(result.picture, form))


def _too_many(draft: UploadDraft) -> None:
    count, most = draft.overview.count, draft.allowed.images
    if count > most:
        st.info(
            ngettext(
                "The files hold {count:,} picture; a set may have {most:,}. So many were drawn,"
                " evenly over the classes.",
                "The files hold {count:,} pictures; a set may have {most:,}. So many were drawn,"
                " evenly over the classes.",
                count, most=most,
            ),
            icon=":material/info:",
        )  # fmt: skip

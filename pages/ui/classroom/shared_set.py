"""A set that the whole class collects, picture by picture, and one model that learns from it."""

from __future__ import annotations

import io
from functools import partial

import numpy as np
import streamlit as st

from ae_core.classroom import pictures
from ae_core.classroom.classes import OpenClass
from ae_core.images import reading
from ae_core.images.form import Form, formed
from ae_core.texts import _, ngettext
from ae_core.uploads.collection import small
from ae_core.uploads.intake import tidy_label
from ae_core.uploads.separate.bundle import Bundle
from ae_core.uploads.separate.reading import read_picture
from pages.ui.browser import camera
from pages.ui.classroom.class_listener import redrawn_on
from pages.ui.drawing import wrapped_rows
from pages.ui.image_sets import intake
from pages.ui.image_sets.survey import drawn
from pages.ui.shared import owner, widgets

SIDE = 96
"""Pixels of the longer side that is kept: more than any model here looks at."""

SHOWN = 48


@st.fragment(key="class-pictures")
def show(open_class: OpenClass) -> None:
    """For the teacher: what is there so far, and the way to a set of it."""
    redrawn_on("wall", key="pictures-news")
    with widgets.shown_errors():
        me, code = owner.me(), open_class.code
        found = pictures.counts(me, code)
        if not found:
            st.caption(
                _(
                    "On the page *Your class* everybody adds pictures with the camera of their"
                    " phone, or from files. Say which classes there are: they appear here."
                )
            )
            return
        st.markdown(_counted(found))
        form = Form(size=64, colour=True, fit="pad")
        last = pictures.of_all(me, code)[-SHOWN:]
        wrapped_rows.tiles(
            [drawn(formed(reading.read(data, ""), form)) for _label, data in last],
            [_("A picture of {label}", label=label) for label, _data in last],
            [label[:12] for label, _data in last],
        )
        if st.button(
            ngettext(
                "Make a set of this {count:,} picture", "Make a set of these {count:,} pictures",
                found.total(),
            ),
            type="primary", icon=":material/model_training:", key="class-set",
        ):  # fmt: skip
            intake.bring(_as_files(pictures.of_all(me, code)))
            st.switch_page("../image_sets.py")


def bring() -> None:
    """For who is in a class: a class's name, then the camera or files."""
    st.header(_("Pictures for the class"), anchor=False)
    with widgets.shown_errors():
        turn = st.session_state.setdefault("class-picture-turn", 0)
        label = st.text_input(
            _("What is on them"), key="class-picture-label", max_chars=pictures.LONGEST_LABEL,
            placeholder=_("Your teacher says which names: cats, dogs"),
        )  # fmt: skip
        label = tidy_label(label.replace("/", " ").replace("\\", " ")).strip(". ")
        if label:
            camera.show(
                _("Take a picture"), key=f"class-camera-{turn}", then=partial(_taken, label)
            )
            files = st.file_uploader(
                _("Or choose files"), type=["png", "jpg", "jpeg", "webp"],
                accept_multiple_files=True, key=f"class-files-{turn}",
            )  # fmt: skip
            if files:
                for file in files:
                    widgets.done(partial(_keep, label, file.getvalue(), file.name))
                st.session_state["class-picture-turn"] += 1
                st.rerun()
        if mine := pictures.mine(owner.me()):
            st.markdown(_counted(mine))
            st.button(
                _("Take the last one back"), icon=":material/undo:", key="class-picture-undo",
                on_click=_take_back,
            )  # fmt: skip


def _taken(label: str, data: bytes) -> None:
    widgets.done(partial(_keep, label, data, _("picture from the camera")))
    st.session_state["class-picture-turn"] += 1


def _take_back() -> None:
    widgets.done(partial(pictures.take_back, owner.me()))


def _keep(label: str, data: bytes, name: str) -> None:
    """Keep a picture as small as it is needed.

    Raises:
        UserError: it is none, or one too many.
    """
    picture = small(read_picture(data, name))
    picture.thumbnail((SIDE, SIDE))
    pictures.bring(owner.me(), label, reading.to_png(np.asarray(picture)))


def _counted(counts: dict[str, int]) -> str:
    return " · ".join(
        f"**{widgets.as_text(label)}** {count:,}" for label, count in sorted(counts.items())
    )


def _as_files(found: list[tuple[str, bytes]]) -> Bundle:
    """As files in a folder for each class."""
    return Bundle(
        (f"{label}/{number}.png", io.BytesIO(data)) for number, (label, data) in enumerate(found)
    )

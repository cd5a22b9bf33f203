"""Collecting a set picture after picture: a class is named once, then the camera fills it."""

from __future__ import annotations

import io
from dataclasses import dataclass, field

import numpy as np
import streamlit as st

from ae_core import numerals
from ae_core.errors import UserError
from ae_core.image_sets.stored import LONGEST_CLASS
from ae_core.images import reading
from ae_core.images.form import Form, formed
from ae_core.settings import MAX_IMAGE_BYTES
from ae_core.texts import _, ngettext
from ae_core.uploads.collection import small
from ae_core.uploads.intake import tidy_label
from ae_core.uploads.refusals import reason
from ae_core.uploads.separate.bundle import Bundle
from ae_core.uploads.separate.reading import read_picture
from pages.ui.browser import camera
from pages.ui.drawing import wrapped_rows
from pages.ui.image_sets import intake
from pages.ui.image_sets.survey import UploadDraft, drawn
from pages.ui.shared import widgets

COLLECTED = "image-sets:collected"
LABEL = "image-sets:collected-class"

MOST = 2_000
"""Pictures that a visit holds before they are kept: some 10 kB each."""

SHOWN = 24


@dataclass
class Collected:
    """The pictures so far, as PNG, and the class of each; `turn` counts what was taken."""

    pictures: list[bytes] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    turn: int = 0
    files: Bundle | None = None

    def add(self, data: bytes, name: str, label: str) -> None:
        """One more, as small as an upload would be kept.

        Raises:
            UserError: it is no picture, or there are too many.
        """
        if len(self.pictures) >= MOST:
            raise UserError(
                _("These are {most:,} pictures. Keep them first, or upload a zip.", most=MOST)
            )
        kept = small(read_picture(data, name))
        self.pictures.append(reading.to_png(np.asarray(kept)))
        self.labels.append(label)

    def as_files(self) -> Bundle:
        """As files in a folder for each class.

        Raises:
            UserError: the disk does not take them.
        """
        self.files = Bundle(
            (f"{label}/{number}.png" if label else f"{number}.png", io.BytesIO(data))
            for number, (data, label) in enumerate(zip(self.pictures, self.labels, strict=True))
        )
        return self.files


def show() -> None:
    """The camera, and what it has taken so far; folded away until it is asked for."""
    found = _collected()
    label = _("Collect them picture by picture, with the camera")
    opened = st.expander(label, expanded=bool(found.pictures), key="image-sets:collect",
                         on_change="rerun")  # fmt: skip
    if opened.open:
        with opened, widgets.shown_errors():
            _collect(found)


def forget(draft: UploadDraft) -> None:
    """Let go of the pictures, where it is they that were kept."""
    if draft.files is _collected().files:
        st.session_state.pop(COLLECTED, None)


def _collected() -> Collected:
    found = st.session_state.setdefault(COLLECTED, Collected())
    assert isinstance(found, Collected)
    return found


def _collect(found: Collected) -> None:
    st.text_input(
        _("Class of the next pictures"), key=LABEL, max_chars=LONGEST_CLASS,
        placeholder=_("cats, dogs, oak, birch: type it once"),
    )  # fmt: skip

    def take(data: bytes) -> None:
        widgets.done(lambda: found.add(data, _("picture from the camera"), _label()))
        found.turn += 1  # the camera is ready for the next one

    camera.show(_("Take a picture"), key=f"image-sets:camera-{found.turn}", then=take)
    files = st.file_uploader(
        _("Or add files to this class"), type=["png", "jpg", "jpeg", "webp"],
        accept_multiple_files=True, max_upload_size=MAX_IMAGE_BYTES >> 20,
        key=f"image-sets:more-{found.turn}",
    )  # fmt: skip
    if files:
        for file in files:
            try:
                found.add(file.getvalue(), file.name, _label())
            except UserError as failure:
                st.toast(widgets.as_text(reason(failure, file.name)))
        found.turn += 1
        st.rerun()
    if found.pictures:
        _so_far(found)


def _so_far(found: Collected) -> None:
    """The last pictures, how many there are of each class, and what to do with them."""
    counts = {label: found.labels.count(label) for label in found.labels}
    st.markdown(
        " · ".join(
            f"**{widgets.as_text(label) or _('no class')}** {numerals.written(count, ',')}"
            for label, count in counts.items()
        )
    )
    last = list(range(len(found.pictures)))[: -SHOWN - 1 : -1]
    form = Form(size=64, colour=True, fit="pad")
    images = [drawn(formed(reading.read(found.pictures[number], ""), form)) for number in last]
    names = [found.labels[number] for number in last]
    wrapped_rows.tiles(
        images,
        [_("{label}, picture {number}", label=name, number=number)
         for name, number in zip(names, last, strict=True)],
        [name[:12] for name in names],
    )  # fmt: skip
    with st.container(horizontal=True):
        st.button(
            ngettext(
                "Look at this {count:,} picture", "Look at these {count:,} pictures",
                len(found.pictures),
            ),
            type="primary", on_click=_look_at, args=(found,),
        )  # fmt: skip
        st.button(_("Take the last one back"), icon=":material/undo:", on_click=_undo)


def _look_at(found: Collected) -> None:
    widgets.done(lambda: intake.bring(found.as_files()))


def _undo() -> None:
    found = _collected()
    if found.pictures:
        found.pictures.pop()
        found.labels.pop()


def _label() -> str:
    """The class that is typed now, on one line, without what would be a folder in it."""
    typed = str(st.session_state.get(LABEL, ""))
    return tidy_label(typed.replace("/", " ").replace("\\", " ")).strip(". ")

"""Uploading pictures: the files, the progress of reading them, the format, the name."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import PurePosixPath
from typing import Any, cast

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ae_core.accounts import limits, personal_limits, upload_allowances
from ae_core.image_sets import changing, saving
from ae_core.image_sets.stored import SetCard
from ae_core.images import form as image_form
from ae_core.images import formats
from ae_core.images.form import Form
from ae_core.texts import N_, _, joined, ngettext
from ae_core.uploads import intake
from ae_core.uploads.collection import PictureCollection, Survey
from ae_core.uploads.readings import Choices
from ae_core.uploads.separate import reading
from ae_core.uploads.separate.bundle import Bundle
from ae_core.uploads.separate.reading import READERS
from pages.ui.image_sets import names
from pages.ui.image_sets.survey import UploadDraft
from pages.ui.shared import owner, widgets
from pages.ui.shared.waiting import Bar

NOUNS = ("image-sets:one", "image-sets:many")
DRAFT, TURN, STOPPED = "image-sets:draft", "image-sets:turn", "image-sets:stopped"
OTHERWISE, BROUGHT = "image-sets:otherwise", "image-sets:brought"

LOOKING, COMPARING = 0.2, 0.9
"""Shares of the progress bar at which looking ends, and comparing begins."""

SHAPES = {"crop": N_("Crop to a square"), "pad": N_("Pad to a square")}


def current_draft() -> UploadDraft | None:
    """What has been read from files; before that the uploader, and how far reading is."""
    allowed = personal_limits.of(owner.me())
    if isinstance(draft := st.session_state.get(DRAFT), UploadDraft):
        if OTHERWISE in st.session_state:
            choices, has_header = st.session_state.pop(OTHERWISE)
            with widgets.shown_errors():
                draft = _read(draft.files, allowed, [], title=draft.title,
                              choices=choices, has_header=has_header)  # fmt: skip
                st.session_state[DRAFT] = draft
                st.rerun()
        return draft
    if BROUGHT in st.session_state:
        with widgets.shown_errors():
            st.session_state[DRAFT] = _read(
                st.session_state.pop(BROUGHT), allowed, [], title=_("My pictures")
            )
            st.rerun()
    turn = st.session_state.setdefault(TURN, 0)
    files = st.file_uploader(
        _(
            "Pictures ({formats}), a zip of them, a NumPy file or a CSV table of pixels",
            formats=formats.named(),
        ),
        type=list(intake.ENDINGS),
        accept_multiple_files=True,
        max_upload_size=allowed.upload_megabytes,
        key=f"image-sets:files-{turn}",
    )
    if not files:
        READERS.warm_up()
        _what_to_do(allowed)
    elif st.session_state.get(STOPPED) == _ids(files):
        st.info(_("Stopped. Nothing was kept."), icon=":material/block:")
        if st.button(_("Read them again")):
            del st.session_state[STOPPED]
            st.rerun()
    else:
        with widgets.shown_errors():
            draft = _read(_on_disk(files), allowed, _ids(files), title=_title(files))
            st.session_state[DRAFT] = draft
            _let_go(files)
            st.rerun()
    return None


def read_again(choices: Choices, has_header: bool | None) -> None:
    """Read the same files under other choices, when the page is drawn next."""
    st.session_state[OTHERWISE] = choices, has_header


def bring(files: Bundle) -> None:
    """Read these when the page is drawn next, as if they had been dropped here."""
    st.session_state[BROUGHT] = files


def start_over() -> None:
    """Forget what was read."""
    st.session_state.pop(DRAFT, None)


def chosen_form(survey: Survey) -> tuple[Form, bool]:
    """The chosen format, and whether near duplicates are left out."""
    mostly_colour = survey.colourful > survey.count / 2
    mostly_inverted = not mostly_colour and survey.inverted > survey.count / 2
    left, right = st.columns(2)
    with left:
        size = st.segmented_control(
            _("Size"), image_form.SIZES, default=image_form.SIZES[0], required=True,
            format_func="{0} x {0}".format, key="image-sets:size",
        )  # fmt: skip
        fit = st.segmented_control(
            _("What is not square"), list(SHAPES), default="crop", required=True,
            format_func=lambda fit: _(SHAPES[fit]), key="image-sets:fit",
        )  # fmt: skip
    with right:
        colour = st.toggle(_("Keep the colours"), mostly_colour, key="image-sets:colour")
        invert = st.toggle(
            _("Swap light and dark"), mostly_inverted, key="image-sets:invert",
            help=_("Models learn ink best as light on dark, as in MNIST."),
        )  # fmt: skip
        without_twins = st.toggle(
            _("Keep one of those that look alike"), key="image-sets:twins",
            disabled=not survey.twins, help=_("Otherwise they are kept, all on one side."),
        )  # fmt: skip
    if mostly_inverted:
        st.caption(_("Most are dark on light, so light and dark are swapped here."))
    form = Form(size=int(size or 28), colour=colour, fit=cast(Any, fit or "crop"), invert=invert)
    return form, without_twins


def keep(draft: UploadDraft, form: Form, *, without_twins: bool) -> SetCard | None:
    """The name and the button; gives the set's card once it is saved.

    Raises:
        UserError: it cannot be saved, and why.
    """
    count = len(saving.kept(draft.survey, without_twins=without_twins))
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    with left:
        title, *nouns = names.inputs(draft.title, keys=("image-sets:title", *NOUNS))
    label = _("Keep these {count:,}", count=count)
    if not right.button(label, type="primary", width="stretch"):
        split = _(
            "About one in five becomes a test image, always the same ones; what looks alike stays"
            " on one side."
        )
        until = ngettext(
            "Only you see the set, and it expires after {count} day.",
            "Only you see the set, and it expires after {count} days.",
            personal_limits.of(owner.me()).days_kept,
        )
        st.caption(joined(split, until))
        return None
    one, many = changing.noun(*nouns)
    bar = Bar(_("Keeping them …"))
    card = saving.save(
        owner.me(),
        draft.collection,
        draft.survey,
        form,
        title=title,
        without_twins=without_twins,
        tell=partial(bar.tell, message=N_("Keeping them: {share:.0%}")),
    )
    changing.call(owner.me(), card.name, one, many)
    return card


def _read(
    files: Bundle, allowed: limits.Limits, ids: list[str], *, title: str,
    choices: Choices = Choices(), has_header: bool | None = None,  # noqa: B008 - frozen
) -> UploadDraft:  # fmt: skip
    """Read the files, once it is their turn. Pressing Stop ends it, and so does leaving the page.

    Raises:
        UserError: a limit is reached, or there is no picture.
    """
    left, right = st.columns([4, 1], vertical_alignment="center")
    right.button(_("Stop reading"), on_click=_stop, args=(ids,), width="stretch")
    with left:
        bar = Bar(_("Reading …"))
    collection = PictureCollection(allowed)
    with reading.opened(
        files,
        choices,
        allowed,
        owner.me(),
        has_header=has_header,
        is_small=True,
        tell=bar.tell_place,
    ) as found:
        for share in found.look():
            bar.tell(LOOKING * share, N_("Looking at the files: {share:.0%}"))
        for result in found.read():
            collection.add(result)
            pictures = ngettext("{count:,} picture", "{count:,} pictures", len(collection))
            share = LOOKING + (COMPARING - LOOKING) * result.share
            bar.tell(share, N_("Reading: {share:.0%}, {pictures}"), pictures=pictures)
    comparing = N_("Reading: {share:.0%}, comparing them")
    survey = collection.survey(
        lambda share: bar.tell(COMPARING + (1 - COMPARING) * share, comparing)
    )
    return UploadDraft(files, found.overview, allowed, has_header, collection, survey, title)


def _on_disk(files: Sequence[Any]) -> Bundle:
    """Copies: the files may be read again, and should not lie in memory until then."""
    return Bundle((file.name, file) for file in files)


def _stop(ids: list[str]) -> None:
    st.session_state[STOPPED] = ids


def _ids(files: Sequence[Any]) -> list[str]:
    return [file.file_id for file in files]


def _let_go(files: Sequence[Any]) -> None:
    """Free the memory of files that have been read, which the session would hold until its end."""
    context = get_script_run_ctx()
    if context and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        for file in files:
            context.uploaded_file_mgr.remove_file(context.session_id, file.file_id)
    st.session_state[TURN] += 1


def _title(files: Sequence[Any]) -> str:
    stem = PurePosixPath(files[0].name).stem if len(files) == 1 else ""
    return intake.tidy_label(stem) or _("My pictures")


def _what_to_do(allowed: limits.Limits) -> None:
    st.info(
        _(
            "Drop hundreds of pictures at once, or a zip: each folder in it becomes a class. NumPy"
            " arrays (`.npz` with `images` and `labels`, or `.npy`) and tables with one picture a"
            " row work, too. Nothing is kept before you have seen it."
        ),
        icon=":material/add_photo_alternate:",
    )
    st.caption(
        _(
            "Up to {pictures} and {megabytes:,} MB at once, {left:,} MB more within this hour, and"
            " {sets} a person.",
            pictures=ngettext("{count:,} picture", "{count:,} pictures", allowed.images),
            megabytes=allowed.upload_megabytes,
            left=upload_allowances.megabytes_left(owner.me(), allowed),
            sets=ngettext("{count} set", "{count} sets", allowed.image_sets_kept),
        )
    )

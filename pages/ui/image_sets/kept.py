"""The image sets that somebody keeps: what is in them, until when, who may see them."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import streamlit as st

from ae_core import image_sets, wording
from ae_core.accounts import ownership
from ae_core.accounts.ownership import Belonging
from ae_core.errors import UserError
from ae_core.image_sets import ImageSet
from ae_core.texts import _, joined, ngettext
from pages.ui.drawing import pictures
from pages.ui.image_sets import changes, survey
from pages.ui.shared import cached, owner, training_form, widgets
from pages.ui.state import current
from pages.ui.state.declared import ImageSets

SAMPLED = 12
MOST_NAMED = 5
"""Classes of a set that are named."""


def mine() -> None:
    """Every set of the visitor's, newest first; nothing where there is none."""
    kept = ownership.of(owner.me(), ownership.IMAGE_SET)
    if kept:
        st.header(_("Your image sets"), anchor=False)
    for belonging in kept:
        with st.container(border=True, key=f"set-{belonging.name}"):
            with widgets.shown_errors():
                found = _one(belonging)
                training_form.button(found, f"train-{belonging.name}")
                changes.show(found)
            _controls(belonging)  # a broken set can be deleted, too


def in_the_address() -> None:
    """The set in the address: what to do with the one just made, or one that somebody shared."""
    name = current.of(ImageSets).image_set
    if not name or not ownership.is_private(name):
        return
    me = owner.me()
    belonging = ownership.get(me, name) if ownership.visible(me, [name]) else None
    if belonging is None:
        st.warning(_("The image set in the address is not here, or is not shared any more."))
        return
    if belonging.owner == me.id:
        with suppress(UserError):  # the list below says what is wrong with it
            found = cached.image_set(name)
            with st.container(horizontal=True, vertical_alignment="center"):
                said = _("Kept: {title}", title=widgets.as_text(belonging.title))
                st.markdown(f":material/check: {said}", width="content")
                training_form.button(found, "train-this", first=True)
        return
    st.header(_("Shared with you"), anchor=False)
    with st.container(border=True), widgets.shown_errors():
        training_form.button(_one(belonging), f"train-{belonging.name}")


def _one(belonging: Belonging) -> ImageSet:
    """A set, shown: its title, what is in it, and some of its images."""
    st.markdown(f"**{widgets.as_text(belonging.title)}**")
    found = cached.image_set(belonging.name)
    tiles = "".join(
        pictures.img(survey.drawn(found.test[index].numpy()), _alt(found, index))
        for index in survey.spread(found.test_labels.numpy(), SAMPLED)
    )
    st.html(f'<div class="ae-tiles" style="--tile:{found.image_shape[1]}px">{tiles}</div>')
    contents = _(
        "{pictures}: {train:,} to train on, {test:,} to test on, {shape}, {colour}, {classes};"
        " {size}.",
        pictures=widgets.as_text(wording.counted(len(found.train) + len(found.test), found.noun)),
        train=len(found.train),
        test=len(found.test),
        shape="x".join(map(str, found.image_shape[1:])),
        colour=_("in colour") if found.image_shape[0] == 3 else _("grey"),
        classes=_classes(found),
        size=wording.file_size(belonging.bytes),
    )
    until = wording.day(datetime.fromtimestamp(belonging.expires, UTC))
    st.caption(joined(contents, _("It expires on {day}.", day=until)))
    return found


def _controls(belonging: Belonging) -> None:
    name = belonging.name
    left, right = st.columns([2, 1], vertical_alignment="center")
    left.toggle(
        _("Whoever has the link may see and use it"), belonging.shared,
        key=f"share-{name}", on_change=_share, args=(name,),
    )  # fmt: skip
    with right.popover(_("Delete"), icon=":material/delete:", width="stretch"):
        st.write(_("The images are gone for good. Models trained on them stay."))
        st.button(
            _("Delete for good"), type="primary", key=f"delete-{name}", on_click=_delete,
            args=(name,),
        )  # fmt: skip
    if belonging.shared:
        st.code(current.link("image_sets", ImageSets(name)), language=None)


def _classes(found: ImageSet) -> str:
    if len(found.classes) == 1:
        return _("no labels") if found.classes == (image_sets.ONLY_CLASS,) else _("one class")
    few = [widgets.as_text(name) for name in found.classes[:MOST_NAMED]]
    more = ["…"] if len(found.classes) > MOST_NAMED else []
    return ngettext(
        "{count} class ({names})",
        "{count} classes ({names})",
        len(found.classes),
        names=", ".join(few + more),
    )


def _alt(found: ImageSet, index: int) -> str:
    label = found.classes[int(found.test_labels[index])]
    return _("{label}, test image {number}", label=label, number=index)


def _share(name: str) -> None:
    key = f"share-{name}"
    wanted = bool(st.session_state[key])
    if not widgets.done(lambda: ownership.share(owner.me(), name, wanted)):
        st.session_state[key] = not wanted  # the switch shows what is so


def _delete(name: str) -> None:
    if widgets.done(lambda: image_sets.delete(owner.me(), name)):
        cached.forget_image_sets()
        if current.of(ImageSets).image_set == name:
            current.change(ImageSets, image_set="")

"""Changing a kept set: its name, the words for its pictures, its classes, its pictures."""

from __future__ import annotations

import streamlit as st
import torch

from ae_core.image_sets import ONLY_CLASS, ImageSet, changing
from ae_core.image_sets.stored import LONGEST_CLASS
from ae_core.texts import _, joined, ngettext
from pages.ui.drawing import picture_buttons
from pages.ui.image_sets import clusters, names, survey
from pages.ui.shared import owner, widgets

PER_PAGE = 24


def show(found: ImageSet) -> None:
    """What can be changed of a set of the visitor's, folded away until it is asked for."""
    label = _("Change it: name, words, classes, pictures")
    opened = st.expander(label, key=f"change-{found.name}", on_change="rerun")
    if not opened.open:
        return
    with opened, widgets.shown_errors():
        _names(found)
        if found.classes == (ONLY_CLASS,):
            clusters.show(found)
        else:
            _classes(found)
        _pictures(found)


def _names(found: ImageSet) -> None:
    """The title, and what one picture and several are called."""
    name = found.name
    with st.form(f"names-{name}", border=False):
        keys = [f"word-{number}-{name}" for number in range(3)]
        given = names.inputs(found.title, found.noun, keys=keys)
        if st.form_submit_button(_("Save"), icon=":material/save:"):
            changing.call(owner.me(), name, *given[1:])
            changing.rename(owner.me(), name, given[0])
            st.rerun()


def _classes(found: ImageSet) -> None:
    """Another name for a class; that of another class makes one of both."""
    name = found.name
    left, middle, right = st.columns([1, 1, 1], vertical_alignment="bottom")
    before = left.selectbox(_("Class"), found.classes, key=f"class-{name}")
    after = middle.text_input(
        _("New name"), max_chars=LONGEST_CLASS, key=f"class-name-{name}",
        help=_("The name of another class makes one class of both."),
    ).strip()  # fmt: skip
    joins = after in found.classes and after != before
    label = _("Make one of both") if joins else _("Rename the class")
    if right.button(label, key=f"rename-class-{name}", width="stretch", disabled=not after):
        changing.rename_class(owner.me(), found.key, before, after)
        st.rerun()


@st.fragment
def _pictures(found: ImageSet) -> None:
    """The pictures, some at a time, to be tapped and taken out."""
    with widgets.shown_errors():
        first = len(found.train)
        labels = torch.cat([found.train_labels, found.test_labels])
        marked: set[int] = st.session_state.setdefault(f"marked-{found.sha256}", set())
        order = labels.argsort(stable=True)
        pages = -(-len(order) // PER_PAGE)
        page = st.number_input(
            _("Pictures to look at, page 1 to {count}", count=pages), 1, pages,
            key=f"page-{found.name}",
        )  # fmt: skip
        shown = order[(int(page) - 1) * PER_PAGE : int(page) * PER_PAGE].tolist()
        names = [found.classes[int(labels[number])] for number in shown]

        def toggle(place: int) -> None:
            marked.symmetric_difference_update([shown[place]])

        picture_buttons.row(
            [
                survey.drawn((found.train[n] if n < first else found.test[n - first]).numpy())
                for n in shown
            ],
            [_("{label}, picture {number}", label=label, number=number)
             for label, number in zip(names, shown, strict=True)],
            key=f"pictures-{found.name}", label=_("Pictures to take out"), then=toggle,
            captions=names if len(found.classes) > 1 else (),
            pressed=[place for place, number in enumerate(shown) if number in marked],
        )  # fmt: skip
        stay = _("Models that learned from them stay as they are, and say so on their card.")
        st.caption(joined(_("Tap the pictures that are to go."), stay))
        label = ngettext("Take out {count:,} picture", "Take out {count:,} pictures", len(marked))
        if st.button(
            label, key=f"drop-{found.name}", icon=":material/delete:", disabled=not marked
        ):
            train = [number for number in marked if number < first]
            test = [number - first for number in marked if number >= first]
            changing.drop(owner.me(), found.key, train=train, test=test)
            marked.clear()
            st.rerun()

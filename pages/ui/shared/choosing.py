"""Choosing test images: one of each class, at random, by class, by error or by number."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
import torch

from ae_core.checkpoints.cards import Card
from ae_core.errors import UserError
from ae_core.image_sets import ImageSet
from ae_core.texts import _
from ae_core.types import Labels
from pages.ui.shared import image_errors, widgets
from pages.ui.state import current
from pages.ui.state.declared import Images
from pages.ui.state.values import MOST_DRAW, State, name_of

COUNT = 10
MOST = 20
"""Most images shown of sets with many classes, where one of each is wanted."""


def choose(images: ImageSet, card: Card, among: Labels | None = None) -> list[int]:
    """The control for it, and the numbers of the chosen test images; both are kept in the address.

    Args:
        images: the set.
        card: the model whose errors tell the worst from the best.
        among: the numbers of the test images to choose from, (n,); all of them where None.
    """
    among = torch.arange(len(images.test)) if among is None else among
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        way = widgets.one_of(_("Which images"), Images, "which")
    with right, st.container(horizontal=True, vertical_alignment="bottom"):
        if way == "class":
            label = class_of(images.classes, Images, "label", _("Class"))
        if way in ("one-of-each", "random", "class"):
            draw_button(_("Another ten"), Images, "draw")
        if way == "number":
            number = image_number(Images, "number", _("Number of the first image"), len(among))
    if way == "number":
        return among[number : number + COUNT].tolist()
    if way in ("worst", "best"):
        found = image_errors.of([card], images, count=len(images.test), place="choice-")
        if found:
            errors = found[card.name].tensors["mse"][among]
            ends = errors.topk(min(COUNT, len(among)), largest=way == "worst").indices
            return among[ends].tolist()
        st.caption(_("Until all are measured, these are any {count}.", count=COUNT))
    seed = current.of(Images).draw
    order = among[torch.randperm(len(among), generator=torch.Generator().manual_seed(seed))]
    labels = images.test_labels[order]
    if way == "one-of-each":
        firsts = [order[labels == label][:1] for label in range(len(images.classes))]
        return torch.cat(firsts)[:MOST].tolist()
    if way == "class":
        order = order[labels == images.classes.index(label)]
        if not len(order):
            raise UserError(
                _(
                    "No test image is of the class {name}. Choose another class.",
                    name=label,
                )
            )
    return order[:COUNT].tolist()


def class_of(
    classes: Sequence[str], group: type[State], field: str, label: str, usual: int = 0
) -> str:
    """The control for one of some classes, and its name; the `usual` one until one is chosen."""
    shown = current.possible(group, field, classes, classes[usual % len(classes)])
    st.selectbox(label, classes, **current.widget(group, field, shown, per=tuple(classes)))
    return str(shown)


def image_number(group: type[State], field: str, label: str, count: int) -> int:
    """The control for the number of one of so many images, and the number."""
    last = count - 1
    number = current.possible(group, field, range(count), 0)
    st.number_input(
        _("{label}, 0 to {last:,}", label=label, last=last), 0, last,
        **current.widget(group, field, number, per=last),
    )  # fmt: skip
    return int(number)


def draw_button(label: str, group: type[State], field: str) -> None:
    """A button for another random draw; the address has its number, so that a link repeats it."""
    st.button(
        label, icon=":material/casino:", key=name_of(group.declaration(field)),
        on_click=_draw_again, args=(group, field),
    )  # fmt: skip


def _draw_again(group: type[State], field: str) -> None:
    current.change(group, **{field: (getattr(current.of(group), field) + 1) % MOST_DRAW})

"""Choosing test images: one of each class, at random, by class, by error or by number."""

from __future__ import annotations

import streamlit as st
import torch

from ae_core.checkpoints.cards import Card
from ae_core.errors import UserError
from ae_core.image_sets import ImageSet
from ae_core.types import Labels
from pages.ui.shared import image_errors, links, widgets

COUNT = 10
MOST = 20
"""Most images shown of sets with many classes, where one of each is wanted."""

WAYS = ("one of each", "random", "class", "worst", "best", "number")


def choose(images: ImageSet, card: Card, among: Labels | None = None) -> list[int]:
    """The control for it, and the numbers of the chosen test images; both are kept in the address.

    Args:
        images: the set.
        card: the model whose errors tell the worst from the best.
        among: the numbers of the test images to choose from, (n,); all of them where None.
    """
    among = torch.arange(len(images.test)) if among is None else among
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    seed = 0
    with left:
        way = widgets.one_of("Which images", WAYS, key="which")
    with right, st.container(horizontal=True, vertical_alignment="bottom"):
        if way == "class":
            label = st.selectbox("Class", images.classes, key="class", bind="query-params")
        if way in ("one of each", "random", "class"):
            seed = draw("draw")
            st.button("Another ten", icon=":material/casino:", on_click=draw_again, args=("draw",))
        if way == "number":
            number = int(st.number_input(
                f"Number of the first image, 0 to {len(among) - 1:,}", 0, len(among) - 1, 0,
                key="number", bind="query-params",
            ))  # fmt: skip
    if way == "number":
        return among[number : number + COUNT].tolist()
    if way in ("worst", "best"):
        found = image_errors.of([card], images, count=len(images.test), place="choice-")
        if found:
            errors = found[card.name].tensors["mse"][among]
            ends = errors.topk(min(COUNT, len(among)), largest=way == "worst").indices
            return among[ends].tolist()
        st.caption(f"Until all are measured, these are any {COUNT}.")
    order = among[torch.randperm(len(among), generator=torch.Generator().manual_seed(seed))]
    labels = images.test_labels[order]
    if way == "one of each":
        firsts = [order[labels == label][:1] for label in range(len(images.classes))]
        return torch.cat(firsts)[:MOST].tolist()
    if way == "class":
        order = order[labels == images.classes.index(str(label))]
        if not len(order):
            name = widgets.as_text(str(label))
            raise UserError(f"No test image is of the class {name}. Choose another class.")
    return order[:COUNT].tolist()


def draw(key: str) -> int:
    """The number of a random draw; the address has it, so that a link repeats the draw."""
    asked = links.news(key)
    if asked and asked.isdecimal() and len(asked) < 10:
        st.session_state[key] = int(asked)
    st.session_state.setdefault(key, 0)
    if st.session_state[key] or links.has(key):
        links.write({key: str(st.session_state[key])})
    return int(st.session_state[key])


def draw_again(key: str) -> None:
    """Draw again; for a button's callback."""
    st.session_state[key] += 1

"""Choosing test images: one of each class, by chance, by class, by error or by number."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st
import torch

from ae_core.errors import UserError
from ae_core.image_sets import ImageSet
from pages.ui import links, widgets

COUNT = 10
WAYS = ("one of each", "random", "class", "worst", "best", "number")


def choose(images: ImageSet, errors: Callable[[], torch.Tensor]) -> list[int]:
    """The control for it, and the indices of the test images chosen; all of it in the address.

    `errors` gives the error of each test image, and is asked only where the choice needs it.
    """
    left, right = st.columns([3, 2], vertical_alignment="bottom")
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
                f"Number of the first image, 0 to {len(images.test) - 1:,}", 0,
                len(images.test) - 1, 0, key="number", bind="query-params",
            ))  # fmt: skip
    if way == "number":
        return list(range(number, min(number + COUNT, len(images.test))))
    if way in ("worst", "best"):
        found = errors()
        return found.topk(min(COUNT, len(found)), largest=way == "worst").indices.tolist()
    order = torch.randperm(len(images.test), generator=torch.Generator().manual_seed(seed))
    labels = images.test_labels[order]
    if way == "one of each":
        firsts = [order[labels == label][:1] for label in range(len(images.classes))]
        return torch.cat(firsts).tolist()
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
        links.write(key, str(st.session_state[key]))
    return int(st.session_state[key])


def draw_again(key: str) -> None:
    """Draw anew; for a button's callback."""
    st.session_state[key] += 1

"""Two ways to a code far away: a die, and typing."""

from __future__ import annotations

import streamlit as st
import torch

from ae_core import latent
from ae_core.checkpoints.cards import Card
from ae_core.errors import UserError
from ae_core.texts import _, ngettext
from pages.ui.live_map import code_control
from pages.ui.shared import cached, widgets

EXAMPLE = "0.02, -0.543, …"


def show(card: Card) -> None:
    """A button for a random code, and a field for a typed one."""
    left, right = st.columns(2)
    left.button(
        _("Random code"), icon=":material/casino:", on_click=roll, args=(card,), width="stretch",
        help=_(
            "A draw from the normal distribution with the mean and the spread of the codes of real"
            " images."
        ),
    )  # fmt: skip
    label = ngettext(
        "Type a code: {count:,} number, divided by commas",
        "Type a code: {count:,} numbers, divided by commas",
        card.latent_dim,
    )
    placeholder = ngettext(
        "Type {count:,} number: {example}", "Type {count:,} numbers: {example}",
        card.latent_dim, example=EXAMPLE,
    )  # fmt: skip
    right.text_input(
        label, key="typed", on_change=type_code, args=(card,), placeholder=placeholder,
        label_visibility="collapsed",
    )  # fmt: skip
    if message := st.session_state.pop("typed-error", ""):
        st.error(message)


def roll(card: Card) -> None:
    generator = torch.Generator().manual_seed(torch.seed() % 2**31)
    code_control.move(card, latent.gaussian_sample(cached.codes(card)[0], generator))


def type_code(card: Card) -> None:
    if not (typed := str(st.session_state.typed).strip()):
        return
    try:
        code_control.move(card, latent.parse_code(typed, card.latent_dim))
        st.session_state.typed = ""
    except UserError as failure:
        st.session_state["typed-error"] = widgets.sentence(failure)

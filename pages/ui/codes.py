"""The code under the hand: one list of numbers a model, moved by sliders, typing, clicks, dice.

The code lives in the session, the sliders show it, and the address repeats it.
"""

from __future__ import annotations

import math

import streamlit as st
import torch

from ae_core import latent
from ae_core.cards import Card
from ae_core.errors import UserError
from pages.ui import cached, links


def current(card: Card) -> torch.Tensor:
    """The code that is shown, (d,): from the address, from before, or that of a real image."""
    key = f"z:{card.name}"
    asked = links.news("z")
    if asked is not None:
        try:
            st.session_state[key] = latent.parse_code(asked, card.latent_dim).tolist()
        except UserError as failure:
            st.warning(f"The code in the address was left out. {failure}")
    if len(st.session_state.get(key, ())) != card.latent_dim:
        start = latent.typical_codes(*cached.codes(card))[0]
        st.session_state[key] = [round(value, 3) for value in start.tolist()]
    return torch.tensor(st.session_state[key])


def move(card: Card, z: torch.Tensor) -> None:
    """Go to another code; for callbacks, before anything is drawn."""
    st.session_state[f"z:{card.name}"] = [round(value, 4) for value in z.tolist()]
    _show_on_sliders(card)


def text(card: Card) -> str:
    """The code as the address has it."""
    return ",".join(f"{value:.6g}" for value in st.session_state[f"z:{card.name}"])


def write_address(card: Card) -> None:
    """Repeat the code in the address."""
    links.write("z", text(card))


def sliders(card: Card) -> None:
    """One slider for each number of the code."""
    _show_on_sliders(card)
    columns = 1 if card.latent_dim <= 3 else 3
    places = st.columns(columns) if columns > 1 else [st.container()]
    for index in range(card.latent_dim):
        low, high, step = _span(card, index)
        places[index % columns].slider(
            f"z[{index}]", low, high, step=step, format="%.2f", key=_slider(card, index),
            on_change=_slid, args=(card, index),
        )  # fmt: skip


def outside(card: Card, z: torch.Tensor) -> float:
    """Distance from `z` to the nearest code of an image, as a multiple of the usual one."""
    found = cached.codes(card)[0]
    distance = (found[latent.nearest(found, z)[0]] - z).norm()
    return float(distance) / max(cached.usual_distance(card), 1e-9)


def _span(card: Card, index: int) -> tuple[float, float, float]:
    """Ends and step of a slider: about 200 steps, each a round number."""
    low, high = card.code_low[index], card.code_high[index]
    step = 10 ** math.floor(math.log10((high - low) / 100))
    return math.floor(low / step) * step, math.ceil(high / step) * step, step


def _show_on_sliders(card: Card) -> None:
    """Move the sliders to the code, but only those that are elsewhere.

    A slider that is told a value jumps there, and a key pressed meanwhile is lost.
    """
    for index, value in enumerate(st.session_state[f"z:{card.name}"]):
        low, high, step = _span(card, index)
        key, shown = _slider(card, index), min(max(value, low), high)
        if abs(st.session_state.get(key, math.inf) - shown) > step / 10:
            st.session_state[key] = shown


def _slid(card: Card, index: int) -> None:
    low, high, _ = _span(card, index)
    value = float(st.session_state[_slider(card, index)])
    st.session_state[f"z:{card.name}"][index] = min(max(value, low), high)


def _slider(card: Card, index: int) -> str:
    return f"slider:{card.name}:{index}"

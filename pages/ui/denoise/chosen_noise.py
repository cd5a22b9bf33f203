"""The chosen noise on Denoise: the same in all its parts, and in the address.

Its widgets are not bound to the address, since leaving the page would not clear it.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from ae_core import noise
from ae_core.errors import UserError
from ae_core.noise import Noise
from pages.ui.shared import links, noise_names
from pages.ui.shared.noise_names import KINDS

FIRST = "gaussian"
STATE = "noise-now"
MOST_SEED = 10**6


@dataclass(frozen=True)
class Corruption:
    """A kind of noise, its strength, for Gaussian noise its mean, and the seed."""

    kind: str = FIRST
    strength: float = 0.5
    mean: float = 0.0
    seed: int = 0

    def noise(self) -> Noise:
        """The noise itself."""
        spoiler = noise.NOISES[self.kind]().at(self.strength)
        if isinstance(spoiler, noise.Gaussian):
            return replace(spoiler, mean=self.mean)
        return spoiler


def first(kind: str) -> float:
    """The initial strength of a kind of noise."""
    return float(noise.NOISES[kind].strength_option().default)


def now() -> Corruption:
    """The present noise; an address that names another one is followed."""
    kept: Corruption = st.session_state.get(STATE, Corruption())
    by_title = {title: kind for kind, title in KINDS.items()}
    if (asked := links.news("noise")) is not None:
        kind = by_title.get(asked, FIRST)
        kept = Corruption(kind, first(kind), seed=kept.seed)
    values: dict[str, Any] = {
        name: number
        for name, key in (("strength", "noise-strength"), ("mean", "noise-mean"))
        if (number := _number(links.news(key))) is not None
    }
    seed = links.news("noise-draw")
    if seed and seed.isdecimal() and len(seed) < 7:
        values["seed"] = int(seed)
    return keep(_allowed(replace(kept, **values)) or kept)


def keep(corruption: Corruption) -> Corruption:
    """Make this the present noise, in the address too."""
    st.session_state[STATE] = corruption
    links.write({
        "noise": KINDS[corruption.kind], "noise-strength": f"{corruption.strength:g}",
        "noise-mean": f"{corruption.mean:g}", "noise-draw": str(corruption.seed),
    })  # fmt: skip
    return corruption


def received(values: Mapping[str, Any]) -> Corruption:
    """A noise that the browser names.

    Raises:
        UserError: there is none of that kind or strength.
    """
    kind = values.get("kind")
    numbers = [values.get(name) for name in ("strength", "mean", "seed")]
    if isinstance(kind, str) and kind in KINDS:
        with suppress(TypeError, ValueError, OverflowError):
            strength, mean, seed = (float(number) for number in numbers)  # type: ignore[arg-type]
            veil = round(mean, 4) if kind == FIRST else 0.0
            asked = Corruption(kind, round(strength, 4), veil, int(seed) % MOST_SEED)
            if found := _allowed(asked):
                return found
    raise UserError("The noise did not arrive whole. Move its slider once more.")


def controls(*, dice: bool = True) -> Corruption:
    """The controls of the noise where the server draws it, and the noise."""
    corruption = now()
    kind = corruption.kind
    # The widgets are set each time: the browser's bench changes the same noise.
    st.session_state["noise-kind"] = kind
    st.segmented_control(
        "Noise", tuple(KINDS), format_func=KINDS.__getitem__, required=True, key="noise-kind",
        on_change=_choose_kind, label_visibility="collapsed",
    )  # fmt: skip
    left, middle, right = st.columns([1, 1, 1.2], vertical_alignment="bottom")
    option = noise.NOISES[kind].strength_option()
    low, high = float(option.low or 0), float(option.high or 1)
    st.session_state[f"strength-{kind}"] = corruption.strength
    left.slider(
        option.help, low, high, step=noise_names.step(low, high), key=f"strength-{kind}",
        on_change=_move,
    )  # fmt: skip
    if kind == "gaussian":
        st.session_state["noise-mean"] = corruption.mean
        middle.slider(
            "Grey veil (mean of the noise)", 0.0, 1.0, step=0.01, key="noise-mean", on_change=_move
        )
    with right, st.container(horizontal=True):
        if dice and kind in noise_names.DRAWN:
            st.button("New noise", icon=":material/casino:", on_click=_draw_anew)
        if kind == "gaussian":
            st.button("Published: mean 0.5", on_click=_publish)
    return corruption


def _choose_kind() -> None:
    kept: Corruption = st.session_state[STATE]
    if kind := st.session_state["noise-kind"]:
        keep(Corruption(kind, first(kind), 0.0, kept.seed))


def _move() -> None:
    kept: Corruption = st.session_state[STATE]
    strength = float(st.session_state[f"strength-{kept.kind}"])
    mean = float(st.session_state.get("noise-mean", kept.mean))
    keep(replace(kept, strength=strength, mean=mean if kept.kind == "gaussian" else 0.0))


def _draw_anew() -> None:
    kept: Corruption = st.session_state[STATE]
    keep(replace(kept, seed=(kept.seed + 1) % MOST_SEED))


def _publish() -> None:
    kept: Corruption = st.session_state[STATE]
    keep(replace(kept, mean=0.5, strength=0.5))


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None


def _allowed(corruption: Corruption) -> Corruption | None:
    """The noise, if its kind has this strength and mean."""
    try:
        corruption.noise()
        noise.Gaussian(mean=corruption.mean)
    except UserError:
        return None
    return corruption

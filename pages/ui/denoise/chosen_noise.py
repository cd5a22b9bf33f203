"""The chosen noise on Denoise: the same in all its parts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st
import torch

from ae_core import noise
from ae_core.errors import UserError
from ae_core.noise import Noise
from ae_core.texts import _
from ae_core.types import Images
from pages.ui.shared import choosing, forms, labels
from pages.ui.shared.labels import NOISES
from pages.ui.state import current
from pages.ui.state import declared as state
from pages.ui.state.values import MOST_DRAW

FIRST = "gaussian"


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
    """The present noise. A strength that its kind does not have is left out."""
    kept = current.of(state.Noise)
    if kept.strength is not None and not _is_allowed(_of(kept)):
        current.leave_out(state.Noise, "strength")
    return _of(current.of(state.Noise))


def _of(kept: state.Noise) -> Corruption:
    strength = first(kept.kind) if kept.strength is None else kept.strength
    return Corruption(kept.kind, strength, kept.mean if kept.kind == FIRST else 0.0, kept.draw)


def covered(shape: Sequence[int]) -> list[int]:
    """What the brush has covered of images of this shape, (…, h, w), as the browser tells of it.

    That is how many pixels, row by row, it has not, then how many it has, and so on in turn.
    """
    runs = list(current.of(state.Noise).brush)
    if runs and sum(runs) != math.prod(shape[-2:]):
        current.leave_out(state.Noise, "brush")
        return []
    return runs


def cover(images: Images) -> Images:
    """Images that are masked, black where the brush has covered them."""
    if not (runs := covered(images.shape)):
        return images
    mask = torch.arange(len(runs)).remainder(2).repeat_interleave(torch.tensor(runs))
    return images * (1 - mask).view(images.shape[-2:])


def keep(corruption: Corruption, brush: object = ()) -> None:
    """Make this the present noise, and that what the brush has covered.

    Raises:
        UserError: the brush cannot cover that.
    """
    is_first = corruption.strength == first(corruption.kind)
    current.change(
        state.Noise, kind=corruption.kind, strength=None if is_first else corruption.strength,
        mean=corruption.mean, draw=corruption.seed, brush=brush,
    )  # fmt: skip


def received(values: Mapping[str, Any]) -> Corruption:
    """A noise that the browser names.

    Raises:
        UserError: there is none of that kind or strength.
    """
    kind = values.get("kind")
    numbers = [values.get(name) for name in ("strength", "mean", "seed")]
    if isinstance(kind, str) and kind in NOISES:
        with suppress(TypeError, ValueError, OverflowError):
            strength, mean, seed = (float(number) for number in numbers)  # type: ignore[arg-type]
            veil = round(mean, 4) if kind == FIRST else 0.0
            asked = Corruption(kind, round(strength, 4), veil, int(seed) % MOST_DRAW)
            if _is_allowed(asked):
                return asked
    raise UserError(_("The noise did not arrive whole. Move its slider once more."))


def controls(*, dice: bool = True) -> Corruption:
    """The controls of the noise where the server draws it, and the noise."""
    corruption = now()
    kind = corruption.kind
    st.segmented_control(
        _("Noise"), tuple(NOISES), format_func=lambda kind: _(NOISES[kind]), required=True,
        label_visibility="collapsed",
        **current.widget(state.Noise, "kind", resets=("strength", "mean")),
    )  # fmt: skip
    left, middle, right = st.columns([1, 1, 1.2], vertical_alignment="bottom")
    option = noise.NOISES[kind].strength_option()
    low, high = float(option.low or 0), float(option.high or 1)
    left.slider(
        _(option.help), low, high, step=forms.step(low, high),
        **current.widget(state.Noise, "strength", corruption.strength, per=kind),
    )  # fmt: skip
    if kind == FIRST:
        middle.slider(
            _("Grey veil (mean of the noise)"), 0.0, 1.0, step=0.01,
            **current.widget(state.Noise, "mean"),
        )  # fmt: skip
    with right, st.container(horizontal=True):
        if dice and kind in labels.DRAWN_NOISES:
            choosing.draw_button(_("New noise"), state.Noise, "draw")
        if kind == FIRST:
            st.button(_("Published: mean 0.5"), on_click=_publish)
    return corruption


def _publish() -> None:
    current.change(state.Noise, mean=0.5, strength=None)


def _is_allowed(corruption: Corruption) -> bool:
    """Whether its kind has this strength and mean."""
    try:
        corruption.noise()
        noise.Gaussian(mean=corruption.mean)
    except UserError:
        return False
    return True

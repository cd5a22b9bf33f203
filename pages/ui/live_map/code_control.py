"""The current code: one list of numbers a model, moved by sliders, typing, clicks, dice.

It is always one that an image can have: of one class, and in whole steps, where the model has such.
"""

from __future__ import annotations

import math
from contextlib import suppress

import streamlit as st
import torch

from ae_core import latent
from ae_core.checkpoints.cards import Card
from ae_core.errors import UserError
from ae_core.models import Autoencoder
from ae_core.texts import _, ngettext
from pages.ui.drawing import pictures, views
from pages.ui.shared import cached, classifier, widgets
from pages.ui.state import current as state
from pages.ui.state.declared import Code


def current(card: Card) -> torch.Tensor:
    """The code that is shown, (d,): the one that was chosen, or that of a real image."""
    z = state.of(Code).z
    if z and len(z) != card.latent_dim:
        state.leave_out(Code, "z")
        z = ()
    if not z:
        return _possible(card, latent.typical_codes(*cached.codes(card))[0], 3)
    return _possible(card, torch.tensor(z), 7)


def move(card: Card, z: torch.Tensor, decimals: int = 4) -> None:
    """Go to another code, or the nearest possible one; for callbacks, before anything is drawn.

    The sliders follow when they are drawn: what a callback that calls for a rerun tells a slider
    never reaches the browser, which would then send the old place back.
    """
    within = z.nan_to_num().clamp(-latent.MAX_CODE, latent.MAX_CODE)
    possible = _possible(card, within, decimals).tolist()
    state.change(Code, z=tuple(round(value, decimals) for value in possible))


def follow(card: Card, sent: object) -> None:
    """Take over the code that the browser sends; what is no code of this model is left alone."""
    if isinstance(sent, (list, tuple)) and len(sent) == card.latent_dim:
        with suppress(UserError):
            move(card, latent.parse_code(",".join(map(str, sent)), card.latent_dim))


def text(card: Card) -> str:
    """The code in a few digits."""
    return ",".join(f"{value:.6g}" for value in current(card).tolist())


def sliders(card: Card) -> None:
    """One slider for each number of the code that moves freely, and the classes to choose from."""
    _show_on_sliders(card)
    model = cached.load(card).model
    free = model.free_numbers
    with st.container(height=390 if free > 3 else "content", border=False):
        columns = 1 if free <= 3 else 3
        for index in range(free):
            if index % columns == 0:  # row by row: a phone puts columns one under another
                places = st.columns(columns)
            low, high, step = _span(card, model, index)
            places[index % columns].slider(
                f"z[{index}]", low, high, step=step, format="%.2f", key=_slider(card, index),
                on_change=_slid, args=(card, index), persist_state="page",
            )  # fmt: skip
    if model.code_classes:
        _class_picker(card, model)


def picture(card: Card) -> None:
    """The decoded image, and how far its code is from those of real images."""
    z = current(card)
    image = cached.load(card).model.decode(z.unsqueeze(0))
    place = _place(card, z)
    alt = _("The image that the code {code} decodes to", code=place)
    pictures.big(views.digits(image)[0], alt)
    said = [f"z = {place}", _where(card, z)]
    if read := classifier.in_words(classifier.of_model(card), image):
        said.append(_("the classifier: {reading}", reading=widgets.as_text(read)))
    st.caption(" · ".join(said))


def outside(card: Card, z: torch.Tensor) -> float | None:
    """Distance from `z` to the nearest code of an image, as a multiple of the usual one.

    None where too few codes are known to say what is usual.
    """
    found = cached.codes(card)[0]
    distance = (found[latent.nearest(found, z)[0]] - z).norm()
    usual = cached.usual_distance(card)
    return None if usual is None else float(distance) / max(usual, 1e-9)


def _where(card: Card, z: torch.Tensor) -> str:
    """How far a code is from those of real images."""
    far = outside(card, z)
    if far is None:
        count = len(cached.codes(card)[0])
        return ngettext(
            "the code of {count} test image does not tell where their cloud ends",
            "the codes of {count} test images do not tell where their cloud ends",
            count,
        )
    if far <= 1:
        return _("among the codes of real images")
    return _(
        ":material/warning: **off the map**: {times:.1f} times farther from every real image"
        " than usual. The decoder makes something up.",
        times=far,
    )


def _span(card: Card, model: Autoencoder, index: int) -> tuple[float, float, float]:
    """Ends and step of a slider: about 200 steps, each a round number; or the model's levels."""
    if model.code_levels:
        return -1.0, 1.0, 2 / (model.code_levels - 1)
    low, high = card.code_low[index], card.code_high[index]
    step = 10 ** math.floor(math.log10((high - low) / 100))
    return math.floor(low / step) * step, math.ceil(high / step) * step, step


def _place(card: Card, z: torch.Tensor) -> str:
    """The first numbers of a code, and its class where it names one."""
    model = cached.load(card).model
    free = z[: model.free_numbers]
    first = f"({', '.join(f'{value:.2f}' for value in free[:3])}{', …' if len(free) > 3 else ''})"
    if model.code_classes:
        names = cached.class_names(card)
        label = int(model.class_of(z.unsqueeze(0)))
        name = names[label] if label < len(names) else str(label)
        return _("{numbers}, class {label}", numbers=first, label=widgets.as_text(name))
    return first


def _possible(card: Card, z: torch.Tensor, decimals: int) -> torch.Tensor:
    """The nearest code that an image can have, rounded."""
    return cached.load(card).model.nearest_possible(z.unsqueeze(0))[0].round(decimals=decimals)


def _show_on_sliders(card: Card) -> None:
    """Move the sliders to the code, but only those that are elsewhere.

    A slider that is told a value jumps there, and a key pressed meanwhile is lost.
    """
    model = cached.load(card).model
    free = model.free_numbers
    for index, value in enumerate(current(card)[:free].tolist()):
        low, high, step = _span(card, model, index)
        key, shown = _slider(card, index), min(max(value, low), high)
        if abs(st.session_state.get(key, math.inf) - shown) > step / 10:
            st.session_state[key] = shown


def _slid(card: Card, index: int) -> None:
    low, high, _ = _span(card, cached.load(card).model, index)
    z = current(card)
    z[index] = min(max(float(st.session_state[_slider(card, index)]), low), high)
    move(card, z, 7)


def _slider(card: Card, index: int) -> str:
    return f"slider:{card.name}:{index}"


def _class_picker(card: Card, model: Autoencoder) -> None:
    """The classes that the code can name, the present one chosen."""
    key = f"class:{card.name}"
    chosen = int(model.class_of(current(card).unsqueeze(0)))
    if st.session_state.get(key) != chosen:
        st.session_state[key] = chosen
    st.segmented_control(
        _("Class"), range(model.code_classes), required=True, wrap=True, key=key,
        on_change=_picked_class, args=(card, model), persist_state="page",
    )  # fmt: skip


def _picked_class(card: Card, model: Autoencoder) -> None:
    z = current(card).unsqueeze(0)
    label = torch.tensor([int(st.session_state[f"class:{card.name}"])])
    move(card, model.with_class(z, label)[0])

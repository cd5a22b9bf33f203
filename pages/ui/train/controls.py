"""What every run is asked, whatever it trains: on which images, how long, on which device."""

from __future__ import annotations

import streamlit as st
import torch

from ae_core.image_sets import ImageSet
from ae_core.options import Option
from ae_core.texts import _
from ae_core.training.devices import gpu
from pages.ui.shared import cached, fetching
from pages.ui.state import current
from pages.ui.state.declared import Train
from pages.ui.state.values import State

SHORTEST = 2


def image_set(usual: str = "") -> ImageSet:
    """The control for the images; the `usual` ones, or the first, until some are chosen."""
    titles = cached.set_titles()
    first = usual if usual in titles else next(iter(titles))
    shown = current.possible(Train, "image_set", titles, first)
    st.selectbox(
        _("Image set"), list(titles), format_func=titles.__getitem__,
        **current.widget(Train, "image_set", shown, per=tuple(titles)),
    )  # fmt: skip
    if shown == "digits":
        fetching.offer_where_missing("mnist")
    return cached.image_set(shown)


def seconds(most: int) -> float:
    """The control for the seconds of training."""
    usual = min(int(Train.declaration("seconds").default), most)
    shown = current.possible(Train, "seconds", range(SHORTEST, most + 1), usual)
    st.slider(_("Seconds"), SHORTEST, most, **current.widget(Train, "seconds", shown, per=most))
    return float(shown)


def whole_number(
    label: str, option: Option, field: str, usual: int = 0, *, group: type[State] = Train
) -> int:
    """The control of a declared number, with its bounds and its help; the `usual` one at first."""
    low, high = int(option.low or 0), int(option.high or 0)
    shown = current.possible(group, field, range(low, high + 1), usual)
    st.number_input(
        label, low, high, help=f"{_(option.help)}.",
        **current.widget(group, field, shown, per=(low, high)),
    )  # fmt: skip
    return int(shown)


def device() -> str:
    """The control for the device, where there is a choice."""
    if not torch.cuda.is_available():
        st.caption(_("Device: the CPU, one thread. {reason}", reason=gpu.why_none()))
        return "cpu"
    names = {"cuda": torch.cuda.get_device_name(), "cpu": _("CPU, one thread")}
    return str(st.selectbox(_("Device"), list(names), format_func=names.__getitem__, key="on"))


def title(usual: str) -> str:
    """The control for the title of what is trained; `usual` where none is given."""
    given = st.text_input(
        _("Name"), key="run-title", max_chars=60, placeholder=usual,
        help=_("How it will be called on every page."),
    )  # fmt: skip
    return given.strip() or usual[:60]

"""What every run is asked, whatever it trains: on which images, how long, on which device."""

from __future__ import annotations

import streamlit as st
import torch

from ae_core.image_sets import ImageSet
from ae_core.options import Option
from pages.ui.shared import cached, fetching, links

SHORTEST, USUAL_SECONDS = 2, 10


def image_set() -> ImageSet:
    """The control for the images; it is kept in the address."""
    titles = cached.set_titles()
    if (asked := links.kept("set")) in titles:
        st.session_state.set = asked
    if st.session_state.get("set") not in titles:
        st.session_state.set = next(iter(titles))
    name = st.selectbox("Image set", list(titles), format_func=titles.__getitem__, key="set")
    links.write({"set": name})
    fetching.offer_where_missing("mnist")
    return cached.image_set(str(name))


def seconds(most: int) -> float:
    """The control for the seconds of training; it is kept in the address."""
    # Not bound to the address, which a page that is left for another could not clear.
    asked = links.kept("seconds") or ""
    if asked.isdecimal() and len(asked) < 9 and SHORTEST <= int(asked) <= most:
        st.session_state.seconds = int(asked)
    st.session_state.setdefault("seconds", min(USUAL_SECONDS, most))
    chosen = st.slider("Seconds", SHORTEST, most, key="seconds")
    links.write({"seconds": str(chosen)})
    return float(chosen)


def whole_number(label: str, option: Option, value: int, *, key: str) -> int:
    """The control of a declared number, with its bounds and its help."""
    given = st.number_input(
        label, int(option.low or 0), int(option.high or 0), value, key=key, help=f"{option.help}."
    )
    return int(given)


def device() -> str:
    """The control for the device, where there is a choice."""
    if not torch.cuda.is_available():
        st.caption("Device: the CPU, one thread. There is no GPU here.")
        return "cpu"
    names = {"cuda": torch.cuda.get_device_name(), "cpu": "CPU, one thread"}
    return str(st.selectbox("Device", list(names), format_func=lambda each: names[each], key="on"))


def title(usual: str) -> str:
    """The control for the title of what is trained; `usual` where none is given."""
    given = st.text_input(
        "Name", key="run-title", max_chars=60, placeholder=usual,
        help="How it will be called on every page.",
    )  # fmt: skip
    return given.strip() or usual[:60]

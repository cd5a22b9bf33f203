"""Compare: how small a code can be, models side by side, what their losses and their maps say."""

import streamlit as st

from pages.ui import compare_bottleneck, compare_side_by_side, comparing, links, widgets

SECTIONS = ("bottleneck", "side by side", "loss", "strangers", "two maps")
SHOWN = {"bottleneck": compare_bottleneck.show, "side by side": compare_side_by_side.show}
WITH_CHOICE = ("side by side", "strangers")
TRY = {
    "bottleneck": "Turn the dial and watch at which size your digits become themselves.",
    "side by side": "Put two to four models on the same images, and look for where they disagree.",
}

title, switch = st.columns([1, 3], vertical_alignment="bottom")
title.header("Compare", anchor=False)
with widgets.shown_errors():
    card = widgets.picked_model()
    comparing.adopt_from_address()
    st.session_state.setdefault("part", SECTIONS[0])
    with switch:
        chosen = st.segmented_control(
            "Compare", SECTIONS, required=True, key="part", bind="query-params",
            label_visibility="collapsed",
        )  # fmt: skip
    section = str(chosen or SECTIONS[0])
    st.caption(TRY[section])
    if section not in WITH_CHOICE:
        links.drop("compare")
    SHOWN[section](card)

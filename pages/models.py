"""Models: every checkpoint in a list, the card of the chosen one, or several side by side."""

import streamlit as st

from ae_core import groups, image_sets
from pages.ui import cached, comparing, links, widgets
from pages.ui.model_card import model_card
from pages.ui.model_list import model_list

title, switch = st.columns([1, 2.2], vertical_alignment="bottom")
title.header("Models", anchor=False)
with widgets.shown_errors():
    card = widgets.picked_model()
    cards = cached.available()[0]
    by_group = groups.grouped(cards, sets_here=image_sets.available())
    comparing.adopt_from_address(cards)
    with switch:
        show = comparing.view()
    st.caption(
        "Choose a model and look at how its network narrows to the code. The shorter its bar, the"
        " more of a digit survives. Then put two side by side."
    )
    if show == comparing.SIDE_BY_SIDE:
        comparing.side_by_side([each for group in by_group.values() for each in group])
    else:
        links.drop("compare")
        left, right = st.columns([1, 2.2])
        with left:
            model_list(by_group, card)
            st.caption("The bar is the usual error of a pixel (√MSE): shorter is better.")
        with right:
            model_card(card)

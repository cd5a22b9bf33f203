"""Models: every checkpoint in a list, and the card of the chosen one."""

import streamlit as st

from ae_core import image_sets
from ae_core.accounts import ownership
from ae_core.checkpoints import groups
from ae_core.texts import _
from pages.ui import explained
from pages.ui.models.card import model_card
from pages.ui.models.listing import model_list
from pages.ui.shared import cached, expired, widgets

st.title(_("Models"), anchor=False)
with widgets.shown_errors():
    card = widgets.picked_model()
    by_group = groups.grouped(cached.available()[0], sets_here=image_sets.available())
    st.caption(
        _(
            "Choose a model and look at how its network narrows to the code. The shorter its bar,"
            " the more of an image survives. Then compare it with another."
        )
    )
    explained.terms("encoder", "decoder", "ssim", "bce", "elbo", "nats", "learning-rate", "batch")
    left, right = st.columns([1, 2.2])
    with left:
        model_list(by_group, card)
        st.caption(
            _(
                "The bar is the usual error of a pixel (√MSE): shorter is better. *seen*: it"
                " learned from the test images, too, so that its error says nothing of new ones."
            )
        )
        expired.show(ownership.CHECKPOINT)
    with right:
        model_card(card)

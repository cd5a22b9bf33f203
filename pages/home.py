"""Home: a map to play with, three doors, and the rest of the app below."""

import streamlit as st

from ae_core.texts import _
from pages.ui.drawing import places
from pages.ui.live_map import first_visit, live_map

st.title(_("What does an autoencoder know about images?"), anchor=False)
st.markdown(
    _(
        "An **autoencoder** squeezes an image into a few numbers, its *code*, and draws it again"
        " from them alone. All codes are a map, its **latent space**."
    )
)
played = places.kept("played")
DOORS = (
    (
        "../latent_space.py",
        _("Look"),
        _("Move through the map of a model, and watch new images appear."),
    ),
    (
        "../codes.py",
        _("Take apart"),
        _("What each number does, and what can be computed with them."),
    ),
    ("../train.py", _("Make"), _("Watch a model learn in ten seconds. Bring your own pictures.")),
)
REST = (
    ("../reconstruct.py", _("Reconstruct"), _("See what survives the squeeze.")),
    ("../denoise.py", _("Denoise"), _("Turn noise up, and see it taken away.")),
    ("../compare.py", _("Compare"), _("The same images from 1 number and from 64.")),
    ("../image_sets.py", _("Image sets"), _("Make a set of your own pictures.")),
    ("../models.py", _("Models"), _("How each model is built, and how well it does.")),
    ("../glossary.py", _("Glossary"), _("Each word of the field, in two sentences.")),
)
for column, (script, title, text) in zip(st.columns(3), DOORS, strict=True):
    with column.container(border=True, height="stretch"):
        st.page_link(script, label=f"**{title}** →")
        st.caption(text)
for column, (script, title, text) in zip([*st.columns(3), *st.columns(3)], REST, strict=True):
    with column:
        st.page_link(script, label=f"{title} →")
        st.caption(text)
by_itself = places.kept("round-trip")
with played:
    first_visit.show(live_map.HOME_PLACE, simple=True)

from pages.ui.browser import mounting  # noqa: E402 - torch comes after the first paint
from pages.ui.drawing import views  # noqa: E402
from pages.ui.live_map import on_home  # noqa: E402
from pages.ui.shared import widgets  # noqa: E402

with widgets.shown_errors():
    card = widgets.picked_model()
    with played:
        st.container()  # as `first_visit` has one, so that the map stays where it is
        if reason := mounting.why_not():
            st.caption(reason)
        else:
            on_home.show(card)
    with by_itself:
        views.round_trip(card)

"""Home: what this is, a live example, one click into each page."""

import streamlit as st

from ae_core.texts import _
from pages.ui.drawing import places

st.header(_("What does an autoencoder know about images?"), anchor=False)
st.markdown(
    _(
        "An **autoencoder** squeezes an image into a few numbers, its *code*, and draws the image"
        " again from those numbers alone. All codes together are its **latent space**: a map on"
        " which every place is an image, also places where no image ever was."
    )
)
live = places.kept("round-trip")
LINKS = (
    (
        "../reconstruct.py",
        _("Reconstruct"),
        _("See what survives the squeeze. Draw or upload yours."),
    ),
    (
        "../latent_space.py",
        _("Latent space"),
        _("Move through the map and watch new images appear."),
    ),
    ("../denoise.py", _("Denoise"), _("Turn noise up, and see it taken away.")),
    ("../compare.py", _("Compare"), _("Turn one dial: the same images from 1 number and from 64.")),
    ("../codes.py", _("Codes"), _("What each number does, and what can be computed with them.")),
    ("../train.py", _("Train"), _("Watch a model learn in ten seconds. Bring your own pictures.")),
)
columns = [*st.columns(3), *st.columns(3)]
for column, (script, title, text) in zip(columns, LINKS, strict=True):
    with column.container(border=True, height="stretch"):
        st.page_link(script, label=f"**{title}** →")
        st.caption(text)

from pages.ui.drawing import views  # noqa: E402 - torch comes after the first paint
from pages.ui.shared import widgets  # noqa: E402

with widgets.shown_errors():
    card = widgets.picked_model()
    with live:
        views.round_trip(card)

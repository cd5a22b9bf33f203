"""Which images to train on: chosen once for every part of the page, and kept in the address."""

from __future__ import annotations

import streamlit as st

from ae_core.image_sets import ImageSet
from pages.ui.shared import cached, fetching, links


def picked_set() -> ImageSet:
    """The control for the image set, and that set."""
    titles = cached.set_titles()
    if (asked := links.news("set")) in titles:
        st.session_state.set = asked
    if st.session_state.get("set") not in titles:
        st.session_state.set = next(iter(titles))
    name = st.selectbox("Image set", list(titles), format_func=titles.__getitem__, key="set")
    links.write({"set": name})
    fetching.offer_where_missing("mnist")
    return cached.image_set(str(name))

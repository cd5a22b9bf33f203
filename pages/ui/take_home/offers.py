"""*Take it home*: whatever can be taken of the page as it is, in one place of the sidebar."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from ae_core import languages
from ae_core.checkpoints.cards import Card
from ae_core.texts import _
from pages.ui.live_map import code_control
from pages.ui.shared import widgets
from pages.ui.state import current
from pages.ui.state.declared import Codes, Map, Place, Walk
from pages.ui.take_home import of_code, of_codes, one_page

Made = Callable[[], bytes] | Callable[[], str]


def show(card: Card, page: str) -> None:
    """A part of the sidebar; what is in it is worked out once it is opened."""
    with st.sidebar:
        _offers(card, page)


@st.fragment
def _offers(card: Card, page: str) -> None:
    place = st.expander(
        _("Take it home"), icon=":material/download:", key="take-home", on_change="rerun"
    )
    if place.open:
        with place, widgets.shown_errors():
            link = current.here()
            st.caption(_("The link opens this view as it is:"))
            st.code(link, language=None, wrap_lines=True)
            with st.container(horizontal=True):
                _files(card, page, link)
            if page != "latent_space":
                st.caption(_("Each chart has buttons of its own below it: PNG, SVG and CSV."))


def _files(card: Card, page: str, link: str) -> None:
    """The buttons of the files that this page can give."""
    if page == "latent_space":
        z = code_control.current(card).tolist()
        place, shown = current.of(Place), current.of(Map)
        _button(_("Picture (PNG)"), of_code.picture(card, z), f"{card.name}.png", "image/png")
        walk, way = place.walk, current.of(Walk).way
        if of_code.is_walk(card, walk, place.curve, way):
            film = of_code.film(card, walk, way)
            _button(_("Walk (GIF)"), film, f"{card.name}-walk.gif", "image/gif")
        else:
            walk = ()
        notebook = of_code.notebook(card, z, place.axes, walk, way, link)
        _button(_("Notebook"), notebook, f"{card.name}.ipynb", "application/x-ipynb+json")
        state = {**shown.to_dict(), **place.to_dict(), "way": way}
        _one_page(card, one_page.maker(card, z, state))
    elif page == "codes":
        images = widgets.images_for(card)
        notebook = of_codes.notebook(card, images.name, current.of(Codes).way, link)
        _button(_("Notebook"), notebook, f"{card.name}-codes.ipynb", "application/x-ipynb+json")
    elif page != "compare":  # on which are several models
        _one_page(card, one_page.maker(card))
    if page != "compare":
        _button(_("Codes (CSV)"), of_codes.table(card), f"{card.name}-codes.csv", "text/csv")


def _one_page(card: Card, make: Made) -> None:
    _button(
        _("Live map (HTML)"), make, f"{card.name}.html", "text/html",
        help=_("One page that opens in any browser without internet, from a USB stick too."),
    )  # fmt: skip


def _button(label: str, make: Made, name: str, mime: str, *, help: str | None = None) -> None:
    st.download_button(
        label, languages.kept_for(make), file_name=name, mime=mime, help=help,
        icon=":material/download:", on_click="ignore", key=f"take-{name}",
    )  # fmt: skip

"""Maps of codes of more than three numbers: PCA, UMAP, t-SNE, each with its trustworthiness."""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st
import torch

from ae_core import numerals, wording
from ae_core.analyses import Answer
from ae_core.checkpoints.cards import Card
from ae_core.image_sets import ImageSet
from ae_core.latent.flat_maps import WAYS
from ae_core.texts import N_, _, joined, ngettext
from pages.ui.codes import colours, data
from pages.ui.drawing import charts, figures, pictures, views
from pages.ui.shared import analysis_results, cached, widgets
from pages.ui.state.declared import Codes

MAKING = {
    "pca": N_("The map by PCA, which takes a moment"),
    "umap": N_("The map by UMAP, which takes some ten seconds"),
    "t-sne": N_("The map by t-SNE, which takes half a minute"),
}

ABOUT = {
    "pca": N_(
        "**PCA** turns the codes until two directions show most of their spread; nothing is bent."
    ),
    "umap": N_(
        "**UMAP** keeps neighbours together and bends the rest; distances between islands say"
        " little."
    ),
    "t-sne": N_(
        "**t-SNE** keeps the nearest neighbours most faithfully; sizes of islands say nothing."
    ),
}


def show(card: Card) -> None:
    """The three maps, one at a time, and the trustworthiness of each that was computed."""
    free = cached.load(card).model.free_numbers
    if card.latent_dim <= 3:
        st.info(
            joined(
                ngettext(
                    "A code of this model has {count:,} number: its map on the page Latent space"
                    " needs no squeezing.",
                    "A code of this model has {count:,} numbers: its map on the page Latent space"
                    " needs no squeezing.",
                    free,
                ),
                _("Choose a model with four numbers or more in the sidebar."),
            ),
            icon=":material/map:",
        )
        return
    _draw(card)


@st.fragment(key="maps")
def _draw(card: Card) -> None:
    with widgets.shown_errors():
        images = widgets.images_for(card)
        way = widgets.one_of(_("Map by"), Codes, "way", label_visibility="collapsed")
        colour = colours.chosen(images)

        def draw(answer: Answer) -> None:
            _map(card, images, way, colour, answer)

        analysis_results.show(
            "flat_map", data.asked(card, images, way=way), draw, words=_(MAKING[way])
        )
        st.caption(joined(_(ABOUT[way]), _trusts(card, images)))


def _trusts(card: Card, images: ImageSet) -> str:
    """The trustworthiness of the other maps, where somebody has computed them."""
    known = []
    for other in WAYS:
        answer = analysis_results.kept("flat_map", data.asked(card, images, way=other))
        if answer:
            known.append(
                f"{widgets.label_of(other)} {numerals.written(answer.values['trust'], '.3f')}"
            )
    if len(known) < 2:
        return ""
    return _("Trustworthiness so far (1 is best): {ways}.", ways=", ".join(known))


def _map(card: Card, images: ImageSet, way: str, colour: str, answer: Answer) -> None:
    data.say_left_out(answer.values["left_out"])
    places, rows = answer.tensors["places"], answer.tensors["rows"]
    every = max(1, len(places) // charts.MAX_POINTS)
    places_shown, rows_shown = places[::every], rows[::every]
    figure = go.Figure()
    colours.points(figure, images, colour, places_shown, rows_shown)
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False, scaleanchor="x")
    figure.update_layout(legend={"orientation": "h", "y": -0.02, "itemsizing": "constant"})
    trust = answer.values["trust"]
    by = widgets.label_of(way)
    finding = _(_verdict(trust), way=by, trust=trust)
    key = f"map-{way}-{card.name}"
    chart, side = st.columns([3, 1], vertical_alignment="top")
    with chart:
        chosen = figures.show(
            figure, finding,
            {
                _("test image"): rows.tolist(),
                "x": places[:, 0].tolist(), "y": places[:, 1].tolist(),
                _("class"): [images.classes[i] for i in images.test_labels[rows].tolist()],
            },
            key=key, height=520, on_select="rerun", selection_mode="points",
            alt=joined(
                ngettext(
                    "Map of {count:,} code by {way}, coloured by {what}.",
                    "Map of {count:,} codes by {way}, coloured by {what}.",
                    len(places), way=by, what=colours.name_of(images, colour),
                ),
                finding,
            ),
        )  # fmt: skip
    with side:
        _image(card, images, chosen)
    st.caption(_made(len(places), len(places_shown), wording.duration(answer.values["seconds"])))


def _made(count: int, drawn: int, time: str) -> str:
    if drawn == count:
        return ngettext(
            "{count:,} test image; computed in {time}.",
            "{count:,} test images; computed in {time}.",
            count,
            time=time,
        )
    return ngettext(
        "{count:,} test image, {drawn:,} of them drawn; computed in {time}.",
        "{count:,} test images, {drawn:,} of them drawn; computed in {time}.",
        count,
        drawn=drawn,
        time=time,
    )


def _verdict(trust: float) -> str:
    """How far a map can be trusted: a message."""
    if trust >= 0.95:
        return N_(
            "By {way}, neighbours on the map are neighbours in truth (trustworthiness {trust:.3f}"
            " of 1)"
        )
    if trust >= 0.85:
        return N_(
            "By {way}, most neighbours on the map are neighbours in truth (trustworthiness"
            " {trust:.3f} of 1)"
        )
    return N_("By {way}, many that look like neighbours are not (trustworthiness {trust:.3f} of 1)")


def _image(card: Card, images: ImageSet, chosen: object) -> None:
    points = getattr(getattr(chosen, "selection", None), "points", [])
    if not points:
        st.info(_("Tap a point of the map to see its image."), icon=":material/touch_app:")
        return
    number = points[0].get("customdata")
    number = number[0] if isinstance(number, list) else number
    if not isinstance(number, int) or not 0 <= number < len(images.test):
        return
    x = data.floats(images.test[number : number + 1])
    alt = data.alt_of(images, number)
    pictures.big(views.digits(x)[0], alt)
    st.caption(widgets.as_text(data.name_of(images, number)))
    with torch.no_grad():
        x_hat = cached.load(card).model(x)
    pictures.big(views.digits(x_hat)[0], _("{image}, drawn again from its code", image=alt))
    st.caption(_("drawn again from its code"))

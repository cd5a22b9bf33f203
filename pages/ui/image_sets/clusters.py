"""Clusters of a set without labels, as a model of it sees them; they may become its classes."""

from __future__ import annotations

import streamlit as st
import torch

from ae_core import analyses
from ae_core.accounts import ownership
from ae_core.analyses import Answer
from ae_core.analyses.anomaly_scores import pixels
from ae_core.checkpoints.cards import Card
from ae_core.image_sets import ImageSet, ImageSetKey
from ae_core.latent import clusters
from ae_core.texts import _, ngettext
from pages.ui.drawing import pictures
from pages.ui.image_sets import survey
from pages.ui.shared import analysis_results, cached, owner, widgets

SHOWN = 8
"""Images of each cluster that are shown."""


@st.fragment
def show(found: ImageSet) -> None:
    """A choice of the model, its clusters, and a button that makes them the set's classes."""
    st.markdown(f"**{_('Clusters')}**")
    with widgets.shown_errors():
        models = _models(found)
        if not models:
            st.caption(
                _(
                    "Train a model on these pictures first: pictures that it puts near each other"
                    " form clusters here, which can become classes with names."
                )
            )
            return
        card = st.selectbox(
            _("As this model sees them"), models, format_func=lambda card: card.title,
            key=f"clusters-by-{found.name}",
        )  # fmt: skip
        asked = {"model": analyses.of(card), "images": found.key.to_dict()}

        def draw(answer: Answer) -> None:
            _draw(found, answer.tensors["labels"])

        analysis_results.show(
            "clusters", asked, draw, words=_("Clusters"), at_once=False, place=found.name
        )


def _models(found: ImageSet) -> list[Card]:
    """The visitor's models that learned from the set as it is."""
    mine = {each.name for each in ownership.of(owner.me(), ownership.CHECKPOINT)}
    return [
        card for card in cached.available()[0]
        if card.name in mine and ImageSetKey(card.image_set, card.image_set_sha256) == found.key
    ]  # fmt: skip


def _draw(found: ImageSet, labels: torch.Tensor) -> None:
    count = int(labels.max()) + 1
    if not count:
        st.info(_("The codes form no clusters: they lie as one cloud. Try another model."))
        return
    for number in [*range(count), clusters.BETWEEN]:
        rows = (labels == number).nonzero()[:, 0]
        if not len(rows):
            continue
        some = rows[torch.linspace(0, len(rows) - 1, min(SHOWN, len(rows))).long()]
        name = _("between clusters") if number < 0 else _("cluster {number}", number=number + 1)
        size = ngettext("{count:,} picture", "{count:,} pictures", len(rows))
        tiles = "".join(
            pictures.img(survey.drawn(image), str(name)) for image in pixels(found, some).numpy()
        )
        st.caption(f"{name}: {size}")
        st.html(f'<div class="ae-tiles" style="--tile:{found.image_shape[1]}px">{tiles}</div>')
    if st.button(
        _("Make these its classes"), key=f"classes-{found.name}", icon=":material/label:",
        help=_("Each is called by its number, and can be renamed here. Your models go along."),
    ):  # fmt: skip
        clusters.keep_as_classes(owner.me(), found.key, labels)
        cached.forget_what_is_here()
        st.rerun()

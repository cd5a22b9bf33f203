"""Two to four checkpoints on the same images: pictures, figures, and every single error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st
import torch
from torch import Tensor

from ae_core.checkpoints.cards import Card
from ae_core.image_sets import ImageSet, ImageSetKey
from ae_core.texts import _, joined
from pages.ui.compare import charts, pictures
from pages.ui.shared import choosing, comparing, image_errors, widgets
from pages.ui.state import current
from pages.ui.state.declared import Compare

TENS = ("worst", "best", "disagree-most")

FEWEST = 10
"""Fewest test images whose mean error is compared with that of training images."""


def show(card: Card) -> None:
    """The models to choose, the same images through each, their figures, and their errors."""
    st.html(f"<style>{comparing.STYLE}</style>")
    cards = comparing.chosen(comparing.alike(card))
    if not cards:
        return
    found = widgets.images_for(cards[0])
    drawn = pictures.drawn(cards, found.test[: choosing.COUNT])
    able = [card for card in cards if card.name in drawn]
    if able:
        _pictures(able, found)
    st.html(comparing.table(cards))
    if len({card.image_set for card in cards}) > 1:
        st.caption(
            _("Each was measured on the test images of its own set: not quite the same task.")
        )
    charts.published(cards)
    if able:
        _errors(able, found)


@st.fragment
def _pictures(cards: Sequence[Card], found: ImageSet) -> None:
    with widgets.shown_errors():
        place = st.container()
        indices = choosing.choose(found, cards[0])
        differences = st.toggle(_("Differences"), **current.widget(Compare, "differences"))
        with place:
            pictures.side_by_side(cards, found, indices, differences=differences)
            under = _("Under each reconstruction its error (MSE, lower is better).")
            st.caption(joined(under, _(pictures.SIGNS) if differences else ""))


@st.fragment
def _errors(cards: Sequence[Card], found: ImageSet) -> None:
    with widgets.shown_errors():
        errors = image_errors.of(cards, found)
        if errors is None:
            return
        index = next(iter(errors.values())).tensors["index"]
        mse = {card.name: errors[card.name].tensors["mse"] for card in cards}
        charts.histogram(cards, mse)
        st.markdown(_("**Ten images, chosen by their errors**"))
        options = TENS if len(cards) > 1 else TENS[:2]
        ten = widgets.one_of(
            _("Which ten"), Compare, "ten", among=options, label_visibility="collapsed"
        )
        if ten == "disagree-most":
            every = [mse[card.name] for card in cards]
            apart = charts.disagreement(every).topk(min(choosing.COUNT, len(index)))
            pictures.side_by_side(cards, found, index[apart.indices].tolist(), differences=False)
            st.caption(_("The largest difference between the smallest and the largest error."))
        else:
            for card in cards:
                worst = mse[card.name].topk(min(choosing.COUNT, len(index)), largest=ten == "worst")
                pictures.side_by_side(
                    [card], found, index[worst.indices].tolist(), differences=False
                )
    with widgets.shown_errors():
        _by_heart(cards, found, len(index))


def _by_heart(cards: Sequence[Card], found: ImageSet, count: int) -> None:
    """The error of training images beside that of test images, for models trained on these."""
    own = [
        card for card in cards
        if ImageSetKey(card.image_set, card.image_set_sha256) == found.key
    ]  # fmt: skip
    if not own:
        st.caption(
            _(
                "None of these models learned from {images}.",
                images=widgets.as_text(found.shown_title),
            )
        )
        return
    count = min(count, len(found.train))
    learned = image_errors.of(own, found, part="train", count=count)
    tested = image_errors.of(own, found, count=count) if learned else None
    if learned and tested:
        pairs = {
            card.name: (
                learned[card.name].tensors["mse"],
                of_its_classes(card, found, tested[card.name].tensors),
            )
            for card in own
        }
        own = [card for card in own if len(pairs[card.name][1]) >= FEWEST]
        if own:
            charts.train_and_test(own, pairs)
    if len(own) < len(cards):
        st.caption(
            _(
                "Left out here are models that learned from other images, or from classes of which"
                " there are fewer than {count} test images.",
                count=FEWEST,
            )
        )


def of_its_classes(card: Card, found: ImageSet, tested: Mapping[str, Tensor]) -> Tensor:
    """The errors of the test images of those classes that the model was trained on."""
    if not card.only_classes:
        return tested["mse"]
    learned = [place for place, name in enumerate(found.classes) if name in card.only_classes]
    labels = found.test_labels[tested["index"]]
    return tested["mse"][torch.isin(labels, torch.tensor(learned))]

"""What the browser is told of a model, and the control for the models that go along."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
from typing import Any

import streamlit as st

from ae_core.checkpoints.cards import Card
from ae_core.errors import UserError
from ae_core.export import browser_models
from ae_core.texts import N_, _
from pages.ui.shared import cached, cached_views, card_text, classifier, widgets
from pages.ui.shared.waiting import Spinner
from pages.ui.state import current
from pages.ui.state.declared import Beside

MOST_BESIDE = 3


def beside(card: Card) -> list[Card]:
    """The control for the models that go along, and these; the address repeats them."""
    fitting = [
        each
        for each in cached.available()[0]
        if each.image_shape == card.image_shape and each.name != card.name
    ]
    by_name = {each.name: each for each in fitting}
    names = current.possible_ones(Beside, "models", by_name, MOST_BESIDE)
    st.multiselect(
        _("Beside it"), list(by_name), max_selections=MOST_BESIDE,
        format_func=widgets.labels(fitting).__getitem__,
        placeholder=_("Choose up to three other models"),
        **current.widget(Beside, "models", names, per=tuple(by_name)),
    )  # fmt: skip
    return [by_name[name] for name in names]


def model(card: Card) -> dict[str, Any]:
    """What the browser has to know of a model, named as in `frontend/src/models/model.ts`."""
    names = list(cached.class_names(card))  # which somebody may change
    more = {"images": _images(card), "factors": _factors(card), "classifier": _classifier(card)}
    return {**_model(card), "classes": names, **more}


@st.cache_data(
    max_entries=64, show_spinner=Spinner(N_("Encoding the images")), hash_funcs=cached.BY_CONTENT
)
def _model(card: Card) -> dict[str, Any]:
    """All of it that is the same for every visitor."""
    count, axes = len(cached.codes(card)[0]), cached_views.free_axes(card)
    here = f"/live-models/{card.name}/{card.weights_sha256}"
    return {
        **browser_models.facts(cached.load(card), count, axes, cached.usual_distance(card)),
        "title": card_text.short_title(card),
        "decoder": f"{here}/decoder",
        "encoder": f"{here}/encoder",
        "codes": f"{here}/{browser_models.labelled_codes(card)}",
    }


def _classifier(card: Card) -> str | None:
    """The address of a classifier that knows what this model draws, where there is one."""
    found = classifier.of_model(card)
    return f"/live-classifiers/{found.name}/{found.weights_sha256}" if found else None


def _images(card: Card) -> str | None:
    """The address of the test images behind the codes, where the visitor may see them."""
    with suppress(UserError):
        if (found := cached.images_of_codes(card)) is not None:
            return f"/live-images/{card.image_set}/{found.sha256}"
    return None


def _factors(card: Card) -> dict[str, Any] | None:
    """What is known of the test images behind the codes, and the address of it."""
    with suppress(UserError):
        found = cached.images_of_codes(card)
        if found is not None and found.factors is not None:
            count = len(cached.codes(card)[0])
            return {
                "address": f"/live-factors/{card.image_set}/{found.sha256}/{count}",
                "each": [
                    {
                        **asdict(each), "name": _(each.name),
                        "values": [_(value) for value in each.values],
                    }
                    for each in found.factors.each
                ],
            }  # fmt: skip
    return None

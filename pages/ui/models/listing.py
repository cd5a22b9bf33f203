"""All checkpoints in groups, to search and to choose from: a small component."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from ae_core import numerals
from ae_core.checkpoints.cards import Card
from ae_core.models import FAMILIES
from ae_core.texts import _, ngettext
from pages.ui.browser import components
from pages.ui.shared import card_text
from pages.ui.state import current
from pages.ui.state.declared import Picked

_LIST = components.component(Path(__file__).parent, "model_list")

KEY = "model-list"


def model_list(groups: Mapping[str, Sequence[Card]], chosen: Card) -> None:
    """Show the groups; a click makes a model the chosen one, on every page."""
    cards = [card for group in groups.values() for card in group]
    longest = min(1.0, max(math.sqrt(card.metrics["mse"]) for card in cards))
    data = {
        "chosen": chosen.name,
        "groups": [
            {"title": _(title), "rows": [row(card, longest) for card in group]}
            for title, group in groups.items()
        ],
        "words": {
            "search": _("Search"),
            "models": _("Search the models"),
            "images": _("Trained on"),
            "family": _("Family"),
            "all_images": _("All images"),
            "all_families": _("All families"),
            "size": _("code"),
            "title": _("model"),
            "error": _("test error (MSE)"),
            "none": _("No model is like this."),
        },
    }
    names = frozenset(card.name for card in cards)
    _LIST(key=KEY, data=data, on_picked_change=lambda: pick(names))


def row(card: Card, longest: float) -> dict[str, Any]:
    """A checkpoint for the browser's list; its bar is a share of the `longest`.

    One that has learned from the test images stands beside no other: it has neither.
    """
    seen = card.has_seen_test_images
    rmse = 0.0 if seen else math.sqrt(card.metrics["mse"])
    title, images = card_text.short_title(card), card_text.set_title(card)
    error = _("seen") if seen else numerals.written(card.metrics["mse"], "#.3g")
    return {
        "name": card.name,
        "title": title,
        "family": _(FAMILIES[card.family].title),
        "set": images,
        "size": card.latent_dim,
        "error": error,
        "label": ngettext(
            "{title}, {images}: {count} number, test error {error}",
            "{title}, {images}: {count} numbers, test error {error}",
            card.latent_dim, title=title, images=images, error=error,
        ),
        "bar": round(min(1.0, rmse / longest), 4) if longest > 0 else 0,
    }  # fmt: skip


def pick(names: frozenset[str]) -> None:
    """Select the model that the browser names, if it is in the list."""
    if (picked := st.session_state[KEY].picked) in names:
        current.change(Picked, model=picked)

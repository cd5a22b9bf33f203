"""The errors of many images, one by one: an analysis for each model."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from torch import nn

from ae_core import analyses
from ae_core.analyses import Answer
from ae_core.checkpoints.cards import Card
from ae_core.image_sets import ImageSet
from ae_core.texts import ngettext
from pages.ui.shared import analysis_results, cached, card_text, widgets

FEW = 2_000
"""Test images where a model has convolutions, which take a hundred times as long."""

KIND = "reconstruction_errors"


def count_for(cards: Sequence[Card], found: ImageSet) -> int:
    """How many images the errors are counted over: the same for all of these models."""
    slow = any(
        isinstance(layer, nn.Conv2d | nn.ConvTranspose2d)
        for card in cards
        for layer in cached.load(card).model.modules()
    )
    return min(len(found.test), FEW) if slow else len(found.test)


def of(
    cards: Sequence[Card], found: ImageSet, *, part: str = "test", count: int = 0, place: str = ""
) -> dict[str, Answer] | None:
    """The errors by model, or None while the page shows how far they are."""
    count = count or count_for(cards, found)
    known: dict[str, Answer] = {}
    for card in cards:
        asked: dict[str, Any] = {
            "model": analyses.of(card),
            "images": found.key.to_dict(),
            "part": part,
            "count": count,
        }
        analysis_results.show(
            KIND, asked, partial(known.__setitem__, card.name), words=_words(card, part, count),
            place=place,
        )  # fmt: skip
    return known if len(known) == len(cards) else None


def _words(card: Card, part: str, count: int) -> str:
    model = widgets.as_text(card_text.short_title(card))
    if part == "train":
        return ngettext(
            "{model} on {count:,} training image", "{model} on {count:,} training images", count,
            model=model,
        )  # fmt: skip
    return ngettext(
        "{model} on {count:,} test image", "{model} on {count:,} test images", count, model=model
    )

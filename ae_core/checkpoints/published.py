"""Whether a checkpoint is the published system: its network, trained as its source trained it."""

from __future__ import annotations

import math
from dataclasses import replace

from ae_core.checkpoints.cards import Card
from ae_core.models import FAMILIES, Preset
from ae_core.recipes import Recipe

IMAGES = {"train": 60_000, "first-55000": 55_000, "all": 70_000}
"""How many of MNIST's digits each part holds."""


def source_of(card: Card) -> Preset | None:
    """What the source of a card's system says: its network, and how that is trained."""
    return FAMILIES[card.family].presets.get(card.preset, {}).get("published")


def is_ours_instead(card: Card) -> bool:
    """Whether it stands for a published system, and is of another network or recipe."""
    variants = FAMILIES[card.family].presets.get(card.preset, {})
    named = any(variant.stronger_than for variant in variants.values())
    return named or ("published" in variants and card.recipe_name != "published")


def is_published(card: Card) -> bool:
    """Whether network, training and images are the source's, to the last step.

    What the numbers were computed in (bfloat16, threads) is on the card and does not count.
    """
    source = source_of(card)
    if source is None or card.recipe_name != "published" or card.image_set != "mnist":
        return False
    asked = source.recipe
    trained = replace(
        Recipe.from_dict(card.recipe),
        precision=asked.precision, memory_format=asked.memory_format, threads=asked.threads,
    )  # fmt: skip
    steps = asked.updates or asked.epochs * math.ceil(IMAGES[source.part] / asked.batch_size)
    return (
        FAMILIES[card.family].config.from_dict(card.config) == source.config
        and trained == asked
        and (card.part, card.steps) == (source.part, steps)
        and card.training_noise() == source.noise
        and card.start_from == source.start_from
        and not (card.only_classes or card.hold_out)
    )

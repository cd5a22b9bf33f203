"""Checkpoints in groups, and in the order in which a person looks for them."""

from __future__ import annotations

from collections.abc import Iterable

from ae_core.checkpoints import published
from ae_core.checkpoints.cards import Card
from ae_core.settings import settings
from ae_core.texts import N_

PUBLISHED = N_("As published")
OURS = N_("Ours, stronger")
OWN = N_("Trained here")
MORE = N_("More families")
LADDER = N_("Plain, by code size")
VARIATIONAL_LADDER = N_("Variational, by code size")
PCA_LADDER = N_("PCA, by code size")
DIGITS = N_("Built-in digits")
SHAPES = N_("Shapes")

ORDER = (PUBLISHED, OURS, OWN, MORE, LADDER, VARIATIONAL_LADDER, PCA_LADDER, DIGITS, SHAPES)

OF_SET = {"digits": DIGITS, "shapes": SHAPES}
"""Groups of all that ships for one image set."""

LADDERS = {"ae": LADDER, "vae": VARIATIONAL_LADDER, "pca": PCA_LADDER}
"""By the preset's name without its size."""


def grouped(cards: Iterable[Card], *, sets_here: Iterable[str]) -> dict[str, list[Card]]:
    """The cards by group; groups without a card are left out.

    Groups whose images are on this machine, `sets_here`, come before the others.
    """
    here = set(sets_here)
    groups: dict[str, list[Card]] = {name: [] for name in ORDER}
    for card in sorted(cards, key=lambda card: (_size(card), card.title, card.name)):
        groups[group_of(card)].append(card)
    found = [(name, each) for name, each in groups.items() if each]
    found.sort(key=lambda group: not any(card.image_set in here for card in group[1]))
    return dict(found)


def group_of(card: Card) -> str:
    """The group that a card belongs to."""
    if is_own(card):
        return OWN
    if card.image_set in OF_SET:
        return OF_SET[card.image_set]
    kind = card.preset.rpartition("-")[0]
    if kind in LADDERS:
        return LADDERS[kind]
    if published.is_published(card):
        return PUBLISHED
    return OURS if published.is_ours_instead(card) else MORE


def is_own(card: Card) -> bool:
    """Whether it was trained on this machine, and did not come with the app."""
    return (settings().checkpoint_roots[0] / card.name).is_dir()


def _size(card: Card) -> int:
    return card.latent_dim if card.preset.rpartition("-")[0] in LADDERS else 0

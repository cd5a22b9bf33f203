"""What a model is in plain words, and which ones to begin with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ae_core.checkpoints import groups
from ae_core.checkpoints.cards import Card
from ae_core.models import FAMILIES
from ae_core.texts import _, ngettext

RECOMMENDED = (
    "mnist-vae-conv-2", "mnist-deep-silu-3", "mnist-residual-32", "mnist-wide-denoising-49",
    "mnist-beta-vae-10", "mnist-pca-2",
    "digits-vae-conv-2", "digits-tanh-3", "digits-dense-49", "digits-denoising-49",
    "digits-deep-49", "shapes-beta-vae-10",
)  # fmt: skip
"""The best to begin with first: each shows another thing."""

MOST_RECOMMENDED = 6


def offered(cards: Sequence[Card], chosen: str, *, sets_here: Iterable[str]) -> list[Card]:
    """Those to begin with, those that were trained here, and the chosen one."""
    by_name, here = {card.name: card for card in cards}, set(sets_here)
    first = [by_name[name] for name in RECOMMENDED if name in by_name]
    first = [card for card in first if card.image_set in here][:MOST_RECOMMENDED]
    rest = [card for card in cards if card not in first]
    return [*first, *(card for card in rest if groups.is_own(card) or card.name == chosen)]


def in_words(card: Card) -> str:
    """What a model is, in plain words."""
    what = _(FAMILIES[card.family].in_words)
    words = ngettext(
        "{count:,} number, {what}", "{count:,} numbers, {what}", card.latent_dim, what=what
    )
    return _("{model}, takes noise away", model=words) if card.noise else words

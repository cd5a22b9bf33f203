"""Models of the same images by the size of their code: the steps of the bottleneck dial."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ae_core.accounts import ownership
from ae_core.checkpoints.cards import Card
from ae_core.checkpoints.groups import LADDERS

PCA, PLAIN, VARIATIONAL = "PCA", "AE", "VAE"
KINDS = (PCA, PLAIN, VARIATIONAL)

FAMILIES = {
    "pca": PCA,
    "dense": PLAIN,
    "deep": PLAIN,
    "tanh": PLAIN,
    "rectified": PLAIN,
    "vae": VARIATIONAL,
    "vae_conv": VARIATIONAL,
}
"""Those whose models differ in nothing but their network and the size of their code."""

Ladder = dict[str, dict[int, Card]]
"""By kind and size of the code."""


def of(cards: Iterable[Card], image_set: str) -> Ladder:
    """One model of each kind and size for these images; denoising ones stay aside.

    So do those that have seen the test images.

    Where there are several, the one that was trained as a step of a ladder, else the best.
    """
    found: Ladder = {kind: {} for kind in KINDS}
    for card in sorted(cards, key=_last_choice_first):
        fits = card.family in FAMILIES and card.image_set == image_set and not card.noise
        if fits and not card.has_seen_test_images:
            found[FAMILIES[card.family]][card.latent_dim] = card
    return {kind: dict(sorted(steps.items())) for kind, steps in found.items()}


def sizes(ladder: Ladder) -> list[int]:
    """The sizes of which there are two kinds; where there are no two such sizes, every one."""
    counts = Counter(size for steps in ladder.values() for size in steps)
    shared = sorted(size for size, count in counts.items() if count > 1)
    return shared if len(shared) > 1 else sorted(counts)


def gains_until(errors: dict[int, float], *, tolerance: float = 0.1) -> int:
    """The smallest size whose error is hardly above the smallest there is."""
    least = min(errors.values())
    return min(size for size, error in errors.items() if error <= (1 + tolerance) * least)


def _last_choice_first(card: Card) -> tuple[bool, bool, bool, float]:
    is_step = card.preset.rpartition("-")[0] in LADDERS
    own = ownership.is_private(card.name)
    return not own, is_step, not card.only_classes, -card.metrics["mse"]

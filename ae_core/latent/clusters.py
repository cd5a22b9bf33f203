"""Clusters of codes: groups of images that a model puts near each other, without any labels.

UMAP lays the codes in a plane, where dense regions lie apart; HDBSCAN (Campello, Moulavi and Sander
2013) finds these, however many there are, and leaves out what lies between them. On codes of many
numbers HDBSCAN alone leaves out half of the images.
"""

# scikit-learn declares no types.
# mypy: disable-error-code="import-untyped"

from __future__ import annotations

from contextlib import suppress

import torch
from jaxtyping import Int64
from torch import Tensor

from ae_core import checkpoints, image_sets
from ae_core.accounts import ownership
from ae_core.accounts.person import Person
from ae_core.errors import UserError
from ae_core.image_sets import ImageSetKey, changing
from ae_core.image_sets.stored import SetCard
from ae_core.latent import flat_maps
from ae_core.latent.flat_maps import Done
from ae_core.texts import _
from ae_core.types import Labels, Latents

MOST = 10_000
"""Codes that are laid out; each of the others goes with those nearest to it."""

LEAST_SHARE, LEAST = 0.03, 5
"""A cluster has at least this share of the codes, and this many."""

NEIGHBOURS = 5

BETWEEN = -1
"""The cluster of codes that belong to none."""


def clusters(codes: Latents, done: Done = lambda share: None) -> Int64[Tensor, " n"]:
    """The cluster of each code, from 0 for the largest on; `BETWEEN` where it belongs to none.

    Raises:
        UserError: there are too few codes, or they are all the same.
    """
    from sklearn.cluster import HDBSCAN
    from sklearn.neighbors import KNeighborsClassifier

    laid = torch.linspace(0, len(codes) - 1, min(len(codes), MOST)).long()
    places = flat_maps.flat(codes[laid], "umap", done)
    least = max(LEAST, round(LEAST_SHARE * len(laid)))
    found = HDBSCAN(min_cluster_size=least, min_samples=NEIGHBOURS, copy=True).fit_predict(
        places.numpy()
    )
    if len(laid) < len(codes):
        nearest = KNeighborsClassifier(NEIGHBOURS, algorithm="brute")
        found = nearest.fit(codes[laid].numpy(), found).predict(codes.numpy())
    return _largest_first(torch.from_numpy(found).long())


def keep_as_classes(person: Person, key: ImageSetKey, labels: Labels) -> SetCard:
    """Make the clusters of a set of theirs its classes, each called by its number.

    Their models of it go along: without labels they learned from its pixels alone, which stay.

    Raises:
        UserError: the set is not theirs or has changed meanwhile, or the disk does not take it.
    """
    count = int(labels.max()) + 1
    names = [_("cluster {number}", number=number + 1) for number in range(count)]
    between = torch.where(labels == BETWEEN, count, labels)
    written = changing.classify(person, key, between, [*names, _("between clusters")])
    for belonging in ownership.of(person, ownership.CHECKPOINT):
        with suppress(UserError):  # a classifier, or one that cannot be read: it stays as it is
            card = checkpoints.card(belonging.name)
            learned = ImageSetKey(card.image_set, card.image_set_sha256)
            if learned == key:
                images = image_sets.select(key.name, part=card.part, hold_out=card.hold_out)
                checkpoints.relabel(card.name, images)
    return written


def _largest_first(found: Int64[Tensor, " n"]) -> Int64[Tensor, " n"]:
    inside = found[found >= 0]
    order = inside.bincount().argsort(descending=True, stable=True)
    place = torch.cat([order.argsort(stable=True), torch.tensor([BETWEEN])])
    return place[found]

"""New pictures with their scores."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch

from ae_core.checkpoints.cards import Card
from ae_core.evaluation import anomalies
from ae_core.evaluation.anomalies import Known, Rows, Scores
from ae_core.image_sets import ImageSet
from ae_core.types import Pixels
from pages.ui.drawing import new_pictures
from pages.ui.shared import cached

MOST = 500


@dataclass(frozen=True)
class Scored:
    """Images with their scores, by row: their pixels, what each is called, and its class."""

    scores: dict[str, Scores]
    pixels: Callable[[Rows], Pixels]
    name: Callable[[int], str]
    label: Callable[[int], str]


def scored(card: Card, images: ImageSet, known: Known) -> Scored | None:
    """The control for new pictures, and their scores.

    Raises:
        UserError: there is no picture in the files, or a limit is reached.
    """
    found = new_pictures.brought(card, images, key="anomalies", most=MOST)
    if found is None:
        return None
    rows = torch.arange(len(found.x))
    checkpoint = cached.load(card)
    unusual = anomalies.scores(checkpoint.model, card.title, found.x.__getitem__, rows, known)
    return Scored(
        {"error": unusual.error, "distance": unusual.distance}, found.x.__getitem__,
        found.names.__getitem__, found.labels.__getitem__,
    )  # fmt: skip

"""How well classes can be read off codes: k-NN and a linear classifier, by size of the code.

Beside codes of models stand those of a PCA of the same images, of the same sizes, and the pixels.
"""

from __future__ import annotations

import torch
from torch import Tensor

from ae_core import latent
from ae_core.analyses.base import Answer, Asked, Told, model_of
from ae_core.errors import UserError
from ae_core.evaluation.scores import knn_accuracy, linear_accuracy
from ae_core.image_sets.subsets import balanced
from ae_core.latent.coded_images import images_of
from ae_core.texts import _, ngettext
from ae_core.types import Pixels

VERSION = 1
LEARNED, TESTED = 5000, 2000
LEAST = 50


def compute(asked: Asked, told: Told) -> Answer:
    """Accuracies of each of `models`, (models, 2): k-NN and linear; `pca` for `sizes`; `pixels`.

    A model with NaN in its codes has NaN.

    Raises:
        UserError: fewer than two classes, or hardly an image.
    """
    images = images_of(asked["images"])
    kinds = images.train_labels.unique()
    if len(kinds) < 2:
        raise UserError(
            _(
                "All images of {images} are of one class, so that there is nothing to tell apart."
                " Choose a model whose images have two classes or more.",
                images=images.shown_title,
            )
        )
    if (count := len(images.train)) < LEAST:
        raise UserError(
            ngettext(
                "{images} has {count} training image: {missing} too few.",
                "{images} has {count} training images: {missing} too few.",
                count, images=images.shown_title, missing=LEAST - count,
            )
        )  # fmt: skip
    labels = images.train_labels
    places = balanced(
        torch.searchsorted(kinds, labels), min(LEARNED, count), classes=len(kinds), seed=0
    )
    train, labels, test, test_labels = (
        images.train[places], labels[places], images.test[:TESTED], images.test_labels[:TESTED],
    )  # fmt: skip

    def both(codes: Tensor, test_codes: Tensor) -> list[float]:
        good, test_good = codes.isfinite().all(1), test_codes.isfinite().all(1)
        if not good.all() or not test_good.all():
            return [float("nan")] * 2
        known = (codes, labels, test_codes, test_labels)
        return [knn_accuracy(*known), linear_accuracy(*known)]

    models, sizes = asked["models"], [int(size) for size in asked["sizes"]]
    turns, rows = len(models) + len(sizes) + 1, []
    for turn, each in enumerate(models):
        said = _("model {number} of {count}", number=turn + 1, count=len(models))
        told(turn / turns, said)
        model = model_of(each).model
        rows.append(both(latent.encode(model, train), latent.encode(model, test)))
    told(len(models) / turns, _("pixels"))
    flat, test_flat = _flat(train), _flat(test)
    pixels = both(flat, test_flat)
    mean = flat.mean(0)
    torch.manual_seed(0)
    *__, axes = torch.pca_lowrank(flat, q=min(max(sizes), *flat.shape), niter=3)
    mixed = []
    for turn, size in enumerate(sizes):
        said = ngettext("PCA of {count} number", "PCA of {count} numbers", size)
        told((len(models) + 1 + turn) / turns, said)
        kept = axes[:, :size]
        mixed.append(both((flat - mean) @ kept, (test_flat - mean) @ kept))
    values = {"learned": len(train), "tested": len(test)}
    tensors = {"models": torch.tensor(rows), "pca": torch.tensor(mixed)}
    return Answer({**tensors, "pixels": torch.tensor(pixels)}, values)


def _flat(images: Pixels) -> Tensor:
    return images.flatten(1).float().div(255)

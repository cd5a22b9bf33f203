"""The clusters that the images of a set form in a model's code.

Asked: `model`, and `images`, the name and sha256 of the set that it learned from. Answer: `labels`,
the cluster of each training image and then of each test image, -1 where it belongs to none.
"""

from __future__ import annotations

import torch

from ae_core import latent
from ae_core.analyses.base import Answer, Asked, Told, model_of
from ae_core.evaluation import metrics
from ae_core.latent.clusters import clusters
from ae_core.latent.coded_images import images_of
from ae_core.texts import _, ngettext

VERSION = 1


def compute(asked: Asked, told: Told) -> Answer:
    """The clusters of all images.

    Raises:
        UserError: the model or the images have changed; there are too few images; or the model's
            codes are NaN or all the same.
    """
    checkpoint, images = model_of(asked["model"]), images_of(asked["images"])
    told(0.0, _("encoding the images"))
    codes = torch.cat(
        [latent.encode(checkpoint.model, part) for part in (images.train, images.test)]
    )
    metrics.check_codes(codes, checkpoint.card.title)
    said = ngettext("laying out {count:,} code", "laying out {count:,} codes", len(codes))
    return Answer({"labels": clusters(codes, lambda share: told(0.1 + 0.9 * share, said))})

"""Which number of a code follows which factor of the images, where these are known.

What a model with a posterior tells is measured on one draw for each image, as Chen et al. 2018 do:
the mean of a dead number still moves a little with the image, and its draws do not. What can be
read is measured on the codes themselves, the means (Locatello et al. 2019, arXiv:1811.12359).
"""

from __future__ import annotations

from ae_core.analyses.base import Answer, Asked, Told, model_of
from ae_core.analyses.map_fit import drawn
from ae_core.errors import UserError
from ae_core.evaluation import disentanglement
from ae_core.latent.coded_images import coded, images_of
from ae_core.texts import _

VERSION = 1


def compute(asked: Asked, told: Told) -> Answer:
    """One row for each factor, one column for each number that moves freely.

    Returns:
        `information` (factors, d), the share of a factor that a number tells, and `importance`
        (factors, d), by how much it helps a forest to read the factor. Values: `mig`,
        `disentanglement`, `completeness`, `informativeness`, `read`, how well each factor is read,
        `images` and `left_out`. See `ae_core.evaluation.disentanglement`.

    Raises:
        UserError: nobody knows the factors of these images.
    """
    checkpoint, images = model_of(asked["model"]), images_of(asked["images"])
    if images.factors is None:
        raise UserError(
            _(
                "Nobody knows what {images} were drawn of. Choose a model of images that were drawn"
                " by code, such as the set `shapes`.",
                images=images.shown_title,
            )
        )
    told(0.02, _("encoding the images"))
    found = coded(checkpoint, images)
    model, free = checkpoint.model, checkpoint.model.free_numbers
    codes = found.z[:, :free]
    told_by = drawn(model, found.x)[:, :free] if model.has_posterior else codes
    values, each = images.factors.test[found.rows], images.factors.each
    information = disentanglement.information(told_by, values, each)

    def tell(place: int) -> None:
        words = _("learning to read the factor {factor}", factor=_(each[place].name))
        told(0.1 + 0.9 * place / len(each), words)

    dci = disentanglement.dci(codes, values, each, tell)
    return Answer(
        {"information": information, "importance": dci.importance},
        {
            "mig": disentanglement.mig(information),
            "disentanglement": dci.disentanglement,
            "completeness": dci.completeness,
            "informativeness": dci.informativeness,
            "read": dci.read,
            "images": len(codes),
            "left_out": found.left_out,
        },
    )

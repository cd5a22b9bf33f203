"""How well the prior N(0, I) fits the codes of a model, and what a classifier reads of its draws.

Asked: `model`; `classifier`, of the same images, or None; `images`, the set, or None. With images
the code of a model with a posterior is one draw from it, and not its mean.

Answer, in values. `readable`, None without a classifier: the shares of pictures that it reads with
a confidence of at least `SURE`, each with its 95 % interval, of `reconstructions`, of `prior`,
codes drawn from N(0, I), and of `fitted`, codes drawn from the normal distribution with the codes'
mean and covariance. `from_prior` says from which of the two one would draw: the prior of a model
that was trained with one. `beyond`, the share of the codes outside the ball that holds 99 % of the
prior; `kl`, from the codes' normal distribution to the prior, in nats; `spread`, the usual
deviation of a number of the code (1 for the prior). `within`, the share of the codes' spread that
is inside of the classes, `widest` and `narrowest`, the classes whose islands are so, and `times`,
how many times wider; None where there are not two classes. `left_out` counts codes with NaN or
infinity, and `sampled` says whether the codes are draws from posteriors.
"""

from __future__ import annotations

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from ae_core.analyses.base import Answer, Asked, Told, classifier_of, model_of
from ae_core.classifiers.network import Classifier
from ae_core.errors import UserError
from ae_core.evaluation.scores import Others, TheirLabels, wilson_interval
from ae_core.export import browser_models
from ae_core.latent.coded_images import images_of
from ae_core.models import Autoencoder
from ae_core.models.variational import sample
from ae_core.texts import _
from ae_core.types import Labels, Latents, Pixels

VERSION = 2

DRAWS = 4_000
CHUNK = 250
FEWEST = 10

SURE = 0.9
"""The confidence with which a picture counts as read."""

Values = dict[str, Any]
Draws = Float[Tensor, "draws d"]


def compute(asked: Asked, told: Told) -> Answer:
    """What is measured of the map of a model.

    Raises:
        UserError: the model, the classifier or the images have changed, or there are too few codes.
    """
    found = model_of(asked["model"])
    images = images_of(asked["images"]) if asked["images"] else None
    sampled = images is not None and found.model.has_posterior
    if images is not None and sampled:
        codes = drawn(found.model, images.test[: browser_models.MAX_IMAGES])
        labels = images.test_labels[: len(codes)]
    else:
        codes, labels = browser_models.codes_of(found)
    codes, labels, left_out = finite(codes, labels, title=found.card.title)
    values = {**fit(codes), **islands(codes, labels), "left_out": left_out, "sampled": sampled}
    values |= {"readable": None, "from_prior": found.model.variational}
    if asked["classifier"]:
        reader = classifier_of(asked["classifier"]).classifier
        values["readable"] = readable(found.model, reader, codes, told)
    return Answer(values=values)


@torch.no_grad()
def drawn(model: Autoencoder, images: Pixels) -> Latents:
    """One code from the posterior of each image, the same ones each time."""
    generator = torch.Generator().manual_seed(0)
    posteriors = (model.posterior(x.float().div(255)) for x in images.split(CHUNK))
    return torch.cat([sample(*each, generator) for each in posteriors])


def finite(codes: Latents, labels: Labels, *, title: str) -> tuple[Others, TheirLabels, int]:
    """The codes that are finite numbers, their classes, and how many are not.

    Raises:
        UserError: too few are; `title` is what their model is called.
    """
    whole = codes.isfinite().all(1)
    if (count := int(whole.sum())) < FEWEST:
        raise UserError(
            _(
                "A map needs {fewest} codes that are finite numbers, and of {codes:,} of {model}"
                " {count} are. Choose another model, or train it again.",
                fewest=FEWEST, codes=len(codes), model=title, count=count,
            )
        )  # fmt: skip
    return codes[whole], labels[whole], len(codes) - count


def readable(model: Autoencoder, classifier: Classifier, codes: Latents, told: Told) -> Values:
    """Shares of pictures that the classifier is sure of, each as share, low and high."""
    normal = torch.randn(DRAWS, codes.shape[1], generator=torch.Generator().manual_seed(0))
    shuffled = codes[torch.randperm(len(codes), generator=torch.Generator().manual_seed(0))]
    asked = {
        "reconstructions": (_("reconstructions"), shuffled[:DRAWS]),
        "prior": (_("draws from the prior"), normal),
        "fitted": (_("draws from where the codes are"), like(codes, normal)),
    }
    found: Values = {}
    for number, (name, (words, z)) in enumerate(asked.items()):
        read = 0
        for start in range(0, len(z), CHUNK):
            told((number + start / len(z)) / len(asked), words)
            read += _sure(model, classifier, z[start : start + CHUNK])
        found[name] = [read / len(z), *wilson_interval(read, len(z))]
    return found


@torch.no_grad()
def _sure(model: Autoencoder, classifier: Classifier, z: Latents) -> int:
    """How many of the pictures of these codes the classifier is sure of."""
    return int(
        (classifier(model.decode(model.nearest_possible(z))).softmax(1).amax(1) >= SURE).sum()
    )


def like(codes: Latents, normal: Draws) -> Draws:
    """Standard normal draws with the mean and the covariance of the codes."""
    mean = codes.mean(0)
    variances, axes = _axes(codes)
    return mean + (normal.double() * variances.sqrt() @ axes.T).to(codes.dtype)


def fit(codes: Latents) -> Values:
    """How the normal distribution of the codes differs from N(0, I)."""
    variances, _ = _axes(codes)
    mean = codes.double().mean(0)
    kl = 0.5 * (variances + mean.square() - 1 - variances.clamp_min(1e-12).log()).sum()
    half = codes.double().square().sum(1) / 2
    nearer = torch.special.gammainc(torch.full_like(half, codes.shape[1] / 2), half)
    return {
        "kl": float(kl),
        "beyond": float((nearer > 0.99).double().mean()),
        "spread": float(variances.mean().sqrt()),
    }


def islands(codes: Latents, labels: Labels) -> Values:
    """How wide the islands of the classes are, beside all codes."""
    own = {int(label): codes[labels == label] for label in labels.unique()}
    own = {label: some for label, some in own.items() if len(some) >= FEWEST}
    spreads = {label: _spread(some) for label, some in own.items()}
    total = _spread(codes)
    if len(spreads) < 2 or total <= 0:
        return {"within": None, "widest": None, "narrowest": None, "times": None}
    inside = sum(len(some) * spreads[label] for label, some in own.items())
    widest, narrowest = max(spreads, key=spreads.__getitem__), min(spreads, key=spreads.__getitem__)
    return {
        "within": inside / sum(map(len, own.values())) / total,
        "widest": widest,
        "narrowest": narrowest,
        "times": (spreads[widest] / max(spreads[narrowest], 1e-12)) ** 0.5,
    }


def _axes(codes: Latents) -> tuple[Tensor, Tensor]:
    centred = codes.double() - codes.double().mean(0)
    variances, axes = torch.linalg.eigh(centred.T @ centred / len(codes))
    return variances.clamp_min(0), axes


def _spread(codes: Latents) -> float:
    return float((codes - codes.mean(0)).square().sum(1).mean())

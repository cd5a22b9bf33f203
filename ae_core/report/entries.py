"""What there is to say of each checkpoint side by side: figures, pictures, a map of its codes.

Figures are measured on the test images of a checkpoint's set. Where the set is not on this machine,
they are those on the card, and pictures and map come from the codes that ship with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ae_core import checkpoints, image_sets, latent
from ae_core.checkpoints import Broken, Checkpoint, groups
from ae_core.checkpoints.cards import Card
from ae_core.errors import UserError
from ae_core.evaluation.scores import evaluate
from ae_core.export import downloads
from ae_core.image_sets import ImageSet
from ae_core.models import FAMILIES, parameter_count
from ae_core.types import Images, Labels, Latents

SHOWN_IMAGES = 10
MAX_POINTS = 1500
"""Codes on a map; more make the page heavy and the map no clearer."""


@dataclass(frozen=True, eq=False)
class CodeMap:
    """Codes to draw, (n, 1 to 3), the class of each, and what the axes are."""

    points: Latents
    labels: Labels
    classes: tuple[str, ...]
    axes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Entry:
    """One checkpoint in the report.

    `measured_on` counts the test images behind `metrics`; at 0 these are the card's, and there are
    no `originals`.
    """

    card: Card
    parameters: int
    disk_bytes: int
    metrics: dict[str, float]
    measured_on: int
    originals: Images | None
    reconstructions: Images | None
    code_map: CodeMap | None

    @property
    def name(self) -> str:
        return self.card.name

    @property
    def family(self) -> str:
        """The family's title."""
        return FAMILIES[self.card.family].title

    @property
    def ladder(self) -> str:
        """The models that it belongs to that differ in code size alone, or none."""
        card = self.card
        kind = card.preset.rpartition("-")[0]
        is_step = card.name == f"{card.image_set}-{kind}-{card.latent_dim}"
        return groups.LADDERS.get(kind, "") if is_step else ""

    @property
    def negative_elbo(self) -> float | None:
        """The negative evidence lower bound in nats an image, for models that have one."""
        return self.card.figure("nelbo")

    def row(self) -> dict[str, Any]:
        """The checkpoint's line of the table."""
        return {
            "checkpoint": self.card.name,
            "title": self.card.title,
            "family": self.card.family,
            "image_set": self.card.image_set,
            "measured_on": self.measured_on,
            "latent_dim": self.card.latent_dim,
            "parameters": self.parameters,
            **{name: self.metrics[name] for name in ("bce", "mse", "psnr", "ssim")},
            "negative_elbo": self.negative_elbo,
            "kilobytes": round(self.disk_bytes / 1000, 1),
            "seconds": self.card.seconds,
        }


def entries(cards: Iterable[Card]) -> Iterator[Entry | Broken]:
    """Measure each checkpoint in turn; one that cannot be loaded gives the reason."""
    sets: dict[str, ImageSet | None] = {}
    for card in cards:
        if card.image_set not in sets:
            sets[card.image_set] = _image_set(card.image_set)
        try:
            yield _entry(checkpoints.load(card.name), sets[card.image_set])
        except UserError as failure:
            yield Broken(card.name, failure.text)


def _image_set(name: str) -> ImageSet | None:
    try:
        return image_sets.load(name)
    except UserError:
        return None


def _entry(checkpoint: Checkpoint, images: ImageSet | None) -> Entry:
    card, model = checkpoint.card, checkpoint.model
    if images is not None and images.image_shape != card.image_shape:
        images = None
    originals = reconstructions = None
    if images is not None:
        shown = images.test[:SHOWN_IMAGES]
        originals, reconstructions = shown.float().div(255), latent.reconstruct(model, shown)
    elif checkpoint.codes is not None and len(checkpoint.codes):
        reconstructions = latent.decode(model, checkpoint.codes[:SHOWN_IMAGES])
    return Entry(
        card=card,
        parameters=parameter_count(model),
        disk_bytes=downloads.disk_bytes(card),
        metrics=evaluate(model, images.test) if images else card.metrics,
        measured_on=len(images.test) if images else 0,
        originals=originals,
        reconstructions=reconstructions,
        code_map=map_of(checkpoint, images),
    )


def map_of(checkpoint: Checkpoint, images: ImageSet | None) -> CodeMap | None:
    """A map of the codes in a checkpoint, else of those of the test images, else none."""
    codes, labels = checkpoint.codes, checkpoint.labels
    if codes is None and images is not None:
        some = slice(None, None, _every(len(images.test)))
        codes, labels = latent.encode(checkpoint.model, images.test[some]), images.test_labels[some]
    if codes is None or labels is None or len(codes) < 2:
        return None
    axes = tuple(f"z[{index}]" for index in range(codes.shape[1]))
    some = slice(None, None, _every(len(codes)))
    points, labels = codes[some], labels[some]
    if len(axes) > 3:
        centre, directions, shares = latent.principal_axes(codes)
        points = (points - centre) @ directions.T
        axes = tuple(
            f"{order} principal axis, {share:.0%} of the spread"
            for order, share in zip(("first", "second"), shares, strict=True)
        )
    classes = images.classes if images else ()
    if (most := int(labels.max()) + 1) > len(classes):
        classes = tuple(map(str, range(most)))
    return CodeMap(points, labels, classes, axes)


def _every(count: int) -> int:
    return -(-count // MAX_POINTS)

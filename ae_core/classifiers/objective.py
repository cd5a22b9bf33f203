"""What a classifier learns: classes from labelled images, by cross-entropy.

The head learns at `learning_rate`; the encoder, unless it is frozen, at a share of it. Both follow
one schedule, up for a twentieth of the steps and then down to zero, under AdamW (Loshchilov and
Hutter 2019, arXiv:1711.05101).
"""

from __future__ import annotations

import torch
from jaxtyping import Int64
from torch import Tensor, nn
from torch.nn import functional as F

from ae_core.classifiers.network import Classifier
from ae_core.classifiers.recipe import ClassifierRecipe, steps_for
from ae_core.image_sets.subsets import Places, shifted
from ae_core.models.base import Batch
from ae_core.training.arithmetic import Arithmetic
from ae_core.training.clipping import MaxNorm
from ae_core.training.objectives import Objective
from ae_core.training.optimisers import Optimiser, linear
from ae_core.types import Labels, Loss, Pixels

STANDARD_IMAGES = 5_000
"""Training images over which the codes get mean 0 and deviation 1."""


class Recognition(Objective[Classifier]):
    """A classifier learns the classes of labelled images.

    Args:
        classifier: trained in place; its head is initialised, and its codes are standardised.
        images: the training set, (n, c, h, w) uint8.
        labels: the class of the images named in `labelled`; others are not looked at.
        labelled: the places of the images to learn from. The others only help to standardise.
        frozen: train the head alone.
    """

    recipe: ClassifierRecipe
    report_epochs = False

    def __init__(
        self,
        classifier: Classifier,
        images: Pixels,
        labels: Labels,
        recipe: ClassifierRecipe,
        *,
        labelled: Places,
        frozen: bool = False,
    ) -> None:
        super().__init__(classifier, images[labelled], recipe)
        self.labels = labels[labelled].to(self.device)
        self.standard_images = images[:STANDARD_IMAGES]
        self.frozen = frozen
        classifier.requires_grad_(True)
        classifier.model.requires_grad_(not frozen)

    @property
    def usual_steps(self) -> int:
        return steps_for(len(self.images))

    def draw_weights(self, generator: torch.Generator) -> None:
        """Draw the head's, and standardise the codes; the encoder's stay."""
        self.model.standardise(self.standard_images)
        self.model.draw_head(generator)

    def batch(
        self, chosen: Int64[Tensor, " n"], arithmetic: Arithmetic, generator: torch.Generator
    ) -> Batch:
        images = self.images[chosen]
        if self.recipe.shift:
            images = shifted(images, self.recipe.shift, generator)
        return Batch.of(arithmetic.floats(images), self.labels[chosen], generator)

    def loss(self, batch: Batch) -> Loss:
        """Cross-entropy, in nats an image."""
        assert batch.labels is not None
        return F.cross_entropy(self.model(batch.seen), batch.labels)

    def losses(self, batch: Batch) -> dict[str, Loss]:
        """Cross-entropy, and the share of the images that is not recognised."""
        assert batch.labels is not None
        logits = self.model(batch.seen)
        error = (logits.argmax(1) != batch.labels).float().mean()
        return {"cross_entropy": F.cross_entropy(logits, batch.labels), "error": error}

    def total(self, losses: dict[str, float]) -> float:
        return losses["cross_entropy"]

    def optimiser(self, steps: int) -> Optimiser:
        halves: dict[nn.Module, float] = {self.model.head: 1.0}
        if not self.frozen:
            halves[self.model.model] = self.recipe.encoder_rate
        groups = [
            {"params": list(half.parameters()), "lr": self.recipe.learning_rate * share}
            for half, share in halves.items()
        ]
        adam = torch.optim.AdamW(groups, weight_decay=self.recipe.weight_decay, fused=True)
        return Optimiser([adam], linear(steps), MaxNorm(self.model.parameters()))

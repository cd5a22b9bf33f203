"""What a classifier is asked for: declared once for form, command line, job and card."""

from __future__ import annotations

import shlex
from dataclasses import asdict, dataclass, replace
from typing import Any

from ae_core.classifiers.recipe import ClassifierRecipe
from ae_core.options import option, words_for
from ae_core.training.loop import Training
from ae_core.training.specs import PROGRAM, Spec


@dataclass(frozen=True)
class ClassifierSpec(ClassifierRecipe, Spec):
    """A classifier as it is asked for: its recipe, and the following.

    `steps` or `seconds` replace the number that the labels need.
    """

    checkpoint: str = option("", "Checkpoint whose encoder to start from")
    image_set: str = option(
        "", "Image set to learn from; by default that of the checkpoint", flag="--set"
    )
    labels: int = option(
        0, "Labelled images to learn from, of every class as many; 0 for all", low=0, high=10**9
    )
    scratch: bool = option(False, "Draw the encoder's weights anew, to compare with")
    frozen: bool = option(False, "Leave the encoder as it is and train the head alone")

    @property
    def kept_name(self) -> str:
        return self.name or f"{self.checkpoint[: 64 - len('-classifier')]}-classifier"

    @property
    def starts_from(self) -> str:
        return self.checkpoint

    def recipe(self) -> dict[str, Any]:
        """The part that says how to train."""
        return {each.name: getattr(self, each.name) for each in ClassifierRecipe.declared()}

    def exactly(self, training: Training[Any]) -> ClassifierSpec:
        return replace(self, **self.happened(training), **asdict(training.arithmetic))

    def command(self) -> str:
        """The command line that asks for the same, whatever the recipe's defaults are by then."""
        words = [*PROGRAM, "classify", self.checkpoint]
        for each in self.declared():
            value = getattr(self, each.name)
            if each.name in self.recipe() or (each.name != "checkpoint" and value != each.default):
                words += words_for(each.flag, value)
        return shlex.join(words)

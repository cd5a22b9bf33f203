"""How sparse codes are: the share of numbers near zero, how many are ever used, Hoyer's measure."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Bool
from torch import Tensor

from ae_core.evaluation.scores import Others
from ae_core.types import Latents

NEAR_ZERO = 0.05
"""Near zero is what is smaller than this share of that number's largest value."""


@dataclass(frozen=True)
class Sparsity:
    """`near_zero`: the share of all numbers of all codes; `alive`: of the numbers of the code,
    those that are not near zero for every image; `hoyer`: 0 for numbers that are all of one size,
    1 for a single one that is not zero (Hoyer 2004, JMLR 5, page 1460), a mean over the codes.
    """

    near_zero: float
    alive: float
    hoyer: float

    @property
    def near_zero_of_alive(self) -> float:
        """The share near zero among the numbers that are alive: dead ones make no code sparse."""
        return 1 - (1 - self.near_zero) / self.alive if self.alive else 1.0


def near_zero(z: Others, codes: Latents) -> Bool[Tensor, "m d"]:
    """Which numbers of `z` are small beside the largest that they are among `codes`."""
    return z.abs() <= NEAR_ZERO * codes.abs().amax(0)


def sparsity(codes: Latents) -> Sparsity:
    """How sparse these codes are, whatever the scale of each number."""
    small = near_zero(codes, codes)
    d = codes.shape[1]
    lengths = codes.norm(dim=1)
    ratio = codes.abs().sum(1)[lengths > 0] / lengths[lengths > 0]
    hoyer = (d**0.5 - ratio) / (d**0.5 - 1) if d > 1 else torch.ones_like(ratio)
    return Sparsity(
        float(small.float().mean()),
        float((~small).any(0).float().mean()),
        float(hoyer.mean()) if len(hoyer) else 1.0,
    )

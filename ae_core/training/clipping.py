"""What is done to a gradient before a step: nothing, or clipped; a broken one is refused.

Each way is there twice: `accepts` reads the gradient's length, `clip` leaves it on its device.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import torch
from jaxtyping import Float
from torch import Tensor, nn

MEMORY = 0.05
"""Share of the newest gradient in the running mean of their lengths."""

Number = Float[Tensor, ""]


class Clipping:
    """Lets every gradient pass as it is; subclasses clip it, or refuse it."""

    def __init__(self, parameters: Iterable[nn.Parameter] = ()) -> None:
        self.parameters = list(parameters)
        self.usual_norm: float | Tensor = 0.0

    @property
    def gradients(self) -> list[Tensor]:
        return [p.grad for p in self.parameters if p.grad is not None]

    def accepts(self) -> bool:
        """Clip the gradient that the parameters have now; False where there is to be no step."""
        return True

    def clip(self, accepted: Number) -> None:
        """The same with no number read; `accepted` becomes 1, or 0 where there is to be no step.

        A gradient that is refused becomes zero. `usual_norm` is a tensor, and changes in place.
        """
        accepted.fill_(1)


class Guard(Clipping):
    """Clips the gradient at twice the running mean of its length; refuses one not finite."""

    def accepts(self) -> bool:
        gradients, usual = self.gradients, float(self.usual_norm)
        norm = float(nn.utils.get_total_norm(gradients))
        if not math.isfinite(norm):
            return False
        limit = 2 * usual
        if 0 < limit < norm:
            torch._foreach_mul_(gradients, limit / norm)
            norm = limit
        self.usual_norm = usual + (norm - usual) * (MEMORY if usual else 1)
        return True

    def clip(self, accepted: Number) -> None:
        gradients, usual = self.gradients, self.usual_norm
        assert isinstance(usual, Tensor)
        # As one tensor: many kernels of a few numbers take longer than a few of many.
        whole = torch.cat([each.flatten() for each in gradients])
        norm = torch.linalg.vector_norm(whole)
        accepted.copy_(norm.isfinite())
        norm = norm.nan_to_num(0, 0, 0)
        clipped = torch.where(usual > 0, norm.minimum(2 * usual), norm)
        whole.mul_(clipped / norm.clamp_min(1e-30)).nan_to_num_(0, 0, 0)
        parts = whole.split([each.numel() for each in gradients])
        torch._foreach_copy_(
            gradients, [part.view_as(each) for part, each in zip(parts, gradients, strict=True)]
        )
        usual.lerp_(clipped, torch.where(usual > 0, MEMORY, 1.0) * accepted)


class MaxNorm(Clipping):
    """Clips the gradient at length 1."""

    def accepts(self) -> bool:
        nn.utils.clip_grad_norm_(self.parameters, 1.0)
        return True

    def clip(self, accepted: Number) -> None:
        nn.utils.clip_grad_norm_(self.parameters, 1.0)
        accepted.fill_(1)

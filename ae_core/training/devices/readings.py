"""Numbers on their way from a device to Python, which need not wait for them."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor


class Reading:
    """Some numbers of one moment, by name; a GPU sends them while its next steps are under way."""

    def __init__(self, numbers: Mapping[str, Tensor]) -> None:
        self.names = list(numbers)
        self.numbers = torch.stack([each.detach().float() for each in numbers.values()])
        self.arrived: torch.cuda.Event | None = None
        if self.numbers.is_cuda:
            there = torch.empty(len(self.names), pin_memory=True)
            self.numbers = there.copy_(self.numbers, non_blocking=True)
            self.arrived = torch.cuda.Event()
            self.arrived.record()

    @property
    def is_there(self) -> bool:
        return self.arrived is None or self.arrived.query()

    def values(self) -> dict[str, float]:
        """The numbers, once they have arrived."""
        if self.arrived is not None:
            self.arrived.synchronize()
        return dict(zip(self.names, self.numbers.tolist(), strict=True))

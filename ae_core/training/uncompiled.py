"""torch's optimisers without its compiler, which they import only to be left alone by it: 1.2 s.

Nothing here is compiled. What torch wraps their methods in is taken off; where another version of
torch wraps them otherwise, they stay as they are, and a test says so.
"""

from __future__ import annotations

import torch
from torch.optim import SGD, Adam, AdamW, Optimizer, RMSprop


def spare_compiler() -> None:
    """Let optimisers be made and step without importing `torch._dynamo`."""
    for method in vars(Optimizer).values():
        if plain := getattr(method, "__wrapped__", None):
            plain.__dynamo_disable = plain  # noqa: SLF001
    for kind in (SGD, RMSprop, Adam, AdamW):
        if plain := getattr(vars(kind).get("step"), "__wrapped__", None):
            kind.step = torch.no_grad()(plain)  # type: ignore[method-assign]

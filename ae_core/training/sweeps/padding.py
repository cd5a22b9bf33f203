"""Models of one family with codes of different sizes, filled up with zeros to the largest one."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from ae_core.models import Autoencoder
from ae_core.models.base import Batch
from ae_core.training.loop import Training
from ae_core.types import Pixels

TRIED = 16
"""Images on which it is tried whether a code can be padded."""

SAME = 1e-3
"""By how much of itself a padded model's loss may differ from its own."""


def padded(model: nn.Module, like: nn.Module) -> dict[str, Tensor]:
    """The parameters of a model, with zeros behind them up to the shapes of a larger one."""
    found = {}
    larger = dict(like.named_parameters())
    for name, value in model.named_parameters():
        whole = torch.zeros_like(larger[name])
        whole[tuple(map(slice, value.shape))] = value.detach()
        found[name] = whole
    return found


def can_be_padded(model: Autoencoder, larger: Autoencoder, images: Pixels) -> bool:
    """Whether a model filled up with zeros has the same loss, and no gradient where it was filled.

    Tried on some images, so that no family has to say it of itself.
    """
    generator = torch.Generator(images.device).manual_seed(0)
    clean = images.float().div(255)
    drawn = torch.randn(len(clean), model.free_numbers, generator=generator, device=clean.device)
    whole = copy.deepcopy(larger)
    whole.load_state_dict(padded(model, larger), strict=False)
    numbers = {name: value for name, value in vars(model.config).items() if type(value) is float}
    whole.config = replace(larger.config, **numbers)
    missing = larger.free_numbers - model.free_numbers
    labels = torch.zeros(len(clean), dtype=torch.int64, device=clean.device)
    found, own = (
        torch.stack(list(each.loss(Batch(clean, clean, labels, given)).values())).sum()
        for each, given in ((whole, pad(drawn, (0, missing))), (model, drawn))
    )
    if not torch.isclose(found, own, rtol=SAME):
        return False
    found.backward()
    inside = dict(model.named_parameters())
    for name, value in whole.named_parameters():
        if value.grad is not None:
            value.grad[tuple(map(slice, inside[name].shape))] = 0
            if bool(value.grad.any()):
                return False
    return True


def groups(runs: Sequence[Training[Autoencoder]]) -> list[list[int]]:
    """The places of runs that can be trained as one: all of them, or those of one size of code."""
    largest = max((run.model for run in runs), key=lambda model: model.latent_dim)
    images = runs[0].objective.images[:TRIED]
    smaller = {run.model.latent_dim: run.model for run in runs}
    del smaller[largest.latent_dim]
    if all(can_be_padded(model, largest, images) for model in smaller.values()):
        return [list(range(len(runs)))]
    sizes = [run.model.latent_dim for run in runs]
    return [
        [place for place, each in enumerate(sizes) if each == size] for size in sorted(set(sizes))
    ]

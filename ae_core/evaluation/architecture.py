"""The layers of a network in the order in which an image passes them.

They are traced: one image is sent through, and hooks record every layer, for any family.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Literal

import torch
from torch import Tensor, nn

from ae_core.models.base import Autoencoder

Part = Literal["encoder", "code", "decoder"]

NORMS = (nn.GroupNorm, nn.LayerNorm, nn.BatchNorm1d, nn.BatchNorm2d)
UNSEEN = (nn.Flatten, nn.ZeroPad2d, nn.Identity, nn.Dropout)
"""Layers not drawn: the same numbers come out, perhaps flattened or padded."""


@dataclass(frozen=True)
class Layer:
    """What a drawing shows as one box.

    `shape` is that of its output, without the batch; `then` names what is folded into it, since it
    has few parameters or none: activations, norms, pools. `step` counts the layers on the way
    from the image; two of the same step lie side by side, as the mean and the spread of a
    variational code do.
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    parameters: int
    part: Part
    then: tuple[str, ...] = ()
    step: int = 0


@dataclass(frozen=True, eq=False)
class _Call:
    name: str
    module: nn.Module
    taken: Tensor
    given: Tensor


def layers(model: Autoencoder) -> list[Layer]:
    """From the image through the code, whose layer is called "code", to the image again.

    Their `parameters` add up to those of the model.
    """
    # A copy: the model may be in use for other visitors, whose calls must not be traced.
    model = copy.deepcopy(model).cpu().eval().requires_grad_(True)
    with torch.enable_grad():
        encoding, z = _calls(model, model.encode, torch.zeros(1, *model.image_shape))
        decoding, _ = _calls(model, model.decode, z.detach())
    found = [Layer("image", "Image", model.image_shape, 0, "encoder")]
    found += _folded(encoding, "encoder", after=0)
    code = Layer(
        "code", "Code", (model.latent_dim,), 0, "code", step=max(each.step for each in found) + 1
    )
    found += [code, *_folded(decoding, "decoder", after=code.step)]
    last = max(each.step for each in found) + 1
    return [*found, Layer("reconstruction", "Image", model.image_shape, 0, "decoder", step=last)]


def _calls(
    model: nn.Module, run: Callable[[Tensor], Tensor], start: Tensor
) -> tuple[list[_Call], Tensor]:
    """Every call of a layer while `run` is applied to `start`, and the output of `run`."""
    calls: list[_Call] = []
    with _hooks(model, lambda *call: calls.append(_Call(*call))):
        given = run(start)
    return calls, given


@contextmanager
def _hooks(
    model: nn.Module, record: Callable[[str, nn.Module, Tensor, Tensor], None]
) -> Iterator[None]:
    names = {module: name for name, module in model.named_modules()}

    def hook(module: nn.Module, taken: tuple[Tensor, ...], given: Tensor) -> None:
        record(names[module], module, taken[0], given)

    handles = [
        module.register_forward_hook(hook)
        for module in names
        if module is not model and (not list(module.children()) or _own_parameters(module))
    ]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def _folded(calls: list[_Call], part: Part, *, after: int) -> list[Layer]:
    """The calls as layers, those with few or no parameters folded into the one before."""
    found: list[Layer] = []
    given: list[Tensor] = []
    for call in calls:
        parameters = _own_parameters(call.module)
        if found and (not parameters or isinstance(call.module, NORMS)):
            if not isinstance(call.module, UNSEEN):
                found[-1] = replace(
                    found[-1],
                    shape=tuple(call.given.shape[1:]),
                    parameters=found[-1].parameters + parameters,
                    then=(*found[-1].then, *_folded_name(call.module)),
                )
        elif parameters:
            made_by = _history(call.taken)
            steps = [
                each.step
                for each, tensor in zip(found, given, strict=True)
                if tensor.grad_fn in made_by
            ]
            shape = tuple(call.given.shape[1:])
            step = max(steps, default=after) + 1
            found.append(Layer(call.name, _kind(call.module), shape, parameters, part, step=step))
            given.append(call.given)
    return found


def _history(tensor: Tensor) -> set[Any]:
    """Every operation that led to a tensor, from torch's autograd graph."""
    seen: set[Any] = set()
    ahead = [tensor.grad_fn]
    while ahead:
        operation = ahead.pop()
        if operation is not None and operation not in seen:
            seen.add(operation)
            ahead += [before for before, _ in operation.next_functions]
    return seen


def _own_parameters(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters(recurse=False))


def _kind(module: nn.Module) -> str:
    if isinstance(module, nn.Linear):
        return "Dense"
    if isinstance(module, nn.ConvTranspose2d):
        return f"Conv up {_size(module)}"
    if isinstance(module, nn.Conv2d):
        return f"Conv {_size(module)}"
    return type(module).__name__


def _size(module: nn.Conv2d | nn.ConvTranspose2d) -> str:
    return " x ".join(map(str, module.kernel_size))


def _folded_name(module: nn.Module) -> tuple[str, ...]:
    if isinstance(module, nn.Unflatten):
        return ()
    if isinstance(module, NORMS):
        return ("norm",)
    if isinstance(module, nn.MaxPool2d):
        return ("pool",)
    if isinstance(module, nn.Upsample | nn.PixelShuffle):
        return ("enlarge",)
    return (type(module).__name__,)

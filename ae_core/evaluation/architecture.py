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

from ae_core import wording
from ae_core.models.base import Autoencoder
from ae_core.texts import N_, _

Part = Literal["encoder", "code", "decoder"]

NORMS = (nn.GroupNorm, nn.LayerNorm, nn.BatchNorm1d, nn.BatchNorm2d)
UNSEEN = (nn.Flatten, nn.ZeroPad2d, nn.Identity, nn.Dropout)
"""Layers not drawn: the same numbers come out, perhaps flattened or padded."""

OPERATIONS = {
    "image": N_("Image"),
    "code": N_("Code"),
    "dense": N_("Dense"),
    "conv": N_("Conv {kernel}"),
    "conv_up": N_("Conv up {kernel}"),
}


@dataclass(frozen=True)
class Layer:
    """What a drawing shows as one box.

    `operation` is one of `OPERATIONS`, or torch's name of another. `shape` is that of its output,
    without the batch; `folded` is what is folded into it, since it has few parameters or none:
    activations, norms, pools. `step` counts the layers on the way from the image; two of the same
    step lie side by side, as the mean and the spread of a variational code do.
    """

    name: str
    operation: str
    shape: tuple[int, ...]
    parameters: int
    part: Part
    folded: tuple[str, ...] = ()
    step: int = 0
    kernel: tuple[int, ...] = ()

    @property
    def kind(self) -> str:
        """What it is, in words."""
        if not self.kernel:
            return _(OPERATIONS.get(self.operation, self.operation))
        return _(OPERATIONS[self.operation], kernel=wording.shape(self.kernel))

    @property
    def then(self) -> tuple[str, ...]:
        """What is folded into it, in words."""
        return tuple(map(_, self.folded))


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
        decoding, __ = _calls(model, model.decode, z.detach())
    found = [Layer("image", "image", model.image_shape, 0, "encoder")]
    found += _folded(encoding, "encoder", after=0)
    code = Layer(
        "code", "code", (model.latent_dim,), 0, "code", step=max(each.step for each in found) + 1
    )
    found += [code, *_folded(decoding, "decoder", after=code.step)]
    last = max(each.step for each in found) + 1
    return [*found, Layer("reconstruction", "image", model.image_shape, 0, "decoder", step=last)]


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
                    folded=(*found[-1].folded, *_folded_name(call.module)),
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
            operation, kernel = _operation(call.module)
            found.append(
                Layer(call.name, operation, shape, parameters, part, step=step, kernel=kernel)
            )
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
            ahead += [before for before, __ in operation.next_functions]
    return seen


def _own_parameters(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters(recurse=False))


def _operation(module: nn.Module) -> tuple[str, tuple[int, ...]]:
    """What a layer does, and the sides of its kernel where it has one."""
    if isinstance(module, nn.Linear):
        return "dense", ()
    if isinstance(module, nn.ConvTranspose2d):
        return "conv_up", module.kernel_size
    if isinstance(module, nn.Conv2d):
        return "conv", module.kernel_size
    return type(module).__name__, ()


def _folded_name(module: nn.Module) -> tuple[str, ...]:
    if isinstance(module, nn.Unflatten):
        return ()
    if isinstance(module, NORMS):
        return (N_("norm"),)
    if isinstance(module, nn.MaxPool2d):
        return (N_("pool"),)
    if isinstance(module, nn.Upsample | nn.PixelShuffle):
        return (N_("enlarge"),)
    return (type(module).__name__,)

"""A device "strict" that refuses to mix with the CPU, as a GPU does, on a machine without one.

A tensor of it holds one of the CPU, where every operator runs; one that is given a CPU tensor of a
dimension or more beside tensors of the device raises, and so does a generator of the other device.
`read_back` counts what has Python wait for a GPU. It tells nothing of speed, kernels or memory.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, ClassVar
from unittest import mock

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode
from torch.utils import backend_registration
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves, tree_map

NAME = "strict"

ASKED = "TEST_ON_STRICT_DEVICE"
"""The variable that asks for it."""

COPIES = ("aten::_to_copy", "aten::copy_")
"""What may be given tensors of both devices."""

WAITS = (
    "aten::_local_scalar_dense", "aten::nonzero", "aten::equal", "aten::is_nonzero",
    "aten::masked_select", "aten::_unique2", "aten::unique_consecutive", "aten::bincount",
)  # fmt: skip
"""What has Python wait for a GPU: its result is a number, or of a size that only the GPU knows."""

read_back: Counter[str] = Counter()
"""How often each operator had Python wait."""

_Generator = torch.Generator
_AUTOCAST = torch.library.Library("_", "IMPL")


class StrictTensor(Tensor):
    """A tensor of the device; `held` has its numbers."""

    held: Tensor

    @staticmethod
    def __new__(cls, held: Tensor) -> Any:
        made = cls._make_wrapper_subclass(
            cls,
            held.shape,
            strides=held.stride(),
            storage_offset=held.storage_offset(),
            dtype=held.dtype,
            device=torch.device(NAME, 0),
            requires_grad=held.requires_grad,
        )
        made.held = held
        return made

    @classmethod
    def __torch_dispatch__(cls, op: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:  # type: ignore[override]
        return _run(op, args, kwargs or {})

    def tolist(self) -> Any:
        return self.cpu().tolist()

    def untyped_storage(self) -> torch.UntypedStorage:
        return self.held.untyped_storage()

    def __repr__(self, **_: Any) -> str:  # type: ignore[override]
        return f"strict({self.held!r})"


class StrictGenerator(_Generator):
    """A generator of either device: those of ours draw on the CPU, too."""

    ours: ClassVar[dict[int, Any]] = {}

    def __new__(cls, device: Any = "cpu") -> Any:
        on_device = torch.device(device).type == NAME
        made: Any = super().__new__(cls, "cpu" if on_device else device)  # type: ignore[call-arg]
        if on_device:
            cls.ours[made._cdata] = made
        return made

    @property
    def device(self) -> torch.device:  # type: ignore[override]
        return torch.device(NAME, 0) if _is_ours(self) else super().device


def _is_ours(generator: Any) -> bool:
    return generator._cdata in StrictGenerator.ours


def _run(op: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    """What an operator gives, on the device where it was asked or its tensors lie there."""
    name = op._schema.name
    given = tree_leaves((args, kwargs))
    ours = {id(each.held): each for each in given if isinstance(each, StrictTensor)}
    asked = kwargs.get("device")
    on_device = asked.type == NAME if asked is not None else bool(ours)
    _check(name, given, on_device, bool(ours))
    if ours and _waits(name, args, on_device):
        read_back[name] += 1
    if asked is not None:
        kwargs = {**kwargs, "device": torch.device("cpu")}
    inner, named = tree_map(_held, (args, kwargs))
    result = op(*inner, **named)
    if name == "aten::copy_":
        return args[0]
    if not on_device:
        return result
    return tree_map(lambda each: ours.get(id(each), _wrapped(each)), result)


def _check(name: str, given: list[Any], on_device: bool, has_ours: bool) -> None:
    for each in given:
        of_cpu = isinstance(each, Tensor) and not isinstance(each, StrictTensor) and each.ndim
        if of_cpu and has_ours and name not in COPIES:
            shape = tuple(each.shape)
            raise RuntimeError(f"{name}: a CPU tensor of {shape} among tensors of the device")
        if isinstance(each, _Generator) and _is_ours(each) != on_device:
            raise RuntimeError(f"{name}: a generator of another device")


def _waits(name: str, args: Any, on_device: bool) -> bool:
    if name == "aten::copy_":
        return isinstance(args[1], StrictTensor) and not isinstance(args[0], StrictTensor)
    if name in ("aten::index", "aten::index_put_"):
        return any(each is not None and each.dtype == torch.bool for each in args[1])
    return name in WAITS or (name in COPIES and not on_device)


def _held(each: Any) -> Any:
    return each.held if isinstance(each, StrictTensor) else each


def _wrapped(each: Any) -> Any:
    return StrictTensor(each) if isinstance(each, Tensor) else each


class _Operators(TorchDispatchMode):
    """Sends operators that make tensors of the device, too."""

    def __torch_dispatch__(self, op: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return _run(op, args, kwargs or {})


class _Made(TorchFunctionMode):
    """Makes tensors of Python's numbers on the CPU, and moves them."""

    def __torch_function__(self, call: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if call in (torch.tensor, torch.as_tensor) and kwargs.get("device") is not None:
            device = kwargs.pop("device")
            return call(*args, **kwargs).to(device)
        return call(*args, **kwargs)


class _Module(backend_registration._DummyBackendModule):
    """What torch asks the module of a device."""

    def get_amp_supported_dtype(self) -> list[torch.dtype]:
        return [torch.bfloat16]


def is_asked_for() -> bool:
    """Whether this process is for tests on the device."""
    return ASKED in os.environ


@cache
def registered() -> torch.device:
    """The device, which torch has to know before it computes its first gradient."""
    backend_registration._setup_privateuseone_for_python_backend(NAME, _Module())
    _AUTOCAST.fallback(torch.library.fallthrough_kernel, "AutocastPrivateUse1")
    return torch.device(NAME, 0)


@contextmanager
def strict_device() -> Iterator[torch.device]:
    """The device, which is there inside."""
    device = registered()
    read_back.clear()
    StrictGenerator.ours.clear()
    with mock.patch.object(torch, "Generator", StrictGenerator), _Made(), _Operators():
        yield device

"""What a run computes in: number format, memory format, threads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import torch
from torch import nn

from ae_core.errors import UserError
from ae_core.texts import _
from ae_core.types import Images, Pixels


@dataclass(frozen=True)
class Arithmetic:
    """What a run computes in. The same arithmetic and seed give the same bits on a CPU."""

    precision: Literal["float32", "bfloat16"] = "float32"
    memory_format: Literal["contiguous", "channels_last"] = "contiguous"
    threads: int = 1

    def lay_out(self, model: nn.Module) -> None:
        """Order the weights of convolutions in memory."""
        last = self.memory_format == "channels_last"
        model.to(memory_format=torch.channels_last if last else torch.contiguous_format)

    def floats(self, images: Pixels) -> Images:
        """The images in [0, 1], ordered in memory as the weights are."""
        x = images.float().div_(255)
        last = self.memory_format == "channels_last"
        return x.contiguous(memory_format=torch.channels_last) if last else x

    def autocast(self, device: torch.device, *, cached: bool = True) -> torch.autocast:
        """The number format of everything computed inside it; casts of weights can be `cached`."""
        low = self.precision == "bfloat16"
        return torch.autocast(device.type, torch.bfloat16, enabled=low, cache_enabled=cached)

    @contextmanager
    def in_force(self) -> Iterator[None]:
        """Inside, torch computes on so many threads, and takes denormal numbers for zero.

        Adam's memory of a weight without a gradient decays into numbers too small for the
        processor's fast path, and stays there: its step then takes up to five times as long.
        """
        threads, flushed = torch.get_num_threads(), _denormals_are_zero()
        torch.set_num_threads(self.threads)
        torch.set_flush_denormal(True)
        try:
            yield
        finally:
            torch.set_num_threads(threads)
            torch.set_flush_denormal(flushed)

    def __str__(self) -> str:
        threads = "1 thread" if self.threads == 1 else f"{self.threads} threads"
        return f"{self.precision}, {self.memory_format.replace('_', ' ')}, {threads}"


def device(name: str = "auto") -> torch.device:
    """The GPU where there is one, else the CPU; or the one that is named.

    Raises:
        UserError: the device named is not here.
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if name == "cpu" or (name == "cuda" and torch.cuda.is_available()):
        return torch.device(name)
    raise UserError(_("There is no device {name!r} here. Use auto, or cpu.", name=name))


def device_name(used: torch.device) -> str:
    """The device as a card names it."""
    return torch.cuda.get_device_name(used) if used.type == "cuda" else "CPU"


def low_precision(device: torch.device) -> bool:
    """Whether bfloat16 arithmetic is native here, and so worth trying."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    return (
        device.type == "cpu"
        and torch.backends.mkldnn.is_available()
        and torch.cpu._is_avx512_bf16_supported()  # noqa: SLF001 - not public
    )


def _denormals_are_zero() -> bool:
    return float(torch.tensor(1e-40).mul(0.5)) == 0

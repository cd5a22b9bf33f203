"""A GPU that several runs share: whether it can be used now, and what it means when it fails."""

from __future__ import annotations

from functools import cache

import torch

from ae_core.texts import Text, _

ENOUGH_BYTES = 1 << 30
"""Free memory of a GPU with which a run begins on it: libraries alone take half of that."""

OF_LIBRARIES_BYTES = 500 << 20
"""What a process takes beside what its tensors take."""

FAILURES = ("CUDA", "cuDNN", "CUDNN", "CUBLAS", "NVIDIA")
"""What a message of torch holds whose cause is the GPU. A mistake of ours names `cuda:0`."""


def refusal(on: str, *, runs: int) -> Text | None:
    """Why a run that may go to a GPU cannot; None where it can, or where it is for none.

    Each of so many `runs` at once then has an equal share of the memory, and no more.
    """
    if on not in ("auto", "cuda"):
        return None
    if not torch.cuda.is_available():
        return why_none() if on == "cuda" or has_old_driver() else None
    try:
        free, total = torch.cuda.mem_get_info()
        share = max(total // runs - OF_LIBRARIES_BYTES, ENOUGH_BYTES // 4)
        torch.cuda.set_per_process_memory_fraction(min(1.0, share / total))
    except RuntimeError as failure:
        return meaning(failure) or _("The GPU cannot be used ({reason}).", reason=str(failure))
    if free < ENOUGH_BYTES:
        return _("The memory of the GPU is taken by others.")
    return None


def meaning(failure: Exception) -> Text | None:
    """What a failure of the GPU means, for people; None where it is none of the GPU."""
    if isinstance(failure, torch.OutOfMemoryError):
        return _("The GPU has too little memory for this run.")
    text = str(failure)
    if not isinstance(failure, RuntimeError) or not any(word in text for word in FAILURES):
        return None
    if "too old" in text:
        return _("The driver of the GPU is too old for this PyTorch. Update it.")
    if "out of memory" in text or "ALLOC_FAILED" in text:
        return _("The GPU has too little memory for this run.")
    return _("The GPU could not be used any more.")


def why_none() -> Text:
    """Why PyTorch has no GPU here."""
    if has_old_driver():
        return _("The driver of the GPU is too old for this PyTorch. Update it.")
    return _("There is no GPU here that PyTorch can use.")


@cache
def has_old_driver() -> bool:
    """Whether there is a GPU whose driver is older than this PyTorch asks for."""
    try:
        torch.cuda.init()
    except (AssertionError, RuntimeError) as failure:  # a PyTorch without CUDA; with it
        return "too old" in str(failure)
    return False

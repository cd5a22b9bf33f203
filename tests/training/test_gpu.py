"""A GPU that is not there, full, or gone: said in words, and shared by all runs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch

from ae_core.training.devices import gpu

GIB = 1 << 30

OLD_DRIVER = (
    "The NVIDIA driver on your system is too old (found version 11040). Please update your GPU"
    " driver by downloading and installing a new version from the URL: http://www.nvidia.com/"
)


@pytest.fixture(autouse=True)
def asked_anew() -> Iterator[None]:
    gpu.has_old_driver.cache_clear()
    yield
    gpu.has_old_driver.cache_clear()


def has_gpu(monkeypatch: pytest.MonkeyPatch, *, free: int, total: int) -> list[float]:
    """A GPU with so much memory; the shares of it that processes were given."""
    shares: list[float] = []
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda: (free, total))
    monkeypatch.setattr(torch.cuda, "set_per_process_memory_fraction", shares.append)
    return shares


def test_each_run_has_an_equal_share_of_the_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    shares = has_gpu(monkeypatch, free=70 * GIB, total=80 * GIB)
    assert gpu.refusal("cuda", runs=1) is None
    assert gpu.refusal("auto", runs=8) is None
    assert shares == pytest.approx([79.5 / 80, 9.5 / 80], rel=0.01)


def test_a_full_gpu_refuses_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    has_gpu(monkeypatch, free=GIB // 2, total=80 * GIB)
    assert gpu.refusal("cuda", runs=1) == "The memory of the GPU is taken by others."
    assert gpu.refusal("cpu", runs=1) is None


def test_a_gpu_that_is_gone_refuses_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> tuple[int, int]:
        raise torch.AcceleratorError("CUDA error: no CUDA-capable device is detected")

    has_gpu(monkeypatch, free=0, total=0)
    monkeypatch.setattr(torch.cuda, "mem_get_info", gone)
    assert gpu.refusal("auto", runs=1) == "The GPU could not be used any more."


def test_no_gpu_is_said_to_who_asks_for_one() -> None:
    assert gpu.refusal("auto", runs=1) is None
    assert gpu.refusal("cuda", runs=1) == "There is no GPU here that PyTorch can use."


def test_an_old_driver_is_said_to_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses() -> None:
        raise RuntimeError(OLD_DRIVER)

    monkeypatch.setattr(torch.cuda, "init", refuses)
    for on in ("auto", "cuda"):
        assert gpu.refusal(on, runs=1) == (
            "The driver of the GPU is too old for this PyTorch. Update it."
        )
    assert gpu.refusal("cpu", runs=1) is None


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."), "memory"),
        (RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling cublas"), "memory"),
        (RuntimeError("cuDNN error: CUDNN_STATUS_EXECUTION_FAILED"), "any more"),
        (RuntimeError("No CUDA GPUs are available"), "any more"),
        (RuntimeError(OLD_DRIVER), "driver"),
    ],
)
def test_failures_of_the_gpu_are_known(failure: RuntimeError, said: str) -> None:
    assert said in str(gpu.meaning(failure))


def test_a_mistake_of_ours_is_none_of_the_gpu() -> None:
    mixed = "Expected all tensors to be on the same device, but found cuda:0 and cpu!"
    assert gpu.meaning(RuntimeError(mixed)) is None
    assert gpu.meaning(ValueError("CUDA")) is None

"""The losses, and their gradients without the number."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from ae_core.models.losses import Reconstruction, gradient_only, reconstruction_loss

KINDS: tuple[Reconstruction, ...] = ("bce", "mse")
each_kind = pytest.mark.parametrize("kind", KINDS)


def logits_and_target() -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(0)
    logits = 5 * torch.randn(4, 1, 6, 6, generator=generator)
    return logits.requires_grad_(), torch.rand(4, 1, 6, 6, generator=generator)


def gradient(kind: Reconstruction, *, factor: float, without_value: bool) -> Tensor:
    logits, target = logits_and_target()
    if without_value:
        with gradient_only():
            loss = factor * reconstruction_loss(logits, target, kind)
    else:
        loss = factor * reconstruction_loss(logits, target, kind)
    loss.backward()
    assert logits.grad is not None
    return logits.grad


@each_kind
def test_the_loss_is_the_textbooks_mean_over_pixels_and_images(kind: Reconstruction) -> None:
    logits, target = logits_and_target()
    output = logits.double().sigmoid()
    by_hand = {
        "bce": -(target * output.log() + (1 - target) * (1 - output).log()).mean(),
        "mse": (output - target).square().mean(),
    }
    loss = reconstruction_loss(logits, target, kind)
    torch.testing.assert_close(loss.double(), by_hand[kind], rtol=1e-5, atol=1e-6)


@each_kind
@pytest.mark.parametrize("factor", [1.0, 784.0, -0.25])
def test_the_gradient_is_the_same_with_and_without_the_value(
    kind: Reconstruction, factor: float
) -> None:
    plain = gradient(kind, factor=factor, without_value=False)
    alone = gradient(kind, factor=factor, without_value=True)
    torch.testing.assert_close(alone, plain, rtol=1e-4, atol=1e-7 * abs(factor))
    assert float(plain.abs().max()) > 1e-4 * abs(factor)


@each_kind
def test_the_value_is_zero_inside_and_right_again_outside(kind: Reconstruction) -> None:
    logits, target = logits_and_target()
    before = reconstruction_loss(logits, target, kind).item()
    with gradient_only():
        assert reconstruction_loss(logits, target, kind).item() == 0
    assert reconstruction_loss(logits, target, kind).item() == before > 0


def test_an_error_inside_does_not_leave_the_values_switched_off() -> None:
    logits, target = logits_and_target()
    with pytest.raises(ZeroDivisionError), gradient_only():
        raise ZeroDivisionError
    assert reconstruction_loss(logits, target, "bce").item() > 0


@each_kind
def test_the_gradient_alone_has_the_number_format_of_the_logits(kind: Reconstruction) -> None:
    _, target = logits_and_target()
    logits = torch.zeros(4, 1, 6, 6, dtype=torch.bfloat16, requires_grad=True)
    with gradient_only():
        loss = reconstruction_loss(logits, target, kind)
    assert loss.dtype == torch.float32
    loss.backward()
    assert logits.grad is not None and logits.grad.dtype == torch.bfloat16
    expected = (0.5 - target) / target.numel() * (1 if kind == "bce" else 0.5)
    torch.testing.assert_close(logits.grad.float(), expected, rtol=1e-2, atol=1e-5)


@each_kind
def test_working_out_the_gradient_leaves_the_logits_as_they_are(kind: Reconstruction) -> None:
    logits, target = logits_and_target()
    before = logits.detach().clone()
    with gradient_only():
        reconstruction_loss(logits, target, kind).backward()
    assert torch.equal(logits, before)


@each_kind
def test_logits_far_from_zero_cost_no_infinity(kind: Reconstruction) -> None:
    logits = torch.tensor([[[[-1e4, 1e4]]]], requires_grad=True)
    with gradient_only():
        loss = reconstruction_loss(logits, torch.tensor([[[[1.0, 0.0]]]]), kind)
    loss.backward()
    assert logits.grad is not None and bool(logits.grad.isfinite().all())
    value = reconstruction_loss(logits, torch.tensor([[[[1.0, 0.0]]]]), kind)
    assert value.item() == pytest.approx({"bce": 1e4, "mse": 1.0}[kind])

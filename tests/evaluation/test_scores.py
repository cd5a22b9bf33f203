"""The figures on a checkpoint's card."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from ae_core import checkpoints
from ae_core.evaluation import metrics
from ae_core.evaluation import scores as evaluation
from ae_core.evaluation.scores import evaluate
from ae_core.image_sets import ImageSet
from ae_core.models import FAMILIES, Autoencoder
from ae_core.models.base import Batch

PLAIN = ["bce", "mse", "psnr", "ssim"]


class Grey(Autoencoder):
    """Draws the same grey whatever it sees."""

    def __init__(self, grey: float) -> None:
        super().__init__(FAMILIES["dense"].config())
        self.grey = torch.nn.Parameter(torch.tensor(grey))

    def encode(self, x: Tensor) -> Tensor:
        return x.flatten(1)[:, :49]

    def decode_logits(self, z: Tensor) -> Tensor:
        return self.grey.logit().expand(len(z), *self.image_shape)


def small(family: str) -> Autoencoder:
    torch.manual_seed(0)
    return checkpoints.build(family, {}, (1, 28, 28))


def test_the_figures_of_a_grey_picture_can_be_worked_out_by_hand() -> None:
    images = torch.tensor([0, 255, 255, 255], dtype=torch.uint8).view(4, 1, 1, 1)
    scores = evaluate(Grey(0.75), images.expand(4, 1, 28, 28))
    bce = -(0.25 * torch.tensor(0.25).log() + 0.75 * torch.tensor(0.75).log())
    assert scores["bce"] == pytest.approx(bce.item(), rel=1e-5)
    assert scores["mse"] == pytest.approx((0.75**2 + 3 * 0.25**2) / 4, rel=1e-5)
    # The mean of the images' decibels: -10 log10 of 0.5625 once and of 0.0625 three times.
    assert scores["psnr"] == pytest.approx((2.49877 + 3 * 12.04120) / 4, rel=1e-4)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_has_the_same_figures_and_variational_ones_their_loss(
    family: str, digits: ImageSet
) -> None:
    model = small(family)
    scores = evaluate(model, digits.test[:20])
    parts = [f"loss_{model.config.loss}", "loss_kl"] if model.variational else []
    assert list(scores) == PLAIN + parts
    assert all(torch.tensor(value).isfinite() for value in scores.values())


@pytest.mark.parametrize("family", FAMILIES)
def test_the_figures_are_means_over_the_images(family: str, digits: ImageSet) -> None:
    model, images = small(family), digits.test[:30]
    x = images.float() / 255
    x_hat = model.eval()(x).detach()
    scores = evaluate(model, images)
    for name in PLAIN:
        by_hand = getattr(metrics, name)(x_hat, x).mean().item()
        assert scores[name] == pytest.approx(by_hand, rel=1e-5), name


@pytest.mark.parametrize("family", ["dense", "vae_conv"])
def test_a_last_batch_that_is_smaller_counts_no_more_than_its_images(
    family: str, digits: ImageSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, images = small(family), digits.test[:33]
    at_once = evaluate(model, images)
    monkeypatch.setattr(evaluation, "BATCH", 16)
    assert evaluate(model, images) == pytest.approx(at_once, rel=1e-2)
    for name in PLAIN:
        assert evaluate(model, images)[name] == pytest.approx(at_once[name], rel=1e-5)


def test_a_variational_model_is_measured_with_the_same_sample_each_time(digits: ImageSet) -> None:
    model = small("vae_conv")
    first = evaluate(model, digits.test[:20])
    torch.manual_seed(99)
    assert evaluate(model, digits.test[:20]) == first
    x, generator = digits.test[:20].float() / 255, torch.Generator().manual_seed(0)
    parts = model.loss(Batch.of(x, generator=generator))
    assert first["loss_bce"] == pytest.approx(parts["bce"].item(), rel=1e-5)
    assert first["loss_kl"] == pytest.approx(parts["kl"].item(), rel=1e-4)


def test_measuring_changes_nothing_in_the_model(digits: ImageSet) -> None:
    model = small("dense")
    before = {name: value.clone() for name, value in model.state_dict().items()}
    evaluate(model, digits.test[:20])
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert all(parameter.grad is None for parameter in model.parameters())
    assert all(parameter.requires_grad for parameter in model.parameters())

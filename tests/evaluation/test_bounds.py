"""Bounds on the likelihood: what they are where it can be worked out, and what they promise."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.distributions import Normal, kl_divergence
from torch.nn import functional as F

from ae_core import checkpoints, image_sets
from ae_core.evaluation.bounds import STILL, bounds, has_bounds
from ae_core.image_sets import ImageSet
from ae_core.models import FAMILIES
from ae_core.models.variational import Variational
from tests.conftest import Mnist


def small(family: str) -> Variational:
    torch.manual_seed(0)
    model = FAMILIES[family].model(FAMILIES[family].config())
    assert isinstance(model, Variational)
    return model.eval()


@torch.no_grad()
def test_code_that_says_nothing_leaves_both_bounds_at_the_likelihood_itself(
    digits: ImageSet,
) -> None:
    model = small("vae")
    for head in (model.mean, model.log_variance):
        head.weight.data.zero_()
        head.bias.data.zero_()
    layers = [layer for layer in model.decoder if isinstance(layer, torch.nn.Linear)]
    layers[0].weight.data.zero_()
    x = digits.test[:30].float().div(255)
    logits = model.decode_logits(torch.zeros(30, model.latent_dim))
    exact = F.binary_cross_entropy_with_logits(logits, x, reduction="none").flatten(1).sum(1)
    found = bounds(model, digits.test[:30])
    assert found["nelbo"] == pytest.approx(float(exact.mean()), rel=1e-5)
    assert found["iwae"] == pytest.approx(float(exact.mean()), rel=1e-5)


@torch.no_grad()
def test_bounds_are_those_of_the_distributions_by_name(digits: ImageSet) -> None:
    """The same expectation with other draws, by PyTorch's own densities."""
    model, images = checkpoints.load("mnist-vae-2").model, digits.test[:40]
    x = images.float().div(255)
    mean, log_variance = model.posterior(x)
    cloud, prior = Normal(mean, (0.5 * log_variance).exp()), Normal(0.0, 1.0)
    torch.manual_seed(3)
    errors: list[Tensor] = []
    for _ in range(200):
        logits = model.decode_logits(cloud.sample())
        errors.append(F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / 40)
    kl = kl_divergence(cloud, prior).sum(1).mean()
    expected, spread = torch.stack(errors).mean() + kl, torch.stack(errors).std() / 200**0.5
    found = bounds(model, images)
    assert found["nelbo"] == pytest.approx(float(expected), abs=5 * float(spread))
    assert found["iwae"] < found["nelbo"] - 0.5
    assert bounds(model, images) == found


def test_a_bound_given_the_class_is_none_on_the_images_alone() -> None:
    assert has_bounds(checkpoints.load("mnist-vae-2").model)
    for name in ("mnist-conditional-vae-12", "mnist-ae-2"):
        assert not has_bounds(checkpoints.load(name).model)


@pytest.mark.parametrize("name", ["mnist-vae-2", "mnist-vae-16"])
def test_cards_name_bounds_that_agree_with_their_losses(name: str) -> None:
    card = checkpoints.card(name)
    one_draw = card.metrics["loss_bce"] + card.metrics["loss_kl"]
    assert card.figure("nelbo") == pytest.approx(one_draw, abs=0.2)
    assert card.metrics["iwae"] < card.metrics["nelbo"] - 1


@pytest.mark.long
def test_bounds_on_a_card_are_measured_again(mnist: Mnist) -> None:
    kept, images = checkpoints.load("mnist-vae-2"), image_sets.load("mnist").test
    again = bounds(kept.model, images if mnist.is_real else images[:500])
    assert again["iwae"] < again["nelbo"] - 1
    if not mnist.is_real:  # what stands in for MNIST has other bounds
        return
    assert again["nelbo"] == pytest.approx(kept.card.metrics["nelbo"], abs=STILL)
    assert again["iwae"] == pytest.approx(kept.card.metrics["iwae"], abs=STILL)

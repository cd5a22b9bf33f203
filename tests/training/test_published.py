"""Each published recipe against a plain PyTorch loop of its source's network, step by step."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import pytest
import torch
from torch import Generator, Tensor, nn
from torch.nn import functional as F

from ae_core.image_sets import ImageSet
from ae_core.models import FAMILIES, preset
from ae_core.training import runs
from ae_core.training.runs import Run, RunSpec

STEPS, STEPS_OF_CONVOLUTIONS = 6, 3
PLAIN = {"precision": "float32", "memory_format": "contiguous"}

Drawing = Callable[[nn.Sequential, Tensor, Generator], tuple[Tensor, Tensor]]
"""What a network draws of images, and what its loss adds to the error of that."""


def dense(*widths: int, activation: type[nn.Module] = nn.ReLU) -> list[nn.Module]:
    """Dense layers through `widths`, each with its activation."""
    return [part for pair in pairwise(widths) for part in (nn.Linear(*pair), activation())]


def by_itself(network: nn.Sequential, x: Tensor, _: Generator) -> tuple[Tensor, Tensor]:
    return network(x), torch.tensor(0.0)


def with_l1(network: nn.Sequential, x: Tensor, _: Generator) -> tuple[Tensor, Tensor]:
    z = network[:6](x)
    return network[6:](z), 1e-5 * z.abs().sum()


def with_kl(network: nn.Sequential, x: Tensor, generator: Generator) -> tuple[Tensor, Tensor]:
    encoder, mean, log_variance, decoder = network
    h = encoder(x)
    m, v = mean(h), log_variance(h)
    z = m + (v / 2).exp() * torch.randn(m.shape, generator=generator)
    return decoder(z), -0.5 * (1 + v - m**2 - v.exp()).sum(1).mean()


def convolutions() -> list[nn.Module]:
    same = nn.ZeroPad2d((0, 1, 0, 1))
    return [
        nn.Unflatten(1, (1, 28, 28)),
        nn.Conv2d(1, 128, 7, padding=3), nn.ReLU(), nn.MaxPool2d(2),
        same, nn.Conv2d(128, 32, 2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 1, 7, padding=3), nn.ReLU(),
        nn.Conv2d(1, 32, 7, padding=3), nn.ReLU(), nn.Upsample(scale_factor=2),
        same, nn.Conv2d(32, 128, 2), nn.ReLU(), nn.Upsample(scale_factor=2),
        nn.Conv2d(128, 1, 7, padding=3), nn.Sigmoid(), nn.Flatten(),
    ]  # fmt: skip


def variational() -> list[nn.Module]:
    encoder = nn.Sequential(
        nn.Unflatten(1, (1, 28, 28)),
        nn.Conv2d(1, 32, 3, stride=2, padding=1), nn.ReLU(),
        nn.Conv2d(32, 64, 3, stride=2, padding=1), nn.ReLU(),
        nn.Flatten(), nn.Linear(64 * 49, 16), nn.ReLU(),
    )  # fmt: skip
    decoder = nn.Sequential(
        nn.Linear(2, 64 * 49), nn.ReLU(), nn.Unflatten(1, (64, 7, 7)),
        nn.ConvTranspose2d(64, 64, 3, stride=2, padding=1, output_padding=1), nn.ReLU(),
        nn.ConvTranspose2d(64, 32, 3, stride=2, padding=1, output_padding=1), nn.ReLU(),
        nn.ConvTranspose2d(32, 1, 3, padding=1), nn.Sigmoid(), nn.Flatten(),
    )  # fmt: skip
    return [encoder, nn.Linear(16, 2), nn.Linear(16, 2), decoder]


def with_sigmoid(layers: list[nn.Module]) -> list[nn.Module]:
    return [*layers[:-1], nn.Sigmoid()]


def tensorflow_rmsprop(
    parameters: list[nn.Parameter], rate: float = 1e-3, decay: float = 0.9
) -> Callable[[], None]:
    """A step as TensorFlow 1 takes it, of each parameter by itself."""
    means = [torch.ones_like(each) for each in parameters]

    def step() -> None:
        with torch.no_grad():
            for each, mean in zip(parameters, means, strict=True):
                assert each.grad is not None
                mean += (1 - decay) * (each.grad**2 - mean)
                each.sub_(rate * each.grad / torch.sqrt(mean + 1e-10))

    return step


def adam(epsilon: float, rate: float = 1e-3) -> Callable[[list[nn.Parameter]], Callable[[], None]]:
    return lambda parameters: torch.optim.Adam(parameters, lr=rate, eps=epsilon).step


def momentum(parameters: list[nn.Parameter]) -> Callable[[], None]:
    return torch.optim.SGD(parameters, lr=1.0, momentum=0.9).step


@dataclass(frozen=True)
class Source:
    """A network as its source says it, and how the source trains it."""

    parameters: int
    layers: Callable[[], list[nn.Module]]
    step: Callable[[list[nn.Parameter]], Callable[[], None]]
    batch: int = 256
    error: Callable[[Tensor, Tensor], Tensor] = F.binary_cross_entropy
    drawing: Drawing = by_itself
    noisy: bool = False
    within: float = 2e-6


def summed_cross_entropy(x_hat: Tensor, x: Tensor) -> Tensor:
    return F.binary_cross_entropy(x_hat, x, reduction="sum") / len(x)


KERAS_2017, KERAS = adam(1e-8), adam(1e-7)
TANH = (784, 128, 64, 12, 3, 12, 64, 128, 784)

SOURCES = {
    "dense-49": Source(77_665, lambda: with_sigmoid(dense(784, 49, 784)), KERAS_2017),
    "undercomplete-32": Source(50_992, lambda: with_sigmoid(dense(784, 32, 784)), KERAS),
    "denoising-49": Source(
        77_665, lambda: with_sigmoid(dense(784, 49, 784)), KERAS_2017, batch=16, noisy=True
    ),
    "deep-49": Source(
        270_235,
        lambda: with_sigmoid(
            [*dense(784, 147, 98), nn.Linear(98, 49), *dense(49, 98, 147, 784)]
        ),
        KERAS_2017,
    ),
    # Adam moves a weight by its rate also where the gradient is all but zero, as rounding has it.
    "conv-49": Source(48_770, convolutions, KERAS_2017, within=5e-4),
    "sparse-16": Source(
        80_320,
        lambda: with_sigmoid(
            [*dense(784, 48, 32), nn.Linear(32, 16), nn.Identity(), *dense(16, 32, 48, 784)]
        ),
        KERAS_2017,
        drawing=with_l1,
    ),
    "tanh-3": Source(
        219_891,
        lambda: with_sigmoid(
            [
                *dense(*TANH[:4], activation=nn.Tanh), nn.Linear(12, 3),
                *dense(*TANH[4:], activation=nn.Tanh),
            ]
        ),
        adam(1e-8, rate=1e-2),
        batch=100,
        error=F.mse_loss,
    ),
    "agarap-64": Source(
        109_520, lambda: dense(784, 64, 64, 64, 784), momentum, batch=128, error=F.mse_loss
    ),
    "deep-128": Source(
        1_100_320, lambda: dense(784, 784, 256, 128, 128, 256, 784), tensorflow_rmsprop,
        error=F.mse_loss,
    ),
    "vae-conv-2": Source(
        134_165, variational, KERAS, batch=128, error=summed_cross_entropy, drawing=with_kl
    ),
}  # fmt: skip


def published(name: str) -> Run:
    spec = RunSpec(name, "digits", "published", recipe=PLAIN, steps=STEPS)
    return runs.start(spec, on="cpu")


def test_every_published_recipe_has_its_source_here() -> None:
    recipes = {
        name
        for family in FAMILIES.values()
        for name, variants in family.presets.items()
        if "published" in variants
    }
    assert recipes == SOURCES.keys()


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.one_in(3)
def test_published_recipe_learns_what_a_plain_loop_learns(name: str) -> None:
    source, run = SOURCES[name], published(name)
    training = run.training
    network = nn.Sequential(*source.layers())
    with torch.no_grad():
        theirs, ours = list(network.parameters()), list(training.model.parameters())
        assert sum(each.numel() for each in theirs) == source.parameters
        for their, our in zip(theirs, ours, strict=True):
            their.copy_(our)
    first = [each.clone() for each in theirs]
    step, generator = source.step(theirs), Generator()
    generator.set_state(training.generator.get_state())
    order = training.permutation(0)
    for number in range(STEPS_OF_CONVOLUTIONS if name == "conv-49" else STEPS):
        chosen = order[number * source.batch : (number + 1) * source.batch]
        x = run.images.train[chosen].float().div(255)
        noise = torch.randn(x.shape, generator=generator) / 2 + 0.5 if source.noisy else 0
        seen = (x + noise).clamp(0, 1).flatten(1)
        network.zero_grad()
        x_hat, penalty = source.drawing(network, seen, generator)
        (source.error(x_hat, x.flatten(1)) + penalty).backward()
        step()
        training.advance()
    for before, their, our in zip(first, theirs, ours, strict=True):
        assert not torch.equal(before, our)
        torch.testing.assert_close(our, their, rtol=1e-4, atol=source.within)


@pytest.mark.parametrize("name", [name for name in SOURCES if name != "tanh-3"])
def test_published_weights_start_as_the_framework_draws_them(name: str) -> None:
    """Glorot's uniform weights; biases zero, but for TensorFlow 1's Xavier of everything."""
    for parameter in published(name).training.model.parameters():
        if parameter.ndim == 1:
            bound = math.sqrt(3 / len(parameter)) if name == "deep-128" else 0.0
        else:
            field = parameter[0, 0].numel()
            bound = math.sqrt(6 / (field * (parameter.shape[0] + parameter.shape[1])))
        largest = float(parameter.detach().abs().max())
        assert largest <= bound
        assert parameter.numel() < 100 or largest >= 0.9 * bound


def test_tanh_3_starts_as_torch_draws_its_weights() -> None:
    for layer in published("tanh-3").training.model.modules():
        if isinstance(layer, nn.Linear):
            bound = 1 / math.sqrt(layer.in_features)
            for part in (layer.weight, layer.bias):
                assert float(part.detach().abs().max()) <= bound
            assert float(layer.weight.detach().abs().max()) >= 0.8 * bound


def test_epochs_that_are_asked_for_take_the_place_of_the_sources_steps() -> None:
    asked = RunSpec("deep-128", "digits", "published")
    assert runs.recipe_of(asked).updates == 1000
    changed = runs.recipe_of(RunSpec("deep-128", "digits", "published", recipe={"epochs": 3}))
    assert (changed.updates, changed.epochs) == (0, 3)


def test_vae_conv_2_learns_from_all_images_and_deep_128_from_the_first_55_000(
    digits: ImageSet,
) -> None:
    assert preset("vae-conv-2", "published").part == "all"
    assert preset("deep-128", "published").part == "first-55000"
    assert preset("deep-128", "published").recipe.updates == 1000
    run = published("vae-conv-2")
    assert len(run.images.train) == len(digits.train) + len(digits.test)
    assert torch.equal(run.images.test, digits.test)

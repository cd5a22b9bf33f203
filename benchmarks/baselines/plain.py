"""The loop that tutorials write, around the published networks as tutorials write them.

torchvision's MNIST through `ToTensor`, a `DataLoader` that shuffles and has no workers, Adam as it
comes, a sigmoid at the end of the network, and the loss read at every step. Parameters lie in the
order of our families', so that `tests/test_benchmarks.py` can hold one network against the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset

from ae_core.errors import UserError
from ae_core.settings import settings
from ae_core.texts import _

Labelled = Dataset[tuple[Tensor, int]]


def tanh_3() -> nn.Module:
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(784, 128),
        nn.Tanh(),
        nn.Linear(128, 64),
        nn.Tanh(),
        nn.Linear(64, 12),
        nn.Tanh(),
        nn.Linear(12, 3),
        nn.Linear(3, 12),
        nn.Tanh(),
        nn.Linear(12, 64),
        nn.Tanh(),
        nn.Linear(64, 128),
        nn.Tanh(),
        nn.Linear(128, 784),
        nn.Sigmoid(),
        nn.Unflatten(1, (1, 28, 28)),
    )


def dense_49() -> nn.Module:
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(784, 49),
        nn.ReLU(),
        nn.Linear(49, 784),
        nn.Sigmoid(),
        nn.Unflatten(1, (1, 28, 28)),
    )


def deep_49() -> nn.Module:
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(784, 147),
        nn.ReLU(),
        nn.Linear(147, 98),
        nn.ReLU(),
        nn.Linear(98, 49),
        nn.Linear(49, 98),
        nn.ReLU(),
        nn.Linear(98, 147),
        nn.ReLU(),
        nn.Linear(147, 784),
        nn.Sigmoid(),
        nn.Unflatten(1, (1, 28, 28)),
    )


def conv_49() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(1, 128, 7, padding=3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.ZeroPad2d((0, 1, 0, 1)),
        nn.Conv2d(128, 32, 2),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(32, 1, 7, padding=3),
        nn.ReLU(),
        nn.Conv2d(1, 32, 7, padding=3),
        nn.ReLU(),
        nn.Upsample(scale_factor=2),
        nn.ZeroPad2d((0, 1, 0, 1)),
        nn.Conv2d(32, 128, 2),
        nn.ReLU(),
        nn.Upsample(scale_factor=2),
        nn.Conv2d(128, 1, 7, padding=3),
        nn.Sigmoid(),
    )


class VAEConv2(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, 32, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(32, 64, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(64 * 7 * 7, 16),
            nn.ReLU(),
        )
        self.mean = nn.Linear(16, 2)
        self.log_variance = nn.Linear(16, 2)
        self.decoder = nn.Sequential(
            nn.Linear(2, 64 * 7 * 7),
            nn.ReLU(),
            nn.Unflatten(1, (64, 7, 7)),
            nn.ConvTranspose2d(64, 64, 3, stride=2, padding=1, output_padding=1),
            nn.ReLU(),
            nn.ConvTranspose2d(64, 32, 3, stride=2, padding=1, output_padding=1),
            nn.ReLU(),
            nn.ConvTranspose2d(32, 1, 3, padding=1),
            nn.Sigmoid(),
        )

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The reconstruction through one code drawn, and mean and log-variance of the code."""
        features = self.encoder(x)
        mean, log_variance = self.mean(features), self.log_variance(features)
        z = mean + torch.randn_like(mean) * torch.exp(0.5 * log_variance)
        return self.decoder(z), mean, log_variance


def bce(model: nn.Module, x: Tensor) -> Tensor:
    return F.binary_cross_entropy(model(x), x)


def mse(model: nn.Module, x: Tensor) -> Tensor:
    return F.mse_loss(model(x), x)


def negative_elbo(model: nn.Module, x: Tensor) -> Tensor:
    """BCE and KL divergence, summed over the batch."""
    reconstruction, mean, log_variance = model(x)
    kl = -0.5 * torch.sum(1 + log_variance - mean.pow(2) - log_variance.exp())
    return F.binary_cross_entropy(reconstruction, x, reduction="sum") + kl


@dataclass(frozen=True)
class Plain:
    """A network and its loss."""

    network: Callable[[], nn.Module]
    loss: Callable[[nn.Module, Tensor], Tensor]


PLAIN = {
    "tanh-3": Plain(tanh_3, mse),
    "dense-49": Plain(dense_49, bce),
    "deep-49": Plain(deep_49, bce),
    "vae-conv-2": Plain(VAEConv2, negative_elbo),
    "conv-49": Plain(conv_49, bce),
}
"""By the name of the preset whose published network it is."""


def mnist() -> Labelled:
    """The training images as torchvision gives them, one at a time.

    Raises:
        UserError: they are not where torchvision looks.
    """
    from torchvision.datasets import MNIST  # torchvision takes a second to import
    from torchvision.transforms import ToTensor

    root = settings().data
    if not (root / "MNIST" / "raw").is_dir():
        message = _(
            "torchvision looks for MNIST in {folder}, and there is no such folder. Set AE_DATA_DIR"
            " to the folder that holds it.",
            folder=root / "MNIST" / "raw",
        )
        raise UserError(message)
    found: Labelled = MNIST(str(root), train=True, transform=ToTensor())
    return found


def train(
    name: str, data: Labelled, *, batch_size: int, learning_rate: float, device: torch.device
) -> Iterator[float]:
    """Train without end, and give the running loss of the epoch after every step."""
    plain = PLAIN[name]
    model = plain.network().to(device)
    loader = DataLoader(data, batch_size=batch_size, shuffle=True)
    optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate)
    model.train()
    while True:
        running = 0.0
        for x, __ in loader:
            x = x.to(device)
            optimizer.zero_grad()
            loss = plain.loss(model, x)
            loss.backward()
            optimizer.step()
            running += loss.item()
            yield running

"""A classifier on the encoder of any autoencoder: the decoder taken off, a head put on the code.

x (n, c, h, w) -> the encoder -> code (n, d), standardised -> head -> logits (n, classes)
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from ae_core.models import Autoencoder
from ae_core.models.batches import AnyImages, in_batches
from ae_core.models.layers import mlp
from ae_core.types import Images, Labels

BATCH = 200
"""Images at a time, as in `evaluation.py`."""

SMALLEST_DEVIATION = 1e-4
"""A number of the code that moves less than this is left as it is."""

Logits = Float[Tensor, "n classes"]


class Classifier(nn.Module):
    """The encoder half of a copy of `model`, and a head that reads classes from its codes.

    Args:
        model: the autoencoder. What `encode` does not read is taken off the copy.
        classes: how many there are.
        head_width: width of the head's hidden layer (SiLU); 0 for a linear head.
    """

    code_mean: Tensor
    code_std: Tensor

    def __init__(self, model: Autoencoder, classes: int, *, head_width: int = 128) -> None:
        super().__init__()
        self.model = _encoder_half(model)
        hidden = (head_width,) if head_width else ()
        self.head = mlp((model.latent_dim, *hidden, classes), "silu")
        self.register_buffer("code_mean", torch.zeros(model.latent_dim))
        self.register_buffer("code_std", torch.ones(model.latent_dim))
        self.classes = classes

    @torch.no_grad()
    def standardise(self, images: AnyImages) -> None:
        """Give the codes of these images mean 0 and deviation 1 before they reach the head."""
        z = torch.cat([self.model.encode(x).float() for x in self._batches(images)])
        deviation = z.std(0, correction=0)
        self.code_mean.copy_(z.mean(0))
        self.code_std.copy_(deviation.where(deviation > SMALLEST_DEVIATION, 1.0))

    @torch.no_grad()
    def draw_head(self, generator: torch.Generator) -> None:
        """Draw the head's first weights; the last layer starts at zero, and so undecided."""
        layers = [layer for layer in self.head if isinstance(layer, nn.Linear)]
        for layer in layers:
            assert layer.bias is not None
            drawn = torch.randn(layer.weight.shape, generator=generator, device=generator.device)
            layer.weight.copy_(drawn * (2 / layer.in_features) ** 0.5)
            layer.bias.zero_()
        layers[-1].weight.zero_()

    def forward(self, x: Images) -> Logits:
        z = (self.model.encode(x).float() - self.code_mean) / self.code_std
        return self.head(z).float()

    @torch.no_grad()
    def predict(self, images: AnyImages) -> tuple[Labels, Logits]:
        """The likeliest class of each image, and the probability of every class.

        Raises:
            UserError: the images are not of the encoder's shape, or not in [0, 1].
        """
        self.eval()
        probabilities = torch.cat([self(x) for x in self._batches(images)]).softmax(1).cpu()
        return probabilities.argmax(1), probabilities

    def _batches(self, images: AnyImages) -> Iterator[Images]:
        for x in in_batches(images, self.model.image_shape, BATCH):
            yield x.to(self.code_mean.device)


class _Reads(TorchDispatchMode):
    """Remembers which tensors the operations inside it read."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.tensors: set[int] = set()

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        self.tensors |= {id(x) for x in tree_leaves((args, kwargs)) if isinstance(x, Tensor)}
        return func(*args, **(kwargs or {}))


def _encoder_half(model: Autoencoder) -> Autoencoder:
    """A copy without the parts that `encode` does not read: the decoder, whatever its name."""
    half = copy.deepcopy(model).eval().requires_grad_(True)
    device = next(half.parameters()).device
    with torch.no_grad(), _Reads() as read:
        half.encode(torch.zeros(1, *model.image_shape, device=device))
    for name, child in list(half.named_children()):
        weights = {id(each) for each in child.state_dict(keep_vars=True).values()}
        if weights and not weights & read.tensors:
            delattr(half, name)
    own = {**dict(half.named_parameters(recurse=False)), **dict(half.named_buffers(recurse=False))}
    for name, tensor in own.items():
        if id(tensor) not in read.tensors:
            delattr(half, name)
    return half

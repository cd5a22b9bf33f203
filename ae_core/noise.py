"""Ways to spoil an image, for denoising: each kind declares how strong it can be."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Generator, Tensor

from ae_core.errors import UserError
from ae_core.options import Option, Options, option
from ae_core.texts import _, shortened
from ae_core.types import Images


class Noise(Options, ABC):
    """Base of every kind of noise. `strength` names the option that says how strong it is."""

    kind: ClassVar[str]
    strength: ClassVar[str]

    def __init_subclass__(cls, *, kind: str = "", strength: str = "") -> None:
        if kind:
            cls.kind, cls.strength = kind, strength

    @abstractmethod
    def __call__(self, x: Images, generator: Generator | None = None) -> Images:
        """A spoilt copy of the images, in [0, 1]. The generator is on the images' device."""

    def at(self, strength: float) -> Noise:
        """The same noise at another strength; its other options stay."""
        return self.from_dict({**self.to_dict(), self.strength: strength})

    @classmethod
    def strength_option(cls) -> Option:
        """The declaration of `strength`, with its `low`, `high` and `default`."""
        return cls.declaration(cls.strength)

    def text(self) -> str:
        """The same in words, as `from_text` reads it: `gaussian:mean=0.5,std=0.5`."""
        return f"{self.kind}:" + ",".join(f"{k}={v}" for k, v in self.to_dict().items())

    def to_card(self) -> dict[str, Any]:
        """The kind and its options, as JSON can hold them; `from_card` reads it back."""
        return {"kind": self.kind, **self.to_dict()}


@dataclass(frozen=True)
class Gaussian(Noise, kind="gaussian", strength="std"):
    """Adds to each value a draw from N(mean, std^2)."""

    mean: float = option(0.5, "How much lighter the image becomes", low=0.0, high=1.0)
    std: float = option(0.5, "Standard deviation of the noise", low=0.0, high=1.0)

    def __call__(self, x: Images, generator: Generator | None = None) -> Images:
        drawn = torch.empty_like(x).normal_(self.mean, self.std, generator=generator)
        return drawn.add_(x).clamp_(0, 1)


@dataclass(frozen=True)
class SaltAndPepper(Noise, kind="salt_and_pepper", strength="amount"):
    """Makes single pixels white or black, with equal chances."""

    amount: float = option(0.3, "Share of the pixels that become white or black", low=0.0, high=1.0)

    def __call__(self, x: Images, generator: Generator | None = None) -> Images:
        drawn = _one_draw_a_pixel(x, generator)
        salt = (drawn < self.amount / 2).to(x.dtype)
        return torch.addcmul(salt, drawn.ge_(self.amount), x)


@dataclass(frozen=True)
class Masking(Noise, kind="masking", strength="amount"):
    """Blackens single pixels (Vincent et al. 2008).

    They blacken the same number of pixels in every image. Here each pixel has the same chance,
    which needs no sorting; of 784 pixels the share then scatters by 0.02.
    """

    amount: float = option(0.5, "Share of the pixels that become black", low=0.0, high=1.0)

    def __call__(self, x: Images, generator: Generator | None = None) -> Images:
        return x * _one_draw_a_pixel(x, generator).ge_(self.amount)


@dataclass(frozen=True)
class Blur(Noise, kind="blur", strength="sigma"):
    """Blurs by a Gaussian of which only the part inside the image counts. Draws nothing."""

    sigma: float = option(1.5, "Standard deviation of the blur in pixels", low=0.0, high=4.0)

    def __call__(self, x: Images, generator: Generator | None = None) -> Images:
        if self.sigma < 0.1:
            return x.clamp(0, 1)
        h, w = x.shape[2:]
        return (self._weights(h, x) @ x @ self._weights(w, x).T).clamp_(0, 1)

    def _weights(self, size: int, like: Tensor) -> Tensor:
        places = torch.arange(size, device=like.device, dtype=like.dtype) / self.sigma
        return (-0.5 * (places[:, None] - places).square()).softmax(dim=1)


@dataclass(frozen=True)
class LowResolution(Noise, kind="low_resolution", strength="factor"):
    """Gives each block of pixels its mean, as a camera with fewer pixels does. Draws nothing.

    Blocks are as even as whole pixels allow: of 28 pixels by a factor of 3, nine of 3 or 4.
    """

    factor: float = option(3.0, "How many times fewer pixels on a side", low=1.0, high=10.0)

    def __call__(self, x: Images, generator: Generator | None = None) -> Images:
        h, w = x.shape[2:]
        return (self._means(h, x) @ x @ self._means(w, x).T).clamp_(0, 1)

    def _means(self, size: int, like: Tensor) -> Tensor:
        blocks = max(1, round(size / self.factor))
        block = torch.arange(size, device=like.device) * blocks // size
        same = (block[:, None] == block).to(like.dtype)
        return same / same.sum(1, keepdim=True)


@dataclass(frozen=True)
class Contrast(Noise, kind="contrast", strength="lost"):
    """Takes contrast away: every value moves towards middle grey. Draws nothing."""

    lost: float = option(0.7, "Share of the contrast that is lost", low=0.0, high=1.0)

    def __call__(self, x: Images, generator: Generator | None = None) -> Images:
        return torch.lerp(x, torch.full_like(x, 0.5), self.lost).clamp_(0, 1)


PLAIN: tuple[type[Noise], ...] = (
    Gaussian, SaltAndPepper, Masking, Blur, LowResolution, Contrast,
)  # fmt: skip
"""What `Varied` draws from."""


@dataclass(frozen=True)
class Varied(Noise, kind="varied", strength="reach"):
    """For training one denoiser for every slider: another kind and strength for each batch.

    Each call draws one of the six plain kinds and, uniformly, each of its options between the
    lowest and `reach` of the way to the highest.
    """

    reach: float = option(
        1.0, "How much of every slider is used, from its low end", low=0.0, high=1.0
    )

    def __call__(self, x: Images, generator: Generator | None = None) -> Images:
        which, *shares = torch.rand(3, generator=generator, device=x.device).tolist()
        plain = PLAIN[int(which * len(PLAIN))]
        values = {}
        for each, share in zip(plain.declared(), shares, strict=False):
            assert each.low is not None and each.high is not None
            values[each.name] = each.low + share * self.reach * (each.high - each.low)
        return plain(**values)(x, generator)


KINDS: tuple[type[Noise], ...] = (*PLAIN, Varied)

NOISES: dict[str, type[Noise]] = {each.kind: each for each in KINDS}


def make(name: str, /, **options: Any) -> Noise:
    """Make a kind of noise by its name.

    Raises:
        UserError: an unknown name, or an option that the kind does not allow.
    """
    if name not in NOISES:
        raise UserError(
            _(
                "There is no noise {name}. There are: {noises}.",
                name=shortened(name), noises=", ".join(NOISES),
            )
        )  # fmt: skip
    return NOISES[name].from_dict(options)


def from_card(card: Mapping[str, Any]) -> Noise:
    """Read back what `to_card` wrote: `{"kind": "gaussian", "mean": 0.5, "std": 0.5}`.

    Raises:
        UserError: no or an unknown kind, or an option that the kind does not allow.
    """
    return make(str(card.get("kind", "")), **{k: v for k, v in card.items() if k != "kind"})


def from_text(text: str) -> Noise:
    """Read back what `text` wrote, as a command line takes it.

    Raises:
        UserError: an unknown kind, or an option that the kind does not allow.
    """
    kind, __, options = text.partition(":")
    values = {}
    for part in filter(None, options.split(",")):
        name, __, value = part.partition("=")
        try:
            values[name.strip()] = float(value)
        except ValueError as failure:
            raise UserError(_("{text!r} is not a number.", text=part)) from failure
    return make(kind, **values)


def _one_draw_a_pixel(x: Tensor, generator: Generator | None) -> Tensor:
    n, __, h, w = x.shape
    return torch.rand(n, 1, h, w, generator=generator, device=x.device, dtype=x.dtype)

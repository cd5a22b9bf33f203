"""What an image set is: images and labels, split for training and test."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from jaxtyping import Float32, Int64, UInt8
from torch import Tensor

from ae_core.accounts import ownership
from ae_core.texts import _
from ae_core.wording import NO_NOUN, Noun

DIGIT_NAMES = tuple("0123456789")

ONLY_CLASS = "image"
"""The only class of images without labels."""


@dataclass(frozen=True)
class ImageSetKey:
    """Which image set: its name, and the sha256 of all its pixels and labels."""

    name: str
    sha256: str

    def to_dict(self) -> dict[str, str]:
        """The key as a part of a question."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, str]) -> ImageSetKey:
        """The key in a question."""
        return cls(values["name"], values["sha256"])


@dataclass(frozen=True)
class Factor:
    """Something in which images differ: one of some `values`, or a number from `low` to `high`.

    `id` stands in addresses, `name` and `values` are messages.
    """

    id: str
    name: str
    values: tuple[str, ...] = ()
    low: float = 0.0
    high: float = 1.0
    unit: str = ""

    @property
    def is_discrete(self) -> bool:
        """Whether it is the place in `values`, and no amount."""
        return bool(self.values)


@dataclass(frozen=True, eq=False)
class Factors:
    """Which factors an image set was made of, and what each is in each image."""

    each: tuple[Factor, ...]
    train: Float32[Tensor, "train factors"]
    test: Float32[Tensor, "test factors"]


@dataclass(frozen=True, eq=False)
class ImageSet:
    """Images and labels, split. `sha256` is of all pixels and labels, in order.

    `noun` is what one of its images and several are called, where somebody has said so. `fit` and
    `invert` say how pictures became its images, as in `images.form`; `fit` is empty of others.
    `factors` are those of images that were drawn by code; of others nobody knows them.
    """

    name: str
    title: str
    train: UInt8[Tensor, "train c h w"]
    train_labels: Int64[Tensor, " train"]
    test: UInt8[Tensor, "test c h w"]
    test_labels: Int64[Tensor, " test"]
    classes: tuple[str, ...]
    sha256: str
    noun: Noun = NO_NOUN
    factors: Factors | None = None
    fit: str = ""
    invert: bool = False

    @property
    def key(self) -> ImageSetKey:
        """Which set this is, whatever becomes of its name."""
        return ImageSetKey(self.name, self.sha256)

    @property
    def shown_title(self) -> str:
        """Its title in the language of who reads it, where no person has given it."""
        return self.title if ownership.is_private(self.name) else _(self.title)

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """Channels, height, width."""
        channels, height, width = self.train.shape[1:]
        return channels, height, width


def sha256_of(*parts: Tensor) -> str:
    """The sha256 of the bytes of these tensors, one after the other."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.contiguous().numpy().data)
    return digest.hexdigest()

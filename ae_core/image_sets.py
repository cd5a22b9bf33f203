"""The image sets: `mnist`, where it can be had, `digits`, which is always there, and people's own.

The first two come as bytes, 28 x 28, one channel, white ink on black, split once and for all:

- `mnist`: the 60,000 training and 10,000 test images as published (LeCun et al. 1998), read from
  `AE_DATA_DIR` or from where `fetch_mnist` puts them, and mapped into memory, not copied.
- `digits`: scikit-learn's 1,797 handwritten digits (Alpaydin and Kaynak 1998), brought from 8 x 8
  into MNIST's form. Every fifth image is a test image: 360, and 1,437 to train on.

What people made has a name that begins with `my-`, and any classes; see `stored_sets`.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import torch
from jaxtyping import Int64, UInt8
from torch import Tensor

from ae_core import belongings, stored_sets
from ae_core.digit_form import to_mnist_form
from ae_core.errors import UserError
from ae_core.settings import settings

TITLES = {"mnist": "MNIST", "digits": "Built-in digits"}
NAMES = tuple(TITLES)

MNIST_SHA256 = "06b0d1f124c4e5fa796686ade41a9b778edacc8622f2195a352ef479ad44fc16"
MNIST_DOWNLOAD_BYTES = 11_594_722

DIGIT_NAMES = tuple("0123456789")


@dataclass(frozen=True, eq=False)
class ImageSet:
    """Images and labels, split. `sha256` is of all pixels and labels, in order."""

    name: str
    title: str
    train: UInt8[Tensor, "train c h w"]
    train_labels: Int64[Tensor, " train"]
    test: UInt8[Tensor, "test c h w"]
    test_labels: Int64[Tensor, " test"]
    classes: tuple[str, ...]
    sha256: str

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """Channels, height, width."""
        channels, height, width = self.train.shape[1:]
        return channels, height, width


def available() -> list[str]:
    """Names of the sets that `load` can give now, without asking the internet.

    Those that people made are theirs: `belongings.visible` says who may see which.
    """
    built_in = [name for name in NAMES if name != "mnist" or _mnist_folder() is not None]
    return built_in + [name for name in stored_sets.names() if belongings.is_private(name)]


def load(name: str) -> ImageSet:
    """The image set of that name.

    Raises:
        UserError: no such set, or its files are missing, cut short or changed.
    """
    if name == "mnist":
        return _mnist()
    if name == "digits":
        return _digits()
    if belongings.is_private(name):
        return _stored(name)
    raise UserError(f"There is no image set {name!r}. There are: {', '.join(NAMES)}.")


def titles(names: Collection[str]) -> dict[str, str]:
    """What each of these sets is called; those whose card is broken are left out."""
    found = {name: TITLES[name] for name in names if name in TITLES}
    for name in filter(belongings.is_private, names):
        with suppress(UserError):
            found[name] = stored_sets.card(name).title
    return found


def class_names(name: str) -> tuple[str, ...]:
    """The classes of a set; none where it is gone or broken."""
    if name in TITLES:
        return DIGIT_NAMES
    with suppress(UserError):
        return tuple(stored_sets.card(name).classes)
    return ()


def delete(name: str) -> None:
    """Take away a set that somebody made, and that it was theirs; the built-in ones stay.

    Raises:
        UserError: its record cannot be changed.
    """
    if belongings.is_private(name):
        stored_sets.delete(name)
        belongings.remove(name)


def fetch_mnist() -> Iterator[float]:
    """Download MNIST with torchvision, which checks every file, and give the share that is done.

    The files appear where `load` looks only when all of them are whole.

    Raises:
        UserError: it could not be downloaded.
    """
    from torchvision.datasets import MNIST  # torchvision takes a second to import

    data = settings().data
    failures: list[Exception] = []

    def download(root: str) -> None:
        try:
            MNIST(root, download=True)
        except Exception as failure:  # noqa: BLE001 - whatever it was, the person reads it
            failures.append(failure)

    try:
        data.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=data, prefix=".mnist-") as partial:
            worker = Thread(target=download, args=(partial,), daemon=True)
            worker.start()
            while worker.is_alive():
                worker.join(0.2)
                here = sum(path.stat().st_size for path in Path(partial).rglob("*.gz"))
                yield min(1.0, here / MNIST_DOWNLOAD_BYTES)
            if not failures:
                (Path(partial) / "MNIST").replace(data / "MNIST")
                yield 1.0
    except OSError as failure:
        failures.append(failure)
    if failures:
        raise UserError(
            f"MNIST could not be downloaded ({_brief(failures[0])}). Check the connection, or put"
            " the MNIST folder there by hand and set AE_DATA_DIR to the folder that holds it."
        )


def _brief(failure: Exception) -> str:
    return (str(failure).strip() or type(failure).__name__).splitlines()[-1][:120]


def _mnist_folder() -> Path | None:
    """The folder with MNIST's four files: `AE_DATA_DIR` itself, or MNIST/raw inside it."""
    data = settings().data
    for folder in (data / "MNIST" / "raw", data / "raw", data):
        if (folder / "train-images-idx3-ubyte").is_file():
            return folder
    return None


def _mnist() -> ImageSet:
    folder = _mnist_folder()
    if folder is None:
        raise UserError(
            f"MNIST is not in {settings().data}. Fetch it with `python -m ae_core fetch`, or set"
            " AE_DATA_DIR to a folder that holds MNIST/raw. The set `digits` is always there."
        )
    train = _idx(folder / "train-images-idx3-ubyte", (60_000, 28, 28)).unsqueeze(1)
    train_labels = _idx(folder / "train-labels-idx1-ubyte", (60_000,))
    test = _idx(folder / "t10k-images-idx3-ubyte", (10_000, 28, 28)).unsqueeze(1)
    test_labels = _idx(folder / "t10k-labels-idx1-ubyte", (10_000,))
    digest = _sha256(train, train_labels, test, test_labels)
    if digest != MNIST_SHA256:
        raise UserError(
            f"The files in {folder} are not MNIST as published: some byte is different. Delete"
            " them and run `python -m ae_core fetch`."
        )
    return ImageSet(
        name="mnist",
        title=TITLES["mnist"],
        train=train,
        train_labels=train_labels.long(),
        test=test,
        test_labels=test_labels.long(),
        classes=DIGIT_NAMES,
        sha256=digest,
    )


def _idx(path: Path, shape: tuple[int, ...]) -> Tensor:
    """The bytes of an IDX file, mapped and not read; the header is checked against `shape`."""
    header = bytes([0, 0, 8, len(shape)]) + b"".join(size.to_bytes(4, "big") for size in shape)
    expected = len(header) + torch.Size(shape).numel()
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(len(header))
    except OSError as failure:
        raise UserError(
            f"MNIST's file {path.name} cannot be read from {path.parent} ({failure.strerror})."
            " Delete the folder and run `python -m ae_core fetch`."
        ) from failure
    if size != expected or start != header:
        raise UserError(
            f"MNIST's file {path.name} in {path.parent} is cut short or is something else:"
            f" {size:,} bytes, not {expected:,}. Delete it and run `python -m ae_core fetch`."
        )
    mapped = torch.from_file(str(path), shared=False, size=expected, dtype=torch.uint8)
    return mapped[len(header) :].view(shape)


def _digits() -> ImageSet:
    from sklearn.datasets import load_digits  # scikit-learn takes a second to import

    source = load_digits()
    eighth = torch.from_numpy(source.images).float().div(16).unsqueeze(1)
    images = to_mnist_form(eighth).mul(255).round().to(torch.uint8)
    labels = torch.from_numpy(source.target).long()
    is_test = torch.arange(len(images)) % 5 == 0
    train, test = images[~is_test], images[is_test]
    train_labels, test_labels = labels[~is_test], labels[is_test]
    return ImageSet(
        name="digits",
        title=TITLES["digits"],
        train=train,
        train_labels=train_labels,
        test=test,
        test_labels=test_labels,
        classes=DIGIT_NAMES,
        sha256=_sha256(train, train_labels, test, test_labels),
    )


def _stored(name: str) -> ImageSet:
    card, tensors = stored_sets.read(name)
    return ImageSet(
        name=card.name,
        title=card.title,
        **tensors,
        classes=tuple(card.classes),
        sha256=card.sha256,
    )


def _sha256(*parts: Tensor) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.contiguous().numpy().data)
    return digest.hexdigest()

"""Published image sets that torchvision knows and whose images fit here, fetched by name.

Each becomes a stored set of this installation, with its own split into training and test images.
torchvision downloads and checks the files; those that lie in `AE_DATA_DIR` as it leaves them are
taken from there.
"""

from __future__ import annotations

import string
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ae_core.errors import UserError
from ae_core.image_sets import stored
from ae_core.image_sets.base import DIGIT_NAMES
from ae_core.image_sets.stored import SetCard
from ae_core.settings import settings
from ae_core.texts import _

BLOCK = 1024


@dataclass(frozen=True)
class Published:
    """A published set; `opened` gives torchvision's object for "train" or "test" of a folder."""

    title: str
    source: str
    classes: tuple[str, ...]
    megabytes: int
    opened: Callable[[Path, str, bool], Any]
    is_transposed: bool = False


def _named(kind: str, **options: Any) -> Callable[[Path, str, bool], Any]:
    """Opens a set of torchvision's that is told which part by `train`."""

    def opened(root: Path, part: str, download: bool) -> Any:
        from torchvision import datasets  # torchvision takes a second to import

        return getattr(datasets, kind)(root, train=part == "train", download=download, **options)

    return opened


def _qmnist(root: Path, part: str, download: bool) -> Any:
    from torchvision.datasets import QMNIST

    return QMNIST(root, what="train" if part == "train" else "test10k", download=download)


def _svhn(root: Path, part: str, download: bool) -> Any:
    from torchvision.datasets import SVHN

    return SVHN(root, split=part, download=download)


CLOTHES = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker",
           "Bag", "Ankle boot")  # fmt: skip
KANA = ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo")
THINGS = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")

PUBLISHED = {
    "fashion-mnist": Published(
        "Fashion-MNIST", "Xiao et al. 2017, arXiv:1708.07747", CLOTHES, 31, _named("FashionMNIST")
    ),
    "kmnist": Published(
        "KMNIST", "Clanuwat et al. 2018, arXiv:1812.01718", KANA, 21, _named("KMNIST")
    ),
    "emnist-letters": Published(
        "EMNIST letters", "Cohen et al. 2017, arXiv:1702.05373", tuple(string.ascii_lowercase),
        562, _named("EMNIST", split="letters"), is_transposed=True,
    ),
    "qmnist": Published(
        "QMNIST", "Yadav and Bottou 2019, arXiv:1905.10498", DIGIT_NAMES, 21, _qmnist
    ),
    "usps": Published("USPS", "Hull 1994", DIGIT_NAMES, 8, _named("USPS")),
    "svhn": Published("SVHN", "Netzer et al. 2011", DIGIT_NAMES, 246, _svhn),
    "cifar-10": Published("CIFAR-10", "Krizhevsky 2009", THINGS, 170, _named("CIFAR10")),
}  # fmt: skip


def is_here(name: str) -> bool:
    """Whether a set has been fetched."""
    return name in stored.names()


def fetch(name: str) -> Iterator[float]:
    """Take a published set in, from `AE_DATA_DIR` or from the internet; gives the share done.

    Raises:
        UserError: there is none of this name, or its files cannot be had.
    """
    if name not in PUBLISHED:
        known = ", ".join(PUBLISHED)
        raise UserError(
            _("There is no published set {name!r} here. There are: {names}.", name=name,
              names=known)
        )  # fmt: skip
    published, data = PUBLISHED[name], settings().data
    if (parts := _opened(published, data)) is not None:
        _keep(name, published, parts)
        return
    try:
        data.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=data, prefix=f".{name}-") as folder:
            yield from _download(published, Path(folder))
            parts = _opened(published, Path(folder))
            assert parts is not None
            _keep(name, published, parts)
    except OSError as failure:
        raise _not_there(published, failure) from failure
    yield 1.0


def _opened(published: Published, folder: Path) -> list[Any] | None:
    """torchvision's training and test part in a folder; None where they are not there, whole."""
    try:
        return [published.opened(folder, part, False) for part in ("train", "test")]
    except Exception:  # noqa: BLE001 - each kind says in its own way that it is not there
        return None


def _download(published: Published, folder: Path) -> Iterator[float]:
    """Download both parts, checked by torchvision; gives the share that is there.

    Raises:
        UserError: it does not go.
    """
    failures: list[Exception] = []

    def download() -> None:
        try:
            for part in ("train", "test"):
                published.opened(folder, part, True)
        except Exception as failure:  # noqa: BLE001 - whatever it was, the person reads it
            failures.append(failure)

    worker = Thread(target=download, daemon=True)
    worker.start()
    while worker.is_alive():
        worker.join(0.2)
        here = sum(path.stat().st_size for path in folder.rglob("*.*") if path.is_file())
        yield min(0.99, here / (published.megabytes * 1e6))
    if failures:
        raise _not_there(published, failures[0])


def _not_there(published: Published, failure: Exception) -> UserError:
    reason = (str(failure).strip() or type(failure).__name__).splitlines()[-1][:120]
    return UserError(
        _(
            "{title} could not be downloaded ({reason}). Check the connection, or put its files"
            " into {folder} as torchvision leaves them.",
            title=published.title, reason=reason, folder=settings().data,
        )
    )  # fmt: skip


def _keep(name: str, published: Published, parts: list[Any]) -> None:
    """Write both parts as a stored set."""
    images = [_images(part, published) for part in parts]
    given = [np.asarray(getattr(part, "targets", getattr(part, "labels", ()))) for part in parts]
    # QMNIST says more than the class, and EMNIST counts its letters from 1.
    classes = [each.reshape(len(each), -1)[:, 0].astype(np.int64) for each in given]
    train, test = (each - each.min() for each in classes)
    card = SetCard(
        name=name, title=published.title, classes=list(published.classes),
        image_shape=tuple(images[0].shape[1:]), train=len(images[0]), test=len(images[1]),
    )  # fmt: skip
    stored.write(card, (train, test), (_blocks(images[0]), _blocks(images[1])))


def _images(part: Any, published: Published) -> NDArray[np.uint8]:
    """All images of a part, (n, c, h, w)."""
    images = np.asarray(part.data)
    if images.ndim == 3:
        images = images.transpose(0, 2, 1) if published.is_transposed else images
        return images[:, None]
    return images if images.shape[1] == 3 else images.transpose(0, 3, 1, 2)


def _blocks(images: NDArray[np.uint8]) -> Iterator[bytes]:
    return (images[start : start + BLOCK].tobytes() for start in range(0, len(images), BLOCK))

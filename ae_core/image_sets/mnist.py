"""MNIST (LeCun et al. 1998): downloaded, checked by sha256, and mapped into memory.

Read from `AE_DATA_DIR` or from where `fetch` puts it; 28 x 28, one channel, white ink on black.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import torch
from torch import Tensor

from ae_core.errors import UserError
from ae_core.image_sets.base import DIGIT_NAMES, ImageSet, sha256_of
from ae_core.settings import settings
from ae_core.texts import _
from ae_core.wording import DIGITS

TITLE = "MNIST"
SHA256 = "06b0d1f124c4e5fa796686ade41a9b778edacc8622f2195a352ef479ad44fc16"
"""Of all pixels and labels, training before test."""

DOWNLOAD_BYTES = 11_594_722


def fetch() -> Iterator[float]:
    """Download MNIST with torchvision, which checks every file, and yield the share that is done.

    The files appear where `find` looks only when all of them are whole.

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
                yield min(1.0, here / DOWNLOAD_BYTES)
            if not failures:
                (Path(partial) / "MNIST").replace(data / "MNIST")
                yield 1.0
    except OSError as failure:
        failures.append(failure)
    if failures:
        raise UserError(
            _(
                "MNIST could not be downloaded ({reason}). Check the connection, or put the MNIST"
                " folder there by hand and set AE_DATA_DIR to the folder that holds it.",
                reason=_brief(failures[0]),
            )
        )


def _brief(failure: Exception) -> str:
    return (str(failure).strip() or type(failure).__name__).splitlines()[-1][:120]


def find() -> Path | None:
    """The folder with MNIST's four files: `AE_DATA_DIR` itself, or MNIST/raw inside it."""
    data = settings().data
    for folder in (data / "MNIST" / "raw", data / "raw", data):
        if (folder / "train-images-idx3-ubyte").is_file():
            return folder
    return None


def load() -> ImageSet:
    """The 60,000 training and 10,000 test images.

    Raises:
        UserError: their files are missing, cut short or changed.
    """
    folder = find()
    if folder is None:
        raise UserError(
            _(
                "MNIST is not in {folder}. Fetch it with `python -m ae_core fetch`, or set"
                " AE_DATA_DIR to a folder that holds MNIST/raw. The set `digits` is always there.",
                folder=settings().data,
            )
        )
    train = _idx(folder / "train-images-idx3-ubyte", (60_000, 28, 28)).unsqueeze(1)
    train_labels = _idx(folder / "train-labels-idx1-ubyte", (60_000,))
    test = _idx(folder / "t10k-images-idx3-ubyte", (10_000, 28, 28)).unsqueeze(1)
    test_labels = _idx(folder / "t10k-labels-idx1-ubyte", (10_000,))
    digest = sha256_of(train, train_labels, test, test_labels)
    if digest != SHA256:
        raise UserError(
            _(
                "The files in {folder} are not MNIST as published: some byte is different. Delete"
                " them and run `python -m ae_core fetch`.",
                folder=folder,
            )
        )
    return ImageSet(
        name="mnist",
        title=TITLE,
        train=train,
        train_labels=train_labels.long(),
        test=test,
        test_labels=test_labels.long(),
        classes=DIGIT_NAMES,
        sha256=digest,
        noun=DIGITS,
    )


def _idx(path: Path, shape: tuple[int, ...]) -> Tensor:
    """The bytes of an IDX file, mapped into memory; its header is checked against `shape`."""
    header = bytes([0, 0, 8, len(shape)]) + b"".join(size.to_bytes(4, "big") for size in shape)
    expected = len(header) + torch.Size(shape).numel()
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(len(header))
    except OSError as failure:
        raise UserError(
            _(
                "MNIST's file {file} cannot be read from {folder} ({reason}). Delete the folder and"
                " run `python -m ae_core fetch`.",
                file=path.name,
                folder=path.parent,
                reason=failure.strerror,
            )
        ) from failure
    if size != expected or start != header:
        raise UserError(
            _(
                "MNIST's file {file} in {folder} is cut short or is something else: {size:,} bytes,"
                " not {expected:,}. Delete it and run `python -m ae_core fetch`.",
                file=path.name,
                folder=path.parent,
                size=size,
                expected=expected,
            )
        )
    mapped = torch.from_file(str(path), shared=False, size=expected, dtype=torch.uint8)
    return mapped[len(header) :].view(shape)

"""Published sets, from files as torchvision leaves them: each test writes a few images."""

from __future__ import annotations

import bz2
import json
import pickle  # noqa: TID251 - CIFAR-10 is published so; torchvision checks its md5 first
from collections.abc import Callable
from hashlib import md5
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import io as scipy_io
from torchvision import datasets

from ae_core import image_sets
from ae_core.cli import main
from ae_core.errors import UserError
from ae_core.image_sets import published
from ae_core.settings import settings

COUNT = 12


def images(part: str, size: int, channels: int = 1) -> np.ndarray:
    """(n, c, h, w), other ones for each part."""
    shape = (COUNT, channels, size, size)
    return np.random.default_rng(len(part)).integers(0, 256, shape, np.uint8)


def labels(first: int = 0) -> np.ndarray:
    return first + np.arange(COUNT) % 10


def idx(array: np.ndarray) -> bytes:
    kinds = {"uint8": 8, "int32": 0x0C}
    start = bytes([0, 0, kinds[array.dtype.name], array.ndim])
    sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
    return start + sizes + array.astype(array.dtype.newbyteorder(">")).tobytes()


def put(path: Path, data: bytes) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return md5(data, usedforsecurity=False).hexdigest()


def as_mnist(folder: str, prefix: str = "", first: int = 0) -> Callable[[Path, Any], None]:
    def write(root: Path, _patch: Any) -> None:
        for part, name in (("train", "train"), ("test", "t10k" if not prefix else "test")):
            raw = root / folder / "raw"
            pixels = images(part, 28)[:, 0]
            pixels = pixels.transpose(0, 2, 1) if prefix else pixels
            put(raw / f"{prefix}{name}-images-idx3-ubyte", idx(np.ascontiguousarray(pixels)))
            put(raw / f"{prefix}{name}-labels-idx1-ubyte", idx(labels(first).astype(np.uint8)))

    return write


def as_emnist(root: Path, patch: Any) -> None:
    as_mnist("EMNIST", "emnist-letters-", first=1)(root, patch)


def as_qmnist(root: Path, _patch: Any) -> None:
    raw = root / "QMNIST" / "raw"
    for part in ("train", "test"):
        wide = np.zeros((60_000 if part == "test" else COUNT, 8), np.int32)
        wide[:COUNT, 0] = labels()
        pixels = np.zeros((len(wide), 28, 28), np.uint8)
        pixels[:COUNT] = images(part, 28)[:, 0]
        put(raw / f"qmnist-{part}-images-idx3-ubyte", idx(pixels))
        put(raw / f"qmnist-{part}-labels-idx2-int", idx(wide))


def as_usps(root: Path, _patch: Any) -> None:
    for part, name in (("train", "usps.bz2"), ("test", "usps.t.bz2")):
        lines = [
            f"{label + 1} " + " ".join(f"{i + 1}:{value / 127.5 - 1:.4f}"
                                       for i, value in enumerate(pixels.reshape(-1)))
            for label, pixels in zip(labels(), images(part, 16), strict=True)
        ]  # fmt: skip
        put(root / name, bz2.compress("\n".join(lines).encode()))


def as_svhn(root: Path, patch: pytest.MonkeyPatch) -> None:
    kept = dict(datasets.SVHN.split_list)
    for part in ("train", "test"):
        path = root / f"{part}_32x32.mat"
        digits = np.where(labels() == 0, 10, labels())
        path.parent.mkdir(parents=True, exist_ok=True)
        pixels = images(part, 32, 3).transpose(2, 3, 1, 0)
        scipy_io.savemat(path, {"X": pixels, "y": digits[:, None]})
        kept[part] = [kept[part][0], path.name, put(path, path.read_bytes())]
    patch.setattr(datasets.SVHN, "split_list", kept)


def as_cifar(root: Path, patch: pytest.MonkeyPatch) -> None:
    folder = root / "cifar-10-batches-py"
    for part, name in (("train", "data_batch_1"), ("test", "test_batch")):
        entry = {"data": images(part, 32, 3).reshape(COUNT, -1), "labels": labels().tolist()}
        checksum = put(folder / name, pickle.dumps(entry))
        patch.setattr(datasets.CIFAR10, f"{part}_list", [[name, checksum]])
    meta = put(folder / "batches.meta", pickle.dumps({"label_names": ["x"] * 10}))
    patch.setattr(
        datasets.CIFAR10, "meta", {"filename": "batches.meta", "key": "label_names", "md5": meta}
    )


WRITTEN: dict[str, tuple[Callable[[Path, Any], None], int, int]] = {
    "fashion-mnist": (as_mnist("FashionMNIST"), 28, 1),
    "kmnist": (as_mnist("KMNIST"), 28, 1),
    "emnist-letters": (as_emnist, 28, 1),
    "qmnist": (as_qmnist, 28, 1),
    "usps": (as_usps, 16, 1),
    "svhn": (as_svhn, 32, 3),
    "cifar-10": (as_cifar, 32, 3),
}


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AE_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.mark.parametrize("name", published.PUBLISHED)
def test_each_is_taken_from_where_torchvision_left_it(
    name: str, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, size, channels = WRITTEN[name]
    write(data, monkeypatch)
    list(published.fetch(name))
    found = image_sets.load(name)
    assert name in image_sets.available()
    assert found.title == published.PUBLISHED[name].title
    assert found.classes == published.PUBLISHED[name].classes
    slack = 1 if name == "usps" else 0
    for part, pixels, its_labels in (
        ("train", found.train, found.train_labels), ("test", found.test, found.test_labels),
    ):  # fmt: skip
        apart = pixels[:COUNT].numpy().astype(int) - images(part, size, channels)
        assert np.abs(apart).max() <= slack
        assert its_labels[:COUNT].tolist() == labels().tolist()


def test_without_files_and_without_a_connection_it_says_what_to_do(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_values: Any, **_named: Any) -> None:
        raise OSError("no route to host")

    monkeypatch.setattr("urllib.request.urlopen", refuse)
    with pytest.raises(UserError, match=r"KMNIST could not be downloaded .*Check the connection"):
        list(published.fetch("kmnist"))
    assert list(data.iterdir()) == []
    assert not published.is_here("kmnist")


def test_the_command_lists_them_and_fetches_by_name(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    as_mnist("KMNIST")(data, monkeypatch)
    with pytest.raises(SystemExit):
        main.main(["datasets", "kmnist", "--json"])
    said = json.loads(capsys.readouterr().out)
    assert [name for name, each in said.items() if each["here"]] == ["kmnist"]
    with pytest.raises(SystemExit):
        main.main(["datasets"])
    assert "Fashion-MNIST" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main.main(["datasets", "imagenet"])
    assert "There are: fashion-mnist" in " ".join(capsys.readouterr().err.split())
    assert settings().data == data

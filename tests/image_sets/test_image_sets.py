"""The image sets: what they hold, and what is said when their files are not whole."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.error import URLError

import pytest
import torch
import torchvision

from ae_core import image_sets
from ae_core.errors import UserError
from ae_core.image_sets import ImageSet, ImageSetKey
from ae_core.image_sets.mnist import DOWNLOAD_BYTES, fetch
from tests.conftest import Mnist

DIGITS_SHA256 = "0651000c9a08a559b2a7dcbd0edb340ffcad446fa1da6ac1fc92b594d2d88bfb"

FILES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)
each_file = pytest.mark.parametrize("name", FILES)


@pytest.fixture
def copied(mnist: Mnist, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """MNIST's files where a test may spoil them: links, but for the small ones."""
    folder = tmp_path / "copied"
    folder.mkdir()
    for name in FILES:
        source = mnist.raw / name
        if source.stat().st_size < 100_000:
            shutil.copyfile(source, folder / name)
        else:
            (folder / name).symlink_to(source)
    monkeypatch.setenv("AE_DATA_DIR", str(folder))
    return folder


def pixels_of(images: torch.Tensor) -> set[bytes]:
    return {image.numpy().tobytes() for image in images}


def check_form(images: ImageSet, train: int, test: int) -> None:
    assert images.train.shape == (train, 1, 28, 28)
    assert images.test.shape == (test, 1, 28, 28)
    assert images.train.dtype == images.test.dtype == torch.uint8
    assert images.train_labels.shape == (train,)
    assert images.test_labels.shape == (test,)
    assert images.image_shape == (1, 28, 28)
    for labels in (images.train_labels, images.test_labels):
        assert labels.dtype == torch.int64
        assert set(labels.tolist()) == set(range(10))
    assert images.classes == tuple("0123456789")
    for part in (images.train, images.test):
        assert (part.min().item(), part.max().item()) == (0, 255)


def test_the_digits_are_split_into_1437_to_train_on_and_360_to_test(digits: ImageSet) -> None:
    check_form(digits, 1437, 360)
    assert (digits.name, digits.title) == ("digits", "Built-in digits")


def test_the_digits_are_always_the_same_bytes(digits: ImageSet) -> None:
    assert digits.sha256 == DIGITS_SHA256
    assert image_sets.load("digits").sha256 == DIGITS_SHA256


def test_no_digit_is_both_a_training_and_a_test_image(digits: ImageSet) -> None:
    train, test = pixels_of(digits.train), pixels_of(digits.test)
    assert len(train) == 1437
    assert len(test) == 360
    assert not train & test


def test_both_parts_of_the_digits_hold_about_as_many_of_each_class(digits: ImageSet) -> None:
    for labels in (digits.train_labels, digits.test_labels):
        shares = labels.bincount() / len(labels)
        assert 0.06 < shares.min().item() <= shares.max().item() < 0.15


def test_the_digits_are_white_ink_on_black_in_the_middle(digits: ImageSet) -> None:
    frame = torch.ones(28, 28, dtype=torch.bool)
    frame[2:-2, 2:-2] = False
    mean = digits.train.float().mean((0, 1))
    assert mean[frame].mean().item() < 5
    assert mean[10:18, 10:18].mean().item() > 60


def test_mnist_has_60000_images_to_train_on_and_10000_to_test(mnist: Mnist) -> None:
    images = image_sets.load("mnist")
    check_form(images, 60_000, 10_000)
    assert (images.name, images.title) == ("mnist", "MNIST")
    assert images.sha256 == mnist.sha256


def test_no_image_of_mnist_is_both_a_training_and_a_test_image(mnist: Mnist) -> None:
    images = image_sets.load("mnist")
    assert not pixels_of(images.train) & pixels_of(images.test)


@pytest.mark.parametrize("layout", ["MNIST/raw", "raw", "."])
def test_mnist_is_found_in_each_layout(
    layout: str, mnist: Mnist, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "here"
    (folder / layout).mkdir(parents=True)
    for name in FILES:
        (folder / layout / name).symlink_to(mnist.raw / name)
    monkeypatch.setenv("AE_DATA_DIR", str(folder))
    assert image_sets.available() == ["mnist", "digits", "shapes"]
    assert image_sets.load("mnist").sha256 == mnist.sha256


def test_where_mnist_is_not_there_are_the_digits_and_the_shapes(tmp_path: Path) -> None:
    assert image_sets.available() == ["digits", "shapes"]
    with pytest.raises(UserError, match="MNIST is not in") as refused:
        image_sets.load("mnist")
    assert str(tmp_path / "data") in str(refused.value)
    assert "python -m ae_core fetch" in str(refused.value)
    assert "AE_DATA_DIR" in str(refused.value)


def test_without_a_data_folder_mnist_is_looked_for_where_people_keep_things(
    mnist: Mnist, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AE_DATA_DIR")
    assert image_sets.available() == ["digits", "shapes"]
    (home / "data").mkdir(parents=True)
    (home / "data" / "raw").symlink_to(mnist.raw)
    assert image_sets.load("mnist").sha256 == mnist.sha256


def test_an_unknown_set_is_refused_and_the_known_ones_are_named() -> None:
    with pytest.raises(
        UserError, match=r"no image set 'letters'\. There are: mnist, digits, shapes\."
    ):
        image_sets.load("letters")


@each_file
def test_a_file_that_is_cut_short_is_named(name: str, copied: Path) -> None:
    whole = (copied / name).read_bytes()
    (copied / name).unlink()
    for kept in (0, 7, len(whole) - 1):
        (copied / name).write_bytes(whole[:kept])
        with pytest.raises(UserError, match=f"MNIST's file {name} in .* is cut short") as refused:
            image_sets.load("mnist")
        assert f"{kept:,} bytes, not {len(whole):,}" in str(refused.value)
        assert "run `python -m ae_core fetch`" in str(refused.value)


@each_file
def test_a_file_that_is_something_else_is_named(name: str, copied: Path) -> None:
    size = (copied / name).stat().st_size
    (copied / name).unlink()
    with (copied / name).open("wb") as zeros:
        zeros.truncate(size)
    with pytest.raises(UserError, match=f"MNIST's file {name} in .* is something else"):
        image_sets.load("mnist")


@pytest.mark.parametrize("name", FILES[1:])
def test_a_file_that_is_missing_is_named(name: str, copied: Path) -> None:
    (copied / name).unlink()
    with pytest.raises(UserError, match=f"MNIST's file {name} cannot be read from") as refused:
        image_sets.load("mnist")
    assert "No such file or directory" in str(refused.value)
    assert "run `python -m ae_core fetch`" in str(refused.value)


def test_a_file_with_another_byte_in_it_is_not_mnist(copied: Path) -> None:
    labels = bytearray((copied / FILES[1]).read_bytes())
    labels[100] ^= 1
    (copied / FILES[1]).write_bytes(labels)
    with pytest.raises(UserError, match="not MNIST as published") as refused:
        image_sets.load("mnist")
    assert str(copied) in str(refused.value)
    assert "run `python -m ae_core fetch`" in str(refused.value)


def test_changing_the_images_in_memory_leaves_the_files_alone(copied: Path) -> None:
    before = (copied / FILES[1]).read_bytes()
    images = image_sets.load("mnist")
    images.train[0].zero_()
    images.train_labels[0] = 11
    assert (copied / FILES[1]).read_bytes() == before
    assert image_sets.load("mnist").train[0].any()


def downloads(monkeypatch: pytest.MonkeyPatch, download: Callable[[Path], None]) -> None:
    """Put something in place of torchvision's download."""

    def pretended(root: str, **_: Any) -> None:
        download(Path(root) / "MNIST" / "raw")

    monkeypatch.setattr(torchvision.datasets, "MNIST", pretended)


def test_fetching_gives_the_share_that_is_done_and_then_mnist_is_there(
    mnist: Mnist, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AE_DATA_DIR", str(tmp_path / "new" / "data"))
    began = threading.Event()

    def copy(raw: Path) -> None:
        raw.mkdir(parents=True)
        (raw / "half.gz").write_bytes(bytes(DOWNLOAD_BYTES // 2))
        began.wait(10)
        for name in FILES:
            shutil.copyfile(mnist.raw / name, raw / name)

    downloads(monkeypatch, copy)
    shares = fetch()
    assert next(shares) == pytest.approx(0.5, abs=0.01)
    assert image_sets.available() == ["digits", "shapes"]
    began.set()
    rest = list(shares)
    assert rest == sorted(rest)
    assert rest[-1] == 1
    assert image_sets.load("mnist").sha256 == mnist.sha256
    assert [path.name for path in (tmp_path / "new" / "data").iterdir()] == ["MNIST"]


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (URLError("[Errno -2] Name or service not known"), "Name or service not known"),
        (RuntimeError("Error downloading x.gz:\nTried y, got:\n<urlopen error no>\n"), "error no"),
        (RuntimeError(), "RuntimeError"),
        (TimeoutError("timed out"), "timed out"),
    ],
    ids=lambda part: type(part).__name__ if isinstance(part, Exception) else "",
)
def test_without_internet_fetching_ends_in_a_sentence_and_leaves_nothing_behind(
    failure: Exception, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(raw: Path) -> None:
        raw.mkdir(parents=True)
        (raw / "train-images-idx3-ubyte.gz").write_bytes(b"half of it")
        raise failure

    downloads(monkeypatch, refuse)
    with pytest.raises(UserError, match="MNIST could not be downloaded") as refused:
        list(fetch())
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)
    assert "set AE_DATA_DIR" in str(refused.value)
    assert list((tmp_path / "data").iterdir()) == []


def test_a_data_folder_that_is_a_file_ends_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("AE_DATA_DIR", str(tmp_path / "file"))
    downloads(monkeypatch, lambda raw: None)
    with pytest.raises(UserError, match="MNIST could not be downloaded"):
        list(fetch())


def test_leaving_a_download_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = threading.Event()

    def slow(raw: Path) -> None:
        raw.mkdir(parents=True)
        ended.wait(10)

    downloads(monkeypatch, slow)
    shares = fetch()
    began = time.monotonic()
    assert next(shares) == 0
    shares.close()  # type: ignore[attr-defined]
    assert time.monotonic() - began < 5
    ended.set()
    assert list((tmp_path / "data").iterdir()) == []


def test_a_key_says_which_images_and_is_the_same_in_a_question() -> None:
    digits = image_sets.load("digits")
    assert digits.key.to_dict() == {"name": "digits", "sha256": digits.sha256}
    assert ImageSetKey.from_dict(digits.key.to_dict()) == digits.key
    assert replace(digits, sha256="0" * 64).key != digits.key

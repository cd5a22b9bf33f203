"""What every test stands on: folders of its own, one thread, image sets and a small checkpoint."""

from __future__ import annotations

import os
import shutil
import signal
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
import torch
from torch import Tensor

from ae_core import image_sets
from ae_core.image_sets import ImageSet
from ae_core.image_sets.base import sha256_of
from ae_core.image_sets.mnist import SHA256
from ae_core.training import runs
from ae_core.training.runs import RunSpec
from tests import strict_device

ROOT = Path(__file__).parent.parent

REAL_MNIST = [
    Path(data).resolve() / raw
    for data in (os.environ.get("AE_DATA_DIR"), ROOT.parent / "shared" / "data")
    for raw in ("MNIST/raw", "raw", ".")
    if data and (Path(data) / raw / "train-images-idx3-ubyte").is_file()
]

# Also for the processes that a test starts. On a GPU the same seed gives other bits each time.
os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = "1"
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
torch.set_num_threads(1)
strict_device.registered()

# What is compiled for maps of codes outlives the folders of the tests.
os.environ.setdefault("NUMBA_CACHE_DIR", str(ROOT / ".pytest_cache" / "compiled"))

# A shell that runs the tests in the background has them ignore Ctrl+C, and their processes too.
signal.signal(signal.SIGINT, signal.default_int_handler)


@dataclass(frozen=True)
class Mnist:
    """The folder with MNIST's files, and whether they are the real ones or made of digits."""

    raw: Path
    sha256: str
    is_real: bool


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave all but one in n cases of a test that is marked `one_in(n)` to the long tests."""
    cases = Counter[str]()
    for item in items:
        sample = item.get_closest_marker("one_in")
        if sample is None or item.get_closest_marker("long"):
            continue
        name = item.nodeid.partition("[")[0]
        if cases[name] % sample.args[0]:
            item.add_marker(pytest.mark.long)
        cases[name] += 1


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`AE_HOME`, where nothing lies yet; `AE_DATA_DIR` is an empty folder beside it."""
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("AE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("AE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(scope="session")
def digits() -> ImageSet:
    """The built-in digits, read once."""
    return image_sets.load("digits")


@pytest.fixture(scope="session")
def mnist_files(tmp_path_factory: pytest.TempPathFactory, digits: ImageSet) -> Mnist:
    if REAL_MNIST:
        return Mnist(REAL_MNIST[0], SHA256, is_real=True)
    raw = tmp_path_factory.mktemp("mnist")
    parts = {
        "train-images-idx3-ubyte": repeated(digits.train.squeeze(1), 60_000),
        "train-labels-idx1-ubyte": repeated(digits.train_labels.to(torch.uint8), 60_000),
        "t10k-images-idx3-ubyte": repeated(digits.test.squeeze(1), 10_000),
        "t10k-labels-idx1-ubyte": repeated(digits.test_labels.to(torch.uint8), 10_000),
    }
    write_mnist(raw, parts)
    return Mnist(raw, sha256_of(*parts.values()), is_real=False)


@pytest.fixture
def mnist(mnist_files: Mnist, monkeypatch: pytest.MonkeyPatch) -> Mnist:
    """MNIST in `AE_DATA_DIR`: the real one where it is, else a stand-in of the same size."""
    monkeypatch.setenv("AE_DATA_DIR", str(mnist_files.raw))
    monkeypatch.setattr("ae_core.image_sets.mnist.SHA256", mnist_files.sha256)
    return mnist_files


@pytest.fixture(scope="session")
def one_look_for_components() -> Iterator[None]:
    """Streamlit reads the metadata of every installed package each time a page is run."""
    from streamlit.components.v2 import manifest_scanner

    look = cache(manifest_scanner.scan_component_manifests)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(manifest_scanner, "scan_component_manifests", look)
        yield


@pytest.fixture
def fresh_caches(one_look_for_components: None) -> Iterator[None]:
    """No cache of one test reaches the next: each has its own folders."""
    import streamlit as st  # most tests need none of it

    yield
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture
def server_decodes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages as they are where the live map was not built."""
    monkeypatch.setattr("pages.ui.browser.built.files", dict)


@pytest.fixture
def mounts() -> None:
    """The right to mount a file system, without which a long test fails by name."""
    from benchmarks.trust.machines import can_mount  # most tests need none of it

    assert can_mount(), "This test needs the right to mount a file system."


@pytest.fixture(scope="session")
def trained_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("trained")
    spec = RunSpec(
        preset="tanh-3", image_set="digits", steps=40, name="tiny", title="Tiny", keep_codes=True
    )
    run = runs.start(spec, on="cpu", root=root)
    for _ in run.training:
        pass
    runs.finish(run)
    return root / "tiny"


@pytest.fixture
def tiny(trained_folder: Path, home: Path) -> str:
    """The name of a checkpoint in `AE_HOME`: three numbers, trained on the digits for a moment."""
    shutil.copytree(trained_folder, home / "checkpoints" / "tiny")
    return "tiny"


def repeated(part: Tensor, count: int) -> Tensor:
    return part[torch.arange(count) % len(part)]


def write_mnist(folder: Path, parts: dict[str, Tensor]) -> None:
    """Write files in MNIST's own format."""
    for name, part in parts.items():
        sizes = b"".join(size.to_bytes(4, "big") for size in part.shape)
        header = bytes([0, 0, 8, part.ndim]) + sizes
        (folder / name).write_bytes(header + part.contiguous().numpy().tobytes())

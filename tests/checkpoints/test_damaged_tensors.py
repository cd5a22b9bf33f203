"""Weights and codes that are damaged or forged: each is refused with the reason."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import torch
from safetensors.torch import load_file, save
from torch import Tensor

from ae_core import checkpoints
from ae_core.errors import UserError
from tests.checkpoints.folders import change_card, folder_of, is_a_plain_sentence


def change_tensors(folder: Path, kind: str, change: Callable[[dict[str, Tensor]], Any]) -> None:
    """Replace a file of tensors by another, and its digest in the card: a careful stranger."""
    path = folder / f"{kind}.safetensors"
    tensors = load_file(path)
    change(tensors)
    forge(folder, kind, save(tensors))


def forge(folder: Path, kind: str, data: bytes) -> None:
    (folder / f"{kind}.safetensors").write_bytes(data)
    change_card(folder, **{f"{kind}_sha256": hashlib.sha256(data).hexdigest()})


def first(tensors: dict[str, Tensor]) -> str:
    return next(iter(tensors))


def zipped() -> bytes:
    """A zip with a pickle inside, as torch.save writes them."""
    file = BytesIO()
    with ZipFile(file, "w") as archive:
        archive.writestr("archive/data.pkl", b"\x80\x02}q\x00.")
    return file.getvalue()


def header(claimed: int, rest: bytes = b"{}") -> bytes:
    return claimed.to_bytes(8, "little") + rest


def set_value(name: str, value: float) -> Callable[[dict[str, Tensor]], None]:
    def change(tensors: dict[str, Tensor]) -> None:
        tensors[name].view(-1)[0] = value

    return change


OVERLAPPING: bytes = json.dumps(
    {
        name: {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}
        for name in ("encoder.0.weight", "encoder.0.bias")
    }
).encode()


BAD_TENSORS: dict[str, Callable[[Path], Any]] = {
    "no weights": lambda f: (f / "weights.safetensors").unlink(),
    "no codes": lambda f: (f / "codes.safetensors").unlink(),
    "a flipped bit": lambda f: (f / "weights.safetensors").write_bytes(
        (f / "weights.safetensors").read_bytes()[:-1] + b"\x01"
    ),
    "weights cut short": lambda f: (f / "weights.safetensors").write_bytes(
        (f / "weights.safetensors").read_bytes()[:1000]
    ),
    "another digest": lambda f: change_card(f, weights_sha256="0" * 64),
    "cut short with a digest that fits": lambda f: forge(
        f, "weights", (f / "weights.safetensors").read_bytes()[:1000]
    ),
    "empty weights": lambda f: forge(f, "weights", b""),
    "seven bytes": lambda f: forge(f, "weights", b"1234567"),
    "a header said to be 64 MB": lambda f: forge(f, "weights", header(64 * 2**20)),
    "a header said to be endless": lambda f: forge(f, "weights", header(2**64 - 1)),
    "a header of rubbish": lambda f: forge(f, "weights", header(9, b"not json!")),
    "a header nested deeply": lambda f: forge(f, "weights", header(50_000, b"[" * 50_000)),
    "two weights in one place": lambda f: forge(
        f, "weights", header(len(OVERLAPPING), OVERLAPPING) + bytes(8)
    ),
    "a pickle": lambda f: forge(f, "weights", b"\x80\x04\x95\x10\x00\x00\x00" + b"." * 64),
    "a zip": lambda f: forge(f, "weights", zipped()),
    "a weight that is no number": lambda f: change_tensors(
        f, "weights", set_value("encoder.0.weight", float("nan"))
    ),
    "an endless weight": lambda f: change_tensors(
        f, "weights", set_value("decoder.0.bias", float("-inf"))
    ),
    "an impossible weight": lambda f: change_tensors(
        f, "weights", set_value("decoder.0.bias", 1e30)
    ),
    "another shape": lambda f: change_tensors(
        f, "weights", lambda t: t.update({first(t): t[first(t)][:-1].clone()})
    ),
    "another number format": lambda f: change_tensors(
        f, "weights", lambda t: t.update({first(t): t[first(t)].double()})
    ),
    "whole numbers": lambda f: change_tensors(
        f, "weights", lambda t: t.update({first(t): t[first(t)].long()})
    ),
    "a weight left out": lambda f: change_tensors(f, "weights", lambda t: t.pop(first(t))),
    "a weight too many": lambda f: change_tensors(
        f, "weights", lambda t: t.update({"x" * 10_000: torch.zeros(1)})
    ),
    "another network": lambda f: change_card(f, config={"latent_dim": 3, "widths": [5]}),
    "images of another size": lambda f: change_card(f, image_shape=[3, 256, 256]),
    "codes left out": lambda f: change_tensors(f, "codes", lambda t: t.pop("codes")),
    "labels left out": lambda f: change_tensors(f, "codes", lambda t: t.pop("labels")),
    "codes of another length": lambda f: change_tensors(
        f, "codes", lambda t: t.update(codes=torch.zeros(360, 4).half())
    ),
    "codes in a row": lambda f: change_tensors(
        f, "codes", lambda t: t.update(codes=torch.zeros(360).half())
    ),
    "fewer labels than codes": lambda f: change_tensors(
        f, "codes", lambda t: t.update(labels=torch.zeros(3, dtype=torch.uint8))
    ),
    "a label below all classes": lambda f: change_tensors(
        f, "codes", lambda t: t.update(labels=torch.full((360,), -1, dtype=torch.int16))
    ),
    "a label beyond all classes": lambda f: change_tensors(
        f, "codes", lambda t: t.update(labels=torch.full((360,), 1000, dtype=torch.int16))
    ),
    "labels with a fraction": lambda f: change_tensors(
        f, "codes", lambda t: t.update(labels=torch.zeros(360))
    ),
    "a code that is no number": lambda f: change_tensors(
        f, "codes", set_value("codes", float("nan"))
    ),
}


@pytest.mark.parametrize("way", BAD_TENSORS)
def test_bad_tensors_are_refused_with_the_reason(way: str, tiny: str, neighbour: str) -> None:
    BAD_TENSORS[way](folder_of(tiny))
    began = time.process_time()
    with pytest.raises(UserError) as refused:
        checkpoints.load(tiny)
    assert time.process_time() - began < 5
    assert is_a_plain_sentence(str(refused.value))
    assert tiny in str(refused.value)
    assert checkpoints.load(neighbour).card.name == neighbour

"""A model as ONNX, for browsers and other programs: encoder and decoder apart."""

from __future__ import annotations

import copy
import io
import warnings
from pathlib import Path
from threading import Lock
from typing import Any, Literal

import torch
from torch import Tensor, nn

from ae_core.models.base import Autoencoder
from ae_core.storage.folders import write_file

OPSET = 20

Half = Literal["encoder", "posterior", "decoder"]

_TRACING = Lock()
"""torch traces one model at a time: what it is at stands in global variables."""


class _Encoder(nn.Module):
    def __init__(self, model: Autoencoder) -> None:
        super().__init__()
        self.model = model

    def forward(self, x: Tensor) -> Tensor:
        return self.model.encode(x)


class _Posterior(_Encoder):
    def forward(self, x: Tensor) -> Tensor:
        return torch.cat(self.model.posterior(x), dim=1)


class _Decoder(_Encoder):
    def forward(self, z: Tensor) -> Tensor:
        return self.model.decode(z)


def onnx_bytes(model: Autoencoder, half: Half) -> bytes:
    """One half of a model as an ONNX file: x (n, c, h, w) -> z (n, d), or z -> x_hat.

    "posterior", of models that have one, gives means and log-variances side by side, (n, 2 d).
    Any number of rows at once; ONNX Runtime agrees with torch within 1e-5. Tracing takes some
    hundredths of a second, torch's newer exporter a hundred times as long; both give the same
    figures, which the tests hold for every family.
    """
    # A copy: the model stays where it is, and may be in use for other visitors.
    model = copy.deepcopy(model).cpu().eval()
    pixels, code = torch.zeros(2, *model.image_shape), torch.zeros(2, model.latent_dim)
    traced, example, takes, gives = {
        "encoder": (_Encoder, pixels, "x", "z"),
        "posterior": (_Posterior, pixels, "x", "z"),
        "decoder": (_Decoder, code, "z", "x_hat"),
    }[half]
    return traced_bytes(traced(model), example, takes=takes, gives=gives)


def traced_bytes(network: nn.Module, example: Tensor, *, takes: str, gives: str) -> bytes:
    """A network of one input and one output, each (n, ...), as an ONNX file."""
    file: Any = io.BytesIO()  # the older exporter writes to files that are open, too
    with _TRACING, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network,
            (example,),
            file,
            input_names=[takes],
            output_names=[gives],
            opset_version=OPSET,
            dynamic_axes={takes: {0: "n"}, gives: {0: "n"}},
            dynamo=False,
        )
    return file.getvalue()


def to_onnx(model: Autoencoder, folder: Path) -> tuple[Path, Path]:
    """Write `encoder.onnx` and `decoder.onnx`, each whole or not at all."""
    paths = folder / "encoder.onnx", folder / "decoder.onnx"
    halves: tuple[Half, Half] = ("encoder", "decoder")
    for path, half in zip(paths, halves, strict=True):
        write_file(path, onnx_bytes(model, half))
    return paths

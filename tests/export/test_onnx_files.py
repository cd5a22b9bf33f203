"""Exported models, run by ONNX Runtime and held against torch."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from ae_core import checkpoints
from ae_core.export import onnx_files
from ae_core.models import FAMILIES, Autoencoder, preset
from ae_core.types import Images

SHAPE = (1, 28, 28)

EACH_MODEL = {
    **{name: family.config() for name, family in FAMILIES.items()},
    "dense-49 fast": preset("dense-49", "fast").config,
}


def model_of(title: str) -> Autoencoder:
    config = EACH_MODEL[title]
    family = next(name for name, one in FAMILIES.items() if one.config is type(config))
    torch.manual_seed(0)
    model = checkpoints.build(family, config, SHAPE)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(2)  # so that a mistake is not lost in the grey of small weights
    return model.eval().requires_grad_(False)


@pytest.fixture(scope="module", params=EACH_MODEL)
def exported(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Autoencoder, Path, Path]:
    model, folder = model_of(request.param), tmp_path_factory.mktemp("onnx") / "new" / "folder"
    if request.param == "dense":
        folder.mkdir(parents=True)
        (folder / "decoder.onnx").write_text("of an earlier export, to be replaced")
    return model, *onnx_files.to_onnx(model, folder)


def pictures(count: int) -> Images:
    return torch.rand(count, *SHAPE, generator=torch.Generator().manual_seed(count))


def in_runtime(path: Path, rows: torch.Tensor) -> np.ndarray:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    (takes,), (gives,) = session.get_inputs(), session.get_outputs()
    return np.asarray(session.run([gives.name], {takes.name: rows.numpy()})[0])


@pytest.mark.parametrize("count", [1, 2, 7])
def test_the_runtime_agrees_with_torch_for_any_number_of_images(
    count: int, exported: tuple[Autoencoder, Path, Path]
) -> None:
    model, encoder, decoder = exported
    x = pictures(count)
    z = model.encode(x)
    np.testing.assert_allclose(in_runtime(encoder, x), z, rtol=1e-5, atol=1e-5)
    x_hat = model.decode(z)
    np.testing.assert_allclose(in_runtime(decoder, z), x_hat, rtol=0, atol=1e-5)
    assert x_hat.std().item() > 0.01


def test_the_two_files_say_what_they_take_and_give(
    exported: tuple[Autoencoder, Path, Path],
) -> None:
    _, encoder, decoder = exported
    assert (encoder.name, decoder.name) == ("encoder.onnx", "decoder.onnx")
    assert sorted(path.name for path in encoder.parent.iterdir()) == [
        "decoder.onnx",
        "encoder.onnx",
    ]
    for path, takes, gives in ((encoder, "x", "z"), (decoder, "z", "x_hat")):
        graph = onnx.load(path)
        onnx.checker.check_model(graph, full_check=True)
        assert [one.name for one in graph.graph.input] == [takes]
        assert [one.name for one in graph.graph.output] == [gives]
        assert {one.version for one in graph.opset_import if not one.domain} == {onnx_files.OPSET}
        for one in (*graph.graph.input, *graph.graph.output):
            assert one.type.tensor_type.shape.dim[0].dim_param, "the number of rows is fixed"

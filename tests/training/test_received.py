"""What a browser sends is a result of the run that was asked for, or refused in words."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save as write_tensors
from torch import Tensor

from ae_core import checkpoints
from ae_core.errors import UserError
from ae_core.image_sets import ImageSet
from ae_core.training import in_browser, received, runs
from ae_core.training.runs import RunSpec

SPEC = RunSpec(
    "vae-2", "digits", seconds=3.0, keep_codes=True, title="Mine", config={"widths": (12, 8)}
)
CURVE = [
    [40, 1.2, {"bce": 210.5, "kl": 1.5}, {"bce": 212.0, "kl": 1.5}],
    [90, 3.0, {"bce": 200.0, "kl": 2.5}, None],
]
SAID = {"steps": 90, "seconds": 3.01, "curve": CURVE}


def weights(images: ImageSet) -> dict[str, Tensor]:
    torch.manual_seed(0)
    return dict(runs.network(SPEC, images).state_dict())


def file_of(tensors: dict[str, Tensor], said: Any = SAID) -> bytes:
    return write_tensors(tensors, metadata={"run": json.dumps(said)})


def test_a_result_becomes_a_model_that_is_measured_and_says_where_it_learned(
    home: Path, digits: ImageSet
) -> None:
    tensors = weights(digits)
    run = received.run_of(SPEC, file_of(tensors))
    events = list(runs.watch(run))
    card = runs.finish(run)
    assert [event.step for event in events] == [90]
    assert (card.steps, card.seconds, card.device) == (90, 3.01, "a browser, float32")
    assert card.curve["step"] == [40.0, 90.0]
    kept = checkpoints.load(card.name)
    assert card.metrics["loss_kl"] > 0
    for name, value in kept.model.state_dict().items():
        assert torch.allclose(value, tensors[name], rtol=1e-3, atol=1e-4), name


def broken(change: Callable[[dict[str, Tensor]], object]) -> Callable[[ImageSet], bytes]:
    def made(images: ImageSet) -> bytes:
        tensors = weights(images)
        change(tensors)
        return file_of(tensors)

    return made


def told(**said: Any) -> Callable[[ImageSet], bytes]:
    return lambda images: file_of(weights(images), {**SAID, **said})


REFUSED: dict[str, tuple[Callable[[ImageSet], bytes], str]] = {
    "nothing": (lambda _: b"", "no result of a run"),
    "no safetensors": (lambda _: bytes(64), "no result of a run"),
    "a header without an end": (lambda _: b"\xff" * 64, "no result of a run"),
    "too much": (lambda _: bytes(received.MOST_BYTES + 1), "no result of a run"),
    "no metadata": (lambda images: write_tensors(weights(images)), "no result of a run"),
    "a list": (lambda images: file_of(weights(images), [1]), "no result of a run"),
    "a weight that is NaN": (
        broken(lambda tensors: tensors["mean.weight"].fill_(math.nan)), "impossible numbers",
    ),
    "a tensor of another shape": (
        broken(lambda tensors: tensors.update({"mean.bias": torch.zeros(3)})), "mean.bias is",
    ),
    "a tensor too few": (broken(lambda tensors: tensors.pop("mean.bias")), "out of place"),
    "another's name": (
        broken(lambda tensors: tensors.update({"theirs": torch.zeros(1)})),
        "'theirs' is out of place",
    ),
    "no steps": (told(steps=0), "no result of a run"),
    "steps that are no number": (told(steps=True), "no result of a run"),
    "seconds that are NaN": (told(seconds=math.nan), "no result of a run"),
    "a curve that goes back": (
        told(curve=[[50, 1, {"bce": 1.0}, None], [40, 2, {"bce": 1.0}, None]]),
        "no result of a run",
    ),
    "a curve whose time goes back": (
        told(curve=[[50, 2, {"bce": 1.0}, None], [60, 1, {"bce": 1.0}, None]]),
        "no result of a run",
    ),
    "a curve longer than the run": (
        told(curve=[[50, 4, {"bce": 1.0}, None]]), "no result of a run",
    ),
    "a curve before the run": (told(curve=[[50, -1, {"bce": 1.0}, None]]), "no result of a run"),
    "test losses of another kind": (
        told(curve=[[50, 1, {"bce": 1.0}, {"mse": 1.0}]]), "no result of a run",
    ),
    "a point of too much": (told(curve=[[50, 1, {"bce": 1.0}, None, 1]]), "no result of a run"),
    "a curve of words": (told(curve=[[50, 1, {"bce": "low"}, None]]), "no result of a run"),
    "a curve of other losses": (told(curve=[[50, 1, {"<b>": 1.0}, None]]), "no result of a run"),
    "a curve of now these losses, now those": (
        told(curve=[[50, 1, {"bce": 1.0}, None], [60, 2, {"kl": 1.0}, None]]), "no result of a run",
    ),
    "a curve of no losses": (told(curve=[[50, 1, {}, None]]), "no result of a run"),
    "a curve beyond the end": (told(curve=[[91, 1, {"bce": 1.0}, None]]), "no result of a run"),
    "a curve without an end": (
        told(curve=[[step, 1, {"bce": 1.0}, None] for step in range(1, 70)]), "no result of a run",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_no_result_is_refused_in_words(digits: ImageSet, kind: str) -> None:
    made, reason = REFUSED[kind]
    with pytest.raises(UserError) as failure:
        received.read(made(digits), SPEC, digits)
    assert reason in str(failure.value)


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        (RunSpec("vae-2"), ""),
        (RunSpec("ae-16"), ""),
        (RunSpec("wide-denoising-49"), ""),
        (RunSpec("conv-49"), "no such layers"),
        (RunSpec("k-sparse-64"), "no such layers"),
        (RunSpec("ae-16", config={"widths": (1024, 512)}), "1,500,000 weights"),
        (RunSpec("ae-16", config={"latent_dim": 65}), "a code of 64"),
        (RunSpec("ae-16", recipe={"shift": 1}), "moves no images"),
        (RunSpec("agarap-64", recipe_name="published"), "no such layers"),
        (RunSpec("ae-16", start_from="mnist-ae-16"), "trained already"),
    ],
)
def test_a_run_that_a_browser_cannot_train_needs_the_server(
    digits: ImageSet, spec: RunSpec, reason: str
) -> None:
    found = in_browser.why_not(spec, digits)
    assert reason in found
    assert bool(found) == bool(reason)


def test_a_browser_is_asked_for_what_the_recipe_says(digits: ImageSet) -> None:
    asked = in_browser.order(RunSpec("wide-denoising-49", "digits"), digits)
    assert asked["noise"] == {"kind": "varied", "reach": 0.6}
    assert (asked["steps"], asked["seconds"]) == (60 * 6, None)
    assert (asked["count"], asked["height"], asked["width"]) == (1437, 28, 28)
    assert in_browser.order(SPEC, digits)["seconds"] == 3
    json.dumps(asked)

"""What a run is asked for: checked, kept as JSON, and read back from other versions."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ae_core.errors import UserError
from ae_core.noise import Gaussian
from ae_core.training.arithmetic import Arithmetic
from ae_core.training.specs import RunSpec
from ae_core.types import Pixels
from tests.training.small_runs import ADAM, small, started

OF_AN_OLDER_VERSION = """{
    "preset": "dense-49", "image_set": "digits", "recipe_name": "fast",
    "config": {"widths": [8, 4]}, "recipe": {"threads": 1, "guard": false},
    "noise": {"kind": "gaussian", "mean": 0.5, "std": 0.25}, "start_from": "", "hold_out": 0,
    "only_classes": ["3", "8"], "seed": 7, "seconds": 2.5, "steps": null, "name": "my-run",
    "title": "Mine", "keep_codes": true, "bounds": false
}"""


def test_a_spec_that_an_older_version_kept_still_opens() -> None:
    assert RunSpec.from_dict(json.loads(OF_AN_OLDER_VERSION)) == RunSpec(
        "dense-49",
        "digits",
        config={"widths": [8, 4]},
        recipe={"threads": 1, "guard": False},
        noise=Gaussian(mean=0.5, std=0.25),
        only_classes=("3", "8"),
        seed=7,
        seconds=2.5,
        name="my-run",
        title="Mine",
        keep_codes=True,
    )


def test_a_spec_survives_the_way_through_json() -> None:
    spec = RunSpec.from_dict(json.loads(OF_AN_OLDER_VERSION))
    assert RunSpec.from_dict(json.loads(json.dumps(spec.to_dict()))) == spec
    new: dict[str, object] = {"part": "", "plan": [], "changes": []}
    assert json.loads(json.dumps(spec.to_dict())) == json.loads(OF_AN_OLDER_VERSION) | new


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("steps", 0), ("seconds", 0.0), ("seconds", "a minute"), ("seed", -1), ("seed", 2**32),
        ("hold_out", -1), ("title", None), ("config", [1]), ("only_classes", "38"),
        ("keep_codes", 1), ("preset", []), ("noise", {"kind": "rain"}),
    ],
)  # fmt: skip
def test_a_value_that_the_declaration_does_not_allow_is_refused(name: str, value: Any) -> None:
    with pytest.raises(UserError):
        RunSpec.from_dict({"preset": "dense-49", name: value})


def test_exactly_the_same_run_takes_steps_for_a_time_and_says_its_arithmetic(
    images: Pixels,
) -> None:
    training = started(small(), images, ADAM, steps=17)
    training.arithmetic = Arithmetic("bfloat16", "channels_last", 2)
    training.change("rate", 0.5)
    timed = RunSpec("dense-49", seconds=2.0, recipe={"guard": True}).exactly(training)
    assert (timed.seconds, timed.steps, timed.changes) == (None, 17, ("0:rate=0.5",))
    assert timed.recipe == {
        "guard": True, "precision": "bfloat16", "memory_format": "channels_last", "threads": 2
    }  # fmt: skip
    assert RunSpec("dense-49").exactly(training).steps is None
    assert RunSpec("dense-49", steps=5).exactly(training).steps == 5

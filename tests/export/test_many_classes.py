"""A set of more classes than a byte can count, from its pictures to what the browser loads."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file

from ae_core import checkpoints, image_sets
from ae_core.export import browser_models
from ae_core.images.form import Form
from ae_core.jobs.under_way import snapshots
from ae_core.training import runs
from ae_core.training.runs import RunSpec
from tests.image_sets.pets import collection_of, saved

CLASSES = 320


def test_class_300_stays_class_300_all_the_way(home: Path) -> None:
    collection = collection_of(2 * CLASSES, lambda number: str(number % CLASSES))
    images = image_sets.load(saved(collection, Form(size=28, colour=False)).name)
    assert images.classes == tuple(map(str, range(CLASSES)))
    assert int(images.test_labels.max()) > 300

    run = runs.start(
        RunSpec("tanh-3", images.name, steps=2, name="many", keep_codes=True), on="cpu"
    )
    snapshot = snapshots.of(run.training.objective, images).snapshot()
    assert torch.equal(snapshot["labels"].long(), images.test_labels)
    for _ in run.training:
        pass
    runs.finish(run)

    kept = load_file(home / "checkpoints" / "many" / "codes.safetensors")
    assert kept["labels"].dtype == torch.int16
    found = checkpoints.load("many")
    assert found.codes is not None and found.labels is not None
    assert torch.equal(found.labels, images.test_labels)
    data = browser_models.part(
        "many", found.card.weights_sha256, browser_models.labelled_codes(found.card)
    )
    labels = np.frombuffer(data, np.int16, offset=4 * found.codes.numel())
    np.testing.assert_array_equal(labels, images.test_labels)


def test_codes_that_were_kept_with_classes_of_one_byte_still_open() -> None:
    kept = load_file(checkpoints.find("digits-tanh-3") / "codes.safetensors")
    assert kept["labels"].dtype == torch.uint8
    found = checkpoints.load("digits-tanh-3")
    assert found.labels is not None
    assert torch.equal(found.labels, kept["labels"].long())

"""Copying or learning: the training images nearest to what a model draws."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from ae_core import analyses, checkpoints
from ae_core.errors import UserError
from ae_core.image_sets import ImageSet
from pages.ui.reconstruct import copying


def asked(name: str, digits: ImageSet, index: list[int]) -> dict[str, Any]:
    model = analyses.of(checkpoints.card(name))
    return {"model": model, "images": digits.key.to_dict(), "index": index}


def test_nearest_training_images_are_those_that_a_search_by_hand_finds(digits: ImageSet) -> None:
    index = [0, 7, 100]
    found = analyses.compute("nearest_training", asked("digits-dense-49", digits, index))
    model = checkpoints.load("digits-dense-49").model
    x, train = (each.float().div(255) for each in (digits.test[index], digits.train))
    with torch.no_grad():
        x_hat, z, codes = model(x), model.encode(x), model.encode(train)
    for row in range(len(index)):
        errors = (x_hat[row] - train).square().flatten(1).mean(1)
        assert torch.equal(found.tensors["by_pixels"][row], digits.train[errors.argmin()])
        assert float(found.tensors["nearest"][row]) == pytest.approx(float(errors.min()), rel=1e-3)
        apart = (z[row] - codes).norm(dim=1)
        assert torch.equal(found.tensors["by_code"][row], digits.train[apart.argmin()])
        error = float((x_hat[row] - x[row]).square().mean())
        assert float(found.tensors["own"][row]) == pytest.approx(error, rel=1e-4)
    assert found.values == {"count": 1_437, "coded": 1_437}
    own, nearest = (found.tensors[name].tolist() for name in ("own", "nearest"))
    assert "3 of 3 reconstructions" in copying.finding(own, nearest, 1_437)


def test_sentence_says_which_look_like_what_was_learned() -> None:
    assert "these are drawn, not copied" in copying.finding([0.1], [0.2], 9)
    said = copying.finding([0.1, 0.3], [0.2, 0.2], 9)
    assert said.startswith("1 of 2 reconstructions") and "none is a copy" in said
    assert "one is a copy" in copying.finding([0.1, 0.3], [0.2, 0.02], 9)
    assert "2 are copies" in copying.finding([0.3, 0.3], [0.0, 0.02], 9)


def test_images_that_have_changed_are_refused(digits: ImageSet) -> None:
    question = asked("digits-dense-49", digits, [0])
    question["images"]["sha256"] = "0" * 64
    with pytest.raises(UserError, match="have changed"):
        analyses.compute("nearest_training", question)

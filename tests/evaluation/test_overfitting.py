"""Few images learned by heart, and what helps."""

from __future__ import annotations

import pytest
import torch

from ae_core import analyses
from ae_core.analyses import overfitting
from ae_core.analyses.base import Answer
from ae_core.image_sets import ImageSet
from pages.ui.train.overfitting import finding


def asked(images: ImageSet, remedy: str, count: int = 100) -> dict[str, object]:
    return {"images": images.key.to_dict(), "count": count, "remedy": remedy}


@pytest.mark.parametrize("remedy", overfitting.REMEDIES)
def test_each_remedy_trains_the_same_network_for_as_many_steps(
    digits: ImageSet, remedy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overfitting, "STEPS", 20)
    answer = analyses.compute("overfitting", asked(digits, remedy))
    assert answer.tensors["steps"][-1] == 20
    assert answer.tensors["train"][-1] < answer.tensors["train"][0]
    assert answer.tensors["drawn"].shape == (overfitting.SHOWN, 1, 28, 28)
    more = overfitting.MORE if remedy == overfitting.MORE_IMAGES else 1
    assert answer.values["count"] == 100 * more


@pytest.mark.long
def test_network_learns_few_images_by_heart_and_more_of_them_help(digits: ImageSet) -> None:
    plain, more = (
        analyses.compute("overfitting", asked(digits, remedy)) for remedy in ("none", "more-images")
    )
    learned, tested = plain.tensors["train"], plain.tensors["test"]
    assert tested[-1] > 2 * learned[-1]
    assert tested[-1] > 1.05 * tested.min()
    assert more.tensors["test"][-1] < 0.8 * tested[-1]


def answer(test: float) -> Answer:
    return Answer({"train": torch.tensor([0.5, 0.1]), "test": torch.tensor([0.5, test])},
                  {"count": 500})  # fmt: skip


def test_finding_names_the_remedy_that_helps_and_the_one_that_harms() -> None:
    plain = finding({"none": answer(0.25)})
    assert plain == (
        "Learned from 500 images without a remedy, the error on test images is 2.5 times that on"
        " training images"
    )
    both = {"none": answer(0.25), "a-variational-code": answer(0.2), "a-smaller-code": answer(0.3)}
    assert finding(both) == (
        f"{plain}; with a variational code it is 20% smaller, with a smaller code 20% larger"
    )
    neither = {"none": answer(0.25), "a-variational-code": answer(0.251)}
    assert finding(neither) == f"{plain}; none of these remedies makes it smaller"

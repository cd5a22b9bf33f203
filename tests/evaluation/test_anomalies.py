"""How unusual images are: scores on cases that are worked out by hand, thresholds, false alarms."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch

from ae_core import analyses, checkpoints
from ae_core.analyses import anomaly_scores
from ae_core.analyses.anomaly_scores import pixels
from ae_core.errors import UserError
from ae_core.evaluation import anomalies
from ae_core.image_sets import ImageSet


def asked(digits: ImageSet, part: str, name: str = "digits-dense-49") -> dict[str, Any]:
    images = digits.key.to_dict()
    model = analyses.of(checkpoints.card(name))
    return {"model": model, "images": images, "looked_at": images, "part": part}


def test_distance_is_that_to_the_fifth_nearest_code_and_never_to_its_own() -> None:
    known = torch.arange(8.0)[:, None]
    z = torch.tensor([[0.0], [0.0], [-10.0]])
    own = torch.tensor([-1, 0, -1])
    assert anomalies.distance(z, known, own).tolist() == [4.0, 5.0, 14.0]
    few = anomalies.distance(z, known[:2], torch.tensor([-1, -1, -1]))
    assert few.tolist() == [1.0, 1.0, 11.0]


def test_threshold_leaves_at_most_the_wanted_share_of_normal_images_beyond() -> None:
    scores = torch.arange(1000.0)[torch.randperm(1000)]
    for share in (0.5, 0.9, 0.95, 0.999):
        beyond = (scores > anomalies.threshold(scores, share)).float().mean()
        assert 1 - share - 0.0011 <= float(beyond) <= 1 - share
    assert anomalies.threshold(torch.arange(10.0), 0.95) == 9


def test_false_alarms_are_counted_on_images_that_did_not_set_the_threshold() -> None:
    scores = torch.randn(4000, generator=torch.Generator().manual_seed(1))
    assert anomalies.false_alarms(scores, 0.95) == pytest.approx(0.05, abs=0.01)
    # Of ten images the threshold is the largest score of five: some of the others exceed it.
    assert anomalies.false_alarms(torch.arange(10.0), 0.95) > 0


def test_scores_are_those_of_a_search_by_hand(digits: ImageSet) -> None:
    found = analyses.compute("anomaly_scores", asked(digits, "test")).tensors
    model = checkpoints.load("digits-dense-49").model
    x, train = (each.float().div(255) for each in (digits.test, digits.train))
    with torch.no_grad():
        error = (model(x) - x).square().flatten(1).mean(1)
        apart = torch.cdist(model.encode(x), model.encode(train)).sort(1).values[:, 4]
    assert found["number"].tolist() == [len(train) + n for n in range(len(x))]
    for kind, expected in (("error", error), ("distance", apart)):
        assert torch.allclose(found[kind], expected, rtol=1e-3, atol=1e-4)
        assert torch.equal(found[kind], found[f"normal_{kind}"])


def test_training_images_are_not_compared_with_themselves(digits: ImageSet) -> None:
    found = analyses.compute("anomaly_scores", asked(digits, "train")).tensors
    assert len(found["distance"]) == len(digits.train)
    assert float(found["distance"].min()) > 0.1
    assert len(found["normal_error"]) == len(digits.test)


def test_numbers_run_from_the_training_images_to_the_test_images(digits: ImageSet) -> None:
    some = torch.tensor([0, len(digits.train), len(digits.train) - 1])
    assert torch.equal(
        pixels(digits, some), torch.stack([digits.train[0], digits.test[0], digits.train[-1]])
    )


def test_noise_is_more_unusual_than_digits_by_both_scores(digits: ImageSet) -> None:
    found = analyses.compute("anomaly_scores", asked(digits, "test")).tensors
    checkpoint = checkpoints.load("digits-dense-49")
    noise = torch.randint(0, 256, (50, 1, 28, 28), dtype=torch.uint8)
    strange = anomalies.scores(
        checkpoint.model, "model", noise.__getitem__, torch.arange(50), found["known"]
    )
    assert (strange.error > anomalies.threshold(found["normal_error"], 0.99)).all()
    assert (strange.distance > anomalies.threshold(found["normal_distance"], 0.99)).all()


def test_model_of_one_class_alone_is_measured_on_its_class(
    digits: ImageSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And all test images are looked at: the other classes are the anomalies."""

    real = checkpoints.load("digits-dense-49")
    ones = replace(real, card=replace(real.card, only_classes=["1"]))
    monkeypatch.setattr(anomaly_scores, "model_of", lambda asked: ones)
    found = anomaly_scores.compute(asked(digits, "test"), lambda share, words: None).tensors
    assert len(found["number"]) == len(digits.test)
    assert len(found["normal_error"]) == int((digits.test_labels == 1).sum())


def test_of_very_many_images_some_are_scored_and_the_answer_says_of_how_many(
    digits: ImageSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(anomaly_scores, "MOST", 100)
    found = analyses.compute("anomaly_scores", asked(digits, "train"))
    assert found.values == {"count": len(digits.train)}
    assert found.tensors["number"].tolist() == [n * len(digits.train) // 100 for n in range(100)]
    assert len(found.tensors["known"]) == 50


def test_images_that_have_changed_are_refused(digits: ImageSet) -> None:
    question = asked(digits, "test")
    question["looked_at"] = {**question["looked_at"], "sha256": "0" * 64}
    with pytest.raises(UserError, match="have changed"):
        analyses.compute("anomaly_scores", question)

"""MIG and DCI on codes of which it is known what they should say, and of the shipped models."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from ae_core import analyses, checkpoints, image_sets
from ae_core.analyses import Answer
from ae_core.errors import UserError
from ae_core.evaluation import disentanglement
from ae_core.evaluation.disentanglement import Dci
from ae_core.image_sets import Factor, ImageSet, shapes

FACTORS = shapes.FACTORS
VALUES = torch.from_numpy(shapes.sample(1_500, seed=3)).float()
TRUE = (VALUES - VALUES.mean(0)) / VALUES.std(0)


@pytest.fixture(autouse=True)
def _few_trees(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disentanglement, "TREES", 8)


def mig(codes: Tensor) -> float:
    return disentanglement.mig(disentanglement.information(codes, VALUES, FACTORS))


def dci(codes: Tensor) -> Dci:
    return disentanglement.dci(codes, VALUES, FACTORS)


def random(*size: int) -> Tensor:
    return torch.randn(*size, generator=torch.Generator().manual_seed(0))


def rotated() -> Tensor:
    return TRUE @ torch.linalg.qr(random(6, 6)).Q


def test_the_factors_themselves_are_the_best_code_in_any_order_and_sign() -> None:
    for codes in (TRUE, -3 * TRUE[:, [4, 1, 0, 5, 2, 3]], torch.cat([TRUE, random(1_500, 2)], 1)):
        assert mig(codes) > 0.9
        found = dci(codes)
        assert min(found.disentanglement, found.completeness, found.informativeness) > 0.95


def test_information_names_the_number_that_follows_each_factor() -> None:
    order = [4, 1, 0, 5, 2, 3]
    found = disentanglement.information(TRUE[:, order], VALUES, FACTORS)
    assert [order[place] for place in found.argmax(1).tolist()] == [0, 1, 2, 3, 4, 5]
    assert dci(TRUE[:, order]).importance.argmax(1).tolist() == found.argmax(1).tolist()


def test_a_turned_code_tells_all_and_separates_nothing() -> None:
    found = dci(rotated())
    assert mig(rotated()) < 0.1
    assert max(found.disentanglement, found.completeness) < 0.4
    assert found.informativeness > 0.8


def test_noise_and_a_code_that_never_moves_tell_nothing() -> None:
    for codes in (random(1_500, 6), torch.zeros(1_500, 3)):
        found = dci(codes)
        assert mig(codes) < 0.02
        assert max(found.disentanglement, found.completeness, found.informativeness) < 0.1


def test_two_numbers_of_one_factor_leave_no_gap_and_are_not_complete() -> None:
    twice = torch.cat([TRUE, TRUE], dim=1)
    assert mig(twice) == pytest.approx(0, abs=1e-6)
    assert dci(twice).disentanglement > 0.95
    assert dci(twice).completeness < 0.9


def test_a_single_number_is_measured_against_none() -> None:
    found = disentanglement.information(TRUE[:, 4:5], VALUES, FACTORS)
    assert float(found[4]) == pytest.approx(1, abs=1e-3)
    assert disentanglement.mig(found) == pytest.approx(float(found.mean()))
    assert dci(TRUE[:, 4:5]).informativeness == pytest.approx(1 / 6, abs=0.05)


def test_information_is_the_entropy_that_is_shared() -> None:
    """Of four equally frequent classes a number that tells two pairs apart tells half."""
    classes = torch.arange(400) % 4
    factor = Factor("shape", "shape", values=("a", "b", "c", "d"))
    halves = (classes >= 2).float().unsqueeze(1)
    found = disentanglement.information(halves, classes.float().unsqueeze(1), [factor])
    assert float(found) == pytest.approx(0.5)


def test_figures_are_the_same_each_time() -> None:
    first, again = dci(rotated()), dci(rotated())
    assert torch.equal(first.importance, again.importance)
    assert first.read == again.read


def measured(name: str) -> Answer:
    card = checkpoints.card(name)
    key = image_sets.load("shapes").key.to_dict()
    return analyses.compute("factors", {"model": analyses.of(card), "images": key})


def test_the_analysis_answers_for_each_factor_and_number() -> None:
    told: list[tuple[float, str]] = []
    card = checkpoints.card("shapes-vae-10")
    asked = {"model": analyses.of(card), "images": image_sets.load("shapes").key.to_dict()}
    found = analyses.compute("factors", asked, lambda share, words: told.append((share, words)))
    assert found.tensors["information"].shape == found.tensors["importance"].shape == (6, 10)
    assert len(found.values["read"]) == 6
    assert found.values["images"] == 2_000
    assert 0 <= found.values["mig"] <= 1
    assert len(told) == 7 and told == sorted(told)
    assert "place up" in told[-1][1]


def test_images_of_which_nothing_is_known_are_refused(digits: ImageSet) -> None:
    card = checkpoints.card("digits-tanh-3")
    with pytest.raises(UserError, match="Nobody knows what Built-in digits were drawn of"):
        analyses.compute("factors", {"model": analyses.of(card), "images": digits.key.to_dict()})

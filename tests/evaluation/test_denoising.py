"""Denoising: which model fits which noise, what wins, what a round after a round comes to."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch

from ae_core import analyses, checkpoints
from ae_core.analyses import denoising_curve, denoising_matrix
from ae_core.checkpoints.cards import Card
from ae_core.errors import UserError
from ae_core.evaluation import denoising, filters, metrics
from ae_core.image_sets import ImageSet
from ae_core.noise import Blur, Gaussian, Masking, Noise, Varied

PLAIN = checkpoints.card("digits-dense-49")


def trained(name: str, noise: Noise) -> Card:
    return replace(PLAIN, name=name, noise=noise.to_card())


VARIED = trained("varied", Varied(0.6))
MILD = trained("mild", Gaussian(0.0, 0.2))
STRONG = trained("strong", Gaussian(0.0, 0.8))
ELSEWHERE = replace(trained("elsewhere", Gaussian(0.0, 0.5)), image_set="mnist")
BLIND = trained("blind", Blur(1.0))


@pytest.mark.parametrize(
    ("noise", "expected"),
    [
        (Gaussian(0.0, 0.1), "mild"),
        (Gaussian(0.0, 0.6), "strong"),
        (Masking(0.5), "varied"),
        (Blur(4.0), "blind"),
    ],
)
def test_denoiser_of_the_same_kind_and_nearest_strength_is_chosen(
    noise: Noise, expected: str
) -> None:
    cards = [ELSEWHERE, VARIED, MILD, STRONG, BLIND]
    found = denoising.trained_on_noise(cards, PLAIN, noise)
    assert found is not None
    assert found.name == expected


def test_chosen_denoiser_stays_and_gets_a_partner_that_never_saw_noise() -> None:
    other = checkpoints.card("digits-tanh-3")
    assert denoising.trained_on_noise([VARIED, MILD], MILD, Blur(1.0)) == MILD
    assert denoising.not_trained_on_noise([VARIED, other, PLAIN], MILD) == PLAIN
    assert denoising.not_trained_on_noise([VARIED], MILD) is None
    assert denoising.trained_on_noise([PLAIN, ELSEWHERE], PLAIN, Blur(1.0)) is None


def test_verdict_names_the_winner_and_its_lead() -> None:
    psnr = {"noisy": 9.4, "not_trained_on_noise": 12.0, "trained_on_noise": 19.24, "median": 13.2}
    assert denoising.verdict(psnr) == (
        "The model trained on noise restores best here: 19.2 dB, 6.0 dB better than the median"
        " filter."
    )
    assert "as good" in denoising.verdict({**psnr, "median": 19.2})
    assert " restores best at 0.25: " in denoising.verdict(psnr, 0.25)
    assert denoising.verdict({**psnr, "noisy": 25.0}).startswith("Nothing helps here")
    broken = denoising.verdict({**psnr, "trained_on_noise": float("nan")})
    assert broken.startswith("The median filter restores best")
    assert "than the noisy images" in denoising.verdict({"noisy": 9.0, "median": 12.0})


def test_rounds_settle_where_nothing_changes_any_more() -> None:
    x = torch.full((1, 1, 4, 4), 0.8)
    seen = denoising.rounds(lambda image: image / 2, x, 12)
    assert seen[:, 0, 0, 0].tolist() == pytest.approx([0.8 / 2**n for n in range(13)])
    changed = denoising.changes(seen)
    assert changed[:2].tolist() == pytest.approx([0.4, 0.2])
    assert denoising.settled_after(changed) == 9  # 0.8 / 2^10 is below a thousandth
    assert denoising.settled_after(changed[:5]) is None
    assert denoising.settled_after(torch.zeros(5)) == 0


def asked(digits: ImageSet, **more: object) -> dict[str, object]:
    return {"images": {"name": "digits", "sha256": digits.sha256}, **more}


def test_curve_has_a_row_for_each_restorer_that_falls_with_the_strength(
    digits: ImageSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(denoising_curve, "IMAGES", 40)
    said: list[float] = []
    question = asked(
        digits, noise=Gaussian(0.0, 0.5).to_card(),
        not_trained_on_noise=analyses.of(checkpoints.card("digits-dense-49")),
        trained_on_noise=analyses.of(checkpoints.card("digits-denoising-49")),
    )  # fmt: skip
    answer = analyses.compute("denoising_curve", question, lambda share, words: said.append(share))
    assert answer.values["restorers"] == [
        "noisy",
        "not_trained_on_noise",
        "trained_on_noise",
        *filters.FILTERS,
    ]
    psnr = answer.tensors["psnr"]
    assert psnr.shape == (6, len(answer.tensors["strengths"]))
    assert (psnr[:, 0] > psnr[:, -1]).all()
    noisy, not_trained_on_noise, trained_on_noise = psnr[:3, -1].tolist()
    assert trained_on_noise > not_trained_on_noise > noisy
    assert said == sorted(said) and len(said) == len(denoising_curve.SHARES)
    clean = digits.test[:40].float().div(255)
    spoilt = Gaussian(0.0, 1.0)(clean, torch.Generator().manual_seed(8))
    assert psnr[0, -1].item() == pytest.approx(metrics.psnr(spoilt, clean).mean().item(), abs=1e-4)


def test_curve_of_other_images_than_those_asked_for_is_refused(digits: ImageSet) -> None:
    images = {"name": "digits", "sha256": "0" * 64}
    question = asked(digits, noise=Blur(1.0).to_card(), images=images)
    with pytest.raises(UserError, match="have changed"):
        analyses.compute("denoising_curve", question)


def test_at_next_to_no_noise_a_model_does_harm(
    digits: ImageSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(denoising_curve, "IMAGES", 20)
    question = asked(
        digits, noise=Gaussian(0.0, 0.5).to_card(),
        not_trained_on_noise=analyses.of(checkpoints.card("digits-dense-49")),
    )  # fmt: skip
    noisy, not_trained_on_noise = analyses.compute("denoising_curve", question).tensors["psnr"][:2]
    assert noisy[0] > not_trained_on_noise[0] + 10
    assert noisy[-1] < not_trained_on_noise[-1]


def test_only_a_model_of_many_kinds_that_came_with_the_app_stands_in_the_matrix() -> None:
    like, ours = checkpoints.card("digits-dense-49"), checkpoints.card("digits-denoising-49")
    own = replace(ours, name="my-own")
    single = replace(ours, noise=Blur(1.0).to_card())
    assert denoising.shipped([like, own, single, ours], like) == ours
    assert denoising.shipped([like, own, single], like) is None


def test_what_is_no_number_has_not_settled() -> None:
    assert denoising.settled_after(torch.tensor([1.0, math.nan, math.nan])) is None
    assert denoising.settled_after(torch.tensor([1.0, 0.0, 0.0])) == 1


@pytest.mark.long
def test_matrix_shows_that_each_model_helps_most_against_its_own_noise(
    digits: ImageSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(denoising_matrix, "STEPS", 80)
    monkeypatch.setattr(denoising_matrix, "IMAGES", 100)
    said: list[str] = []
    denoiser = analyses.of(checkpoints.card("digits-denoising-49"))
    answer = analyses.compute(
        "denoising_matrix", asked(digits, denoiser=denoiser),
        lambda share, words: said.append(words),
    )  # fmt: skip
    names = list(denoising_matrix.NOISES)
    assert [*names, denoising_matrix.MANY] == list(denoising_matrix.NAMES)
    assert answer.values["tested"] == names
    assert answer.values["trained"] == [*names, denoising_matrix.MANY]
    assert "training on blur, 6 of 8" in said
    psnr = answer.tensors["psnr"]
    assert psnr.shape == (9, 8)
    for name in ("gaussian", "lighter_gaussian", "contrast"):
        column = names.index(name)
        assert psnr[column, column] > psnr[0, column] + 0.5

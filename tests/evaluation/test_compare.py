"""What the page Compare measures: ladders, loss maps, out of distribution, errors, maps."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from scipy.special import rel_entr

from ae_core import analyses, checkpoints, classifiers, latent
from ae_core.analyses import map_fit, reconstruction_errors
from ae_core.checkpoints import ladders
from ae_core.checkpoints.ladders import PCA, PLAIN, VARIATIONAL
from ae_core.errors import UserError
from ae_core.evaluation import loss_maps, metrics, out_of_distribution, scores
from ae_core.image_sets import ImageSet
from ae_core.models.variational import Variational
from ae_core.training import runs
from ae_core.training.runs import RunSpec
from pages.ui.compare import maps

SIZES = [1, 2, 3, 4, 8, 16, 32, 49, 64]


def asked(name: str, images: ImageSet, **more: Any) -> dict[str, Any]:
    model = analyses.of(checkpoints.card(name))
    return {"model": model, "images": {"name": images.name, "sha256": images.sha256}, **more}


def test_ladder_has_nine_sizes_of_three_kinds_and_prefers_its_own_steps() -> None:
    ladder = ladders.of(checkpoints.available()[0], "mnist")
    assert ladders.sizes(ladder) == SIZES
    for kind, prefix in ((PCA, "pca"), (PLAIN, "ae"), (VARIATIONAL, "vae")):
        assert [ladder[kind][size].name for size in SIZES] == [
            f"mnist-{prefix}-{size}" for size in SIZES
        ]


def test_built_in_digits_have_a_small_ladder() -> None:
    ladder = ladders.of(checkpoints.available()[0], "digits")
    assert ladders.sizes(ladder) == [1, 2, 4, 8, 16, 32, 64]
    assert ladder[PLAIN][2].name == "digits-ae-2"
    assert ladder[VARIATIONAL][2].name == "digits-vae-2"


def test_where_no_size_is_shared_every_size_counts() -> None:
    names = {"digits-vae-conv-2", "digits-tanh-3", "digits-deep-49", "digits-dense-49"}
    ladder = ladders.of([c for c in checkpoints.available()[0] if c.name in names], "digits")
    assert ladders.sizes(ladder) == [2, 3, 49]
    assert ladder[PLAIN][49].name == "digits-dense-49"
    assert ladders.sizes(ladders.of([], "digits")) == []


def test_gains_end_where_the_error_hardly_falls() -> None:
    assert ladders.gains_until({1: 0.4, 2: 0.2, 4: 0.105, 8: 0.1}) == 4
    assert ladders.gains_until({1: 0.1}) == 1


def test_maps_of_the_loss_add_up_to_the_metrics() -> None:
    generator = torch.Generator().manual_seed(0)
    x, x_hat = (torch.rand(2, 3, 8, 8, generator=generator) for _ in range(2))
    x[0, 0, 0, :2] = torch.tensor([0.0, 1.0])
    whole = loss_maps.cross_entropy(x_hat, x)
    torch.testing.assert_close(whole.flatten(1).mean(1), metrics.bce(x_hat, x))
    torch.testing.assert_close(
        loss_maps.squared(x_hat, x).flatten(1).mean(1), metrics.mse(x_hat, x)
    )
    torch.testing.assert_close(loss_maps.entropy(x) + loss_maps.missed(x_hat, x), whole)
    p, q = x.double().numpy(), x_hat.double().numpy()
    divergence = rel_entr(p, q) + rel_entr(1 - p, 1 - q)
    np.testing.assert_allclose(loss_maps.missed(x_hat, x).numpy(), divergence, atol=1e-5)


def test_perfect_reconstruction_costs_the_entropy_and_black_and_white_nothing() -> None:
    x = torch.tensor([0.0, 0.5, 1.0]).view(1, 1, 1, 3)
    torch.testing.assert_close(loss_maps.entropy(x).flatten(), torch.tensor([0, math.log(2), 0]))
    perfect = loss_maps.cross_entropy(x, x)
    torch.testing.assert_close(perfect, loss_maps.entropy(x), atol=1e-5, rtol=0)
    assert float(loss_maps.missed(x, x).max()) < 1e-5


def test_kl_of_an_image_is_that_of_its_posterior(digits: ImageSet) -> None:
    model = checkpoints.load("digits-vae-conv-2").model
    assert isinstance(model, Variational)
    x = digits.test[:1].float().div(255)
    mean, log_variance = model.posterior(x)
    by_hand = 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance)
    torch.testing.assert_close(loss_maps.kl_of(model, x), by_hand[0])


@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 32, 32), (3, 64, 64)])
def test_images_out_of_distribution_have_the_form_of_the_set(shape: tuple[int, int, int]) -> None:
    example = torch.zeros(shape)
    example[:, 5, 7] = 1.0
    found = out_of_distribution.examples(example)
    assert list(found) == list(out_of_distribution.NAMES)
    assert {each.shape for each in found.values()} == {torch.Size(shape)}
    assert all(0 <= float(each.min()) <= float(each.max()) <= 1 for each in found.values())
    assert torch.equal(found["upside_down"], torch.rot90(example, 2, (1, 2)))
    assert float(found["empty_page"].max()) == 0
    # Ink as a share of the page: letter and shoe are drawn, and are not the same.
    ink = {name: float(found[name].mean()) for name in ("letter", "shoe")}
    assert 0.05 < ink["letter"] < ink["shoe"] < 0.5
    again = out_of_distribution.examples(example)
    assert torch.equal(again["noise"], found["noise"])


def test_images_out_of_distribution_of_dark_on_light_are_dark_on_light() -> None:
    found = out_of_distribution.examples(torch.ones(1, 28, 28))
    assert float(found["empty_page"].min()) == 1
    assert float(found["letter"].mean()) > 0.5


def test_errors_one_by_one_are_those_of_the_metrics(digits: ImageSet) -> None:
    answer = analyses.compute(
        "reconstruction_errors", asked("digits-dense-49", digits, part="test", count=10_000)
    )
    model, x = checkpoints.load("digits-dense-49").model, digits.test.float().div(255)
    x_hat = latent.reconstruct(model, digits.test)
    assert answer.tensors["index"].tolist() == list(range(360))
    torch.testing.assert_close(answer.tensors["mse"], metrics.mse(x_hat, x))
    torch.testing.assert_close(answer.tensors["bce"], metrics.bce(x_hat, x))
    torch.testing.assert_close(answer.tensors["entropy"], metrics.bce(x, x), atol=1e-5, rtol=0)


def test_training_errors_are_of_images_that_the_model_learned_from(digits: ImageSet) -> None:
    spec = RunSpec(
        preset="tanh-3", image_set="digits", steps=2, name="held", hold_out=1_400, keep_codes=True
    )
    run = runs.start(spec, on="cpu")
    for _ in run.training:
        pass
    runs.finish(run)
    answer = analyses.compute(
        "reconstruction_errors", asked("held", digits, part="train", count=500)
    )
    assert len(answer.tensors["index"]) == len(digits.train) - 1_400


def test_model_that_draws_nan_is_refused_by_its_name(
    digits: ImageSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoint = checkpoints.load("digits-dense-49")
    next(checkpoint.model.parameters()).data[0, 0] = math.nan
    monkeypatch.setattr(reconstruction_errors, "model_of", lambda asked: checkpoint)
    question = asked("digits-dense-49", digits, part="test", count=5)
    with pytest.raises(UserError, match=f"{checkpoint.card.title} draws NaN"):
        analyses.compute("reconstruction_errors", question)


def test_images_that_are_others_by_now_are_refused(digits: ImageSet) -> None:
    question = asked("digits-tanh-3", replace(digits, sha256="0" * 64), part="test", count=5)
    with pytest.raises(UserError, match="have changed"):
        analyses.compute("reconstruction_errors", question)


def test_few_of_many_are_evenly_spread() -> None:
    assert reconstruction_errors.spread(10, 5).tolist() == [0, 2, 4, 6, 8]
    assert reconstruction_errors.spread(3, 5).tolist() == [0, 1, 2]


def test_codes_of_the_prior_itself_fit_it() -> None:
    codes = torch.randn(5_000, 2, generator=torch.Generator().manual_seed(1))
    found = map_fit.fit(codes)
    assert found["kl"] < 0.01
    assert found["beyond"] == pytest.approx(0.01, abs=0.005)
    assert found["spread"] == pytest.approx(1, abs=0.05)


def test_interval_of_a_share_is_wilsons() -> None:
    assert scores.wilson_interval(9, 10) == pytest.approx((0.5958, 0.9821), abs=1e-4)
    assert scores.wilson_interval(0, 10) == pytest.approx((0, 0.2775), abs=1e-4)
    assert scores.wilson_interval(10, 10) == pytest.approx((0.7225, 1), abs=1e-4)


def test_draws_are_like_the_codes_whatever_their_mean_and_covariance() -> None:
    normal = torch.randn(20_000, 2, generator=torch.Generator().manual_seed(0))
    codes = normal @ torch.tensor([[2.0, 0.0], [1.5, 0.5]]) + torch.tensor([3.0, -1.0])
    drawn = map_fit.like(codes, torch.randn(20_000, 2, generator=torch.Generator().manual_seed(1)))
    assert torch.allclose(drawn.mean(0), codes.mean(0), atol=0.05)
    assert torch.allclose(torch.cov(drawn.T), torch.cov(codes.T), rtol=0.05, atol=0.02)


def test_codes_are_drawn_from_the_posteriors_with_their_deviations(digits: ImageSet) -> None:
    model = checkpoints.load("digits-vae-conv-2").model
    mean, log_variance = model.posterior(digits.test[:300].float().div(255))
    off = (map_fit.drawn(model, digits.test[:300]) - mean) / (0.5 * log_variance).exp()
    assert off.std() == pytest.approx(1, abs=0.1)
    assert abs(float(off.mean())) < 0.1
    assert not torch.equal(off[:50], off[250:])  # each part of them has its own draws


def test_kl_to_the_prior_is_that_of_two_normal_distributions() -> None:
    normal = torch.randn(200_000, 2, generator=torch.Generator().manual_seed(0))
    codes = normal * torch.tensor([2.0, 0.5]) + torch.tensor([1.0, 0.0])
    by_hand = 0.5 * (4 + 0.25 + 1 - 2 - math.log(4 * 0.25))
    assert map_fit.fit(codes)["kl"] == pytest.approx(by_hand, rel=0.02)


def test_constant_number_of_a_code_still_has_a_fit() -> None:
    codes = torch.randn(500, 3, generator=torch.Generator().manual_seed(0))
    codes[:, 1] = 0.7
    found = map_fit.fit(codes)
    assert all(math.isfinite(value) for value in found.values())
    assert map_fit.like(codes, torch.randn(100, 3)).isfinite().all()


def test_islands_are_compared_by_their_width_and_need_two_classes() -> None:
    generator = torch.Generator().manual_seed(0)
    wide, narrow = (
        torch.randn(500, 2, generator=generator),
        torch.randn(500, 2, generator=generator),
    )
    codes = torch.cat([3 * wide, narrow + 20])
    labels = torch.tensor([4] * 500 + [7] * 500)
    found = map_fit.islands(codes, labels)
    assert (found["widest"], found["narrowest"]) == (4, 7)
    assert found["times"] == pytest.approx(3, rel=0.1)
    assert 0 < found["within"] < 0.1
    assert map_fit.islands(codes, torch.zeros(1_000, dtype=torch.long))["times"] is None


def test_codes_that_are_no_numbers_are_left_out() -> None:
    codes = torch.randn(100, 2, generator=torch.Generator().manual_seed(0))
    codes[3, 0], codes[5, 1] = math.inf, math.nan
    whole, labels, left_out = map_fit.finite(codes, torch.arange(100) % 3, title="Mine")
    assert left_out == 2
    assert whole.isfinite().all() and len(whole) == len(labels) == 98
    assert labels[3] == 1  # the fourth one is gone
    codes[:95] = math.nan
    with pytest.raises(UserError, match="of 100 of Mine 5 are"):
        map_fit.finite(codes, torch.arange(100) % 3, title="Mine")


def map_of(name: str) -> dict[str, Any]:
    reader = analyses.of(classifiers.card("mnist-classifier"))
    model = analyses.of(checkpoints.card(name))
    asked = {"model": model, "classifier": reader, "images": None}
    return analyses.compute("map_fit", asked).values


def test_variational_map_fits_the_prior_better_than_the_plain_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(map_fit, "DRAWS", 300)
    plain, variational, pca = map(map_of, ("mnist-ae-2", "mnist-vae-2", "mnist-pca-2"))
    assert variational["kl"] < 0.2 < 10 < plain["kl"]
    assert variational["beyond"] < 0.05 < 0.3 < plain["beyond"]
    assert (variational["from_prior"], plain["from_prior"]) == (True, False)
    for each in (plain, variational):
        assert each["readable"]["reconstructions"][0] > 0.9
    assert pca["readable"]["fitted"][0] < 0.6  # a line draws little that looks like a digit


@pytest.mark.long
@pytest.mark.parametrize(("size", "least", "most"), [(2, 0.0, 0.06), (16, 0.1, 0.3)])
def test_more_of_what_a_variational_map_draws_is_read(size: int, least: float, most: float) -> None:
    """Of models that were made alike; hardly more with two numbers, much more with sixteen."""
    pair = map_of(f"mnist-ae-{size}"), map_of(f"mnist-vae-{size}")
    assert "variational map can be read" in maps.finding(*pair)
    plain, variational = (maps.where_drawn(each)[0] for each in pair)
    assert least < variational - plain < most


def test_shares_whose_intervals_overlap_count_as_equal() -> None:
    def of(share: float) -> dict[str, Any]:
        within = (share, share - 0.02, share + 0.02)
        return {"readable": {"prior": within, "fitted": within}, "from_prior": True}

    assert "reads about as much" in maps.finding(of(0.9), of(0.93))
    assert "More of what is drawn from the plain map" in maps.finding(of(0.95), of(0.9))


def test_codes_of_a_variational_map_are_drawn_where_the_images_are_here(digits: ImageSet) -> None:
    model = analyses.of(checkpoints.card("digits-vae-conv-2"))
    asked = {"model": model, "classifier": None, "images": digits.key.to_dict()}
    drawn, means = (
        analyses.compute("map_fit", {**asked, "images": images}).values
        for images in (asked["images"], None)
    )
    assert (drawn["sampled"], means["sampled"]) == (True, False)
    assert drawn["spread"] > means["spread"]  # by what the posteriors are wide
    numbers = {name: drawn[name] for name in ("kl", "beyond", "spread", "within", "times")}
    assert all(math.isfinite(value) for value in numbers.values())


def test_map_without_a_classifier_says_what_it_knows() -> None:
    model = analyses.of(checkpoints.card("digits-vae-conv-2"))
    asked = {"model": model, "classifier": None, "images": None}
    found = analyses.compute("map_fit", asked).values
    assert found["readable"] is None
    assert "N(0, I) reaches" in maps.finding(found, found)

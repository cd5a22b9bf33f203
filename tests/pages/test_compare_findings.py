"""What the page Compare finds, in words and figures, without the page itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch

from ae_core import checkpoints
from ae_core.checkpoints import ladders
from ae_core.image_sets import ImageSet
from pages.ui.compare import bottleneck, charts, pictures, side_by_side


def test_finding_names_who_makes_less_error_and_who_is_level() -> None:
    curves = {
        "PCA": {2: 0.06, 32: 0.0101}, "AE": {2: 0.03, 32: 0.01}, "VAE": {2: 0.0301, 32: 0.03},
    }  # fmt: skip
    at_two, at_many = (bottleneck.finding(curves, size) for size in (2, 32))
    assert at_two == (
        "At 2 numbers the autoencoder makes 50% less error than PCA; the variational one is level"
        " with the plain one"
    )
    assert "is level with PCA" in at_many
    assert "makes 3.0 times the error of the plain one" in at_many


def test_more_numbers_than_a_variational_code_uses_are_said_to_add_nothing() -> None:
    shipped = {size: checkpoints.card(f"mnist-vae-{size}") for size in (2, 16, 64)}
    said = bottleneck.plateau(shipped)
    first, last = (shipped[size].metrics["loss_kl"] for size in (16, 64))
    assert said == (
        "Beyond 16 numbers the variational autoencoder gains nothing more: its KL divergence,"
        f" {first:.0f} nats, is {last:.0f} with 64 numbers."
    )
    more = replace(shipped[64], metrics={**shipped[64].metrics, "loss_kl": 2 * last})
    assert bottleneck.plateau({**shipped, 64: more}).endswith("gains nothing more.")
    falling = {size: replace(card, metrics={"mse": 1 / size}) for size, card in shipped.items()}
    assert bottleneck.plateau(falling) == ""


def test_errors_of_test_images_are_those_of_the_classes_that_were_learned(
    digits: ImageSet,
) -> None:
    index = torch.arange(0, 360, 3)
    tested = {"index": index, "mse": digits.test_labels[index].float()}
    card = checkpoints.card("digits-tanh-3")
    assert side_by_side.of_its_classes(card, digits, tested) is tested["mse"]
    some = replace(card, only_classes=["3", "8", "gone"])
    found = side_by_side.of_its_classes(some, digits, tested)
    assert found.unique().tolist() == [3, 8]
    none = replace(card, only_classes=["gone"])
    assert len(side_by_side.of_its_classes(none, digits, tested)) == 0


def test_by_heart_needs_more_than_chance() -> None:
    card = checkpoints.card("digits-tanh-3")
    generator = torch.Generator().manual_seed(0)
    same = torch.rand(300, generator=generator), torch.rand(300, generator=generator)
    assert charts.by_heart([card], {card.name: same}).startswith("None has learned")
    known = torch.full((300,), 0.01) + 0.001 * torch.rand(300, generator=generator)
    said = charts.by_heart([card], {card.name: (known, 3 * known)})
    assert "has learned by heart: on new images its error is 3.0 times as large" in said
    other = checkpoints.card("digits-dense-49")
    wide = torch.rand(300, generator=generator) ** 8
    unsure = wide[:30], 4 * wide[30:60]  # a larger ratio, which chance can have made
    said = charts.by_heart([card, other], {card.name: (known, 1.3 * known),
                                                   other.name: unsure})  # fmt: skip
    assert "has learned by heart" in said


def test_ladder_says_what_else_differs_from_size_to_size() -> None:
    shipped = ladders.of(checkpoints.available()[0], "mnist")
    made = ("256, 128, 128", "BCE", "9,400")
    sizes = "1, 2, 3, 4, 8, 16, 32, 49, 64"
    assert bottleneck.what_else_differs(shipped) == [
        ("Autoencoder", sizes, *made), ("Variational", sizes, *made)
    ]  # fmt: skip
    shipped["AE"][8] = replace(shipped["AE"][8], steps=100)
    assert ("Autoencoder", "8", *made[:2], "100") in bottleneck.what_else_differs(shipped)
    one = checkpoints.card("digits-tanh-3")
    assert len(bottleneck.what_else_differs(ladders.of([one], "digits"))) == 1


def test_model_that_has_seen_the_test_images_is_ranked_nowhere() -> None:
    one, other = checkpoints.card("digits-tanh-3"), checkpoints.card("digits-dense-49")
    seen = replace(other, name="seen", part="all", metrics={**other.metrics, "mse": 0.0})
    errors = {one.name: torch.ones(4), other.name: 2 * torch.ones(4), "seen": torch.zeros(4)}
    said = charts.who_wins([one, other, seen], errors)
    assert "tanh-3" in said and "100% of 4" in said and "left aside" in said
    assert "no two models to rank" in charts.who_wins([one, seen], errors)
    assert "seen" not in str(ladders.of([one, seen], "digits"))


def test_elbo_of_a_model_that_is_told_the_class_stands_beside_no_other() -> None:
    assert checkpoints.card("mnist-vae-2").figure("nelbo")
    told = checkpoints.card("mnist-conditional-vae-12")
    assert told.figure("nelbo") is None
    assert told.nelbo_given_class == pytest.approx(126.7, abs=0.1)


def test_shares_of_all_bins_are_one_and_disagreement_is_of_the_extremes() -> None:
    errors = [torch.tensor([0.0, 0.1, 0.4]), torch.tensor([0.2, 0.1, 0.1])]
    edges = charts.bins(errors)
    for each in errors:
        assert charts.shares(each, edges).sum() == pytest.approx(1)
    torch.testing.assert_close(charts.disagreement(errors), torch.tensor([0.2, 0.0, 0.3]))


def test_differences_are_white_where_there_are_none_red_and_blue_where_there_are() -> None:
    x = torch.tensor([0.5, 0.0, 1.0]).view(1, 1, 1, 3)
    x_hat = torch.tensor([0.5, 1.0, 0.0]).view(1, 1, 1, 3)
    none, more, less = pictures.signed(x_hat, x)[0, 0]
    assert min(none) > 0.95
    assert more[0] > more[2]
    assert less[2] > less[0]


@pytest.mark.parametrize(
    "change",
    [
        {"config": {"latent_dim": 8}},
        {"noise": {"kind": "gaussian", "mean": 0.5, "std": 0.5}},
        {"only_classes": ["1"]},
        {"hold_out": 1_000},
        {"image_set": "digits"},
        {"recipe_name": "fast"},
        {"preset": "wide-49", "recipe_name": "fast"},
        {"recipe": {"learning_rate": 2e-3}},
        {"steps": 11_749},
        {"part": "all"},
    ],
    ids=str,
)
def test_published_figure_is_of_the_network_as_it_was_published(change: dict[str, Any]) -> None:
    card = checkpoints.card("mnist-dense-49")
    assert charts.reported(card) == {"bce": 0.0777}
    for name in change.keys() & {"config", "recipe"}:
        change = {name: {**getattr(card, name), **change[name]}}
    assert charts.reported(replace(card, **change)) == {}


def test_network_without_the_figure_that_was_published_stands_beside_none() -> None:
    card = checkpoints.card("mnist-tanh-3")
    assert charts.reported(card) == {"mse": 0.03}
    assert charts.reported(replace(card, metrics={"bce": card.metrics["bce"]})) == {}

"""What a run is held against while it goes on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ae_core import checkpoints
from ae_core.checkpoints.cards import Card
from ae_core.jobs import access
from ae_core.training.runs import RunSpec
from pages.ui.train import curves
from tests.people import ANN


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (
            RunSpec("dense-49", "mnist", "published", title="a"),
            {"PCA, 49 numbers", "as published: 0.0777"},
        ),
        (
            RunSpec("tanh-3", "mnist", "published", title="a"),
            {"PCA, 3 numbers", "as published, on batches of training images: 0.0300"},
        ),
        (RunSpec("dense-49", "mnist", title="a"), {"PCA, 49 numbers"}),
        (RunSpec("vae-conv-2", "mnist", title="a"), set()),
        (RunSpec("vae-conv-2", "digits", title="a"), set()),
    ],
)
def test_curves_are_held_against_pca_what_ships_and_the_source(
    home: Path, spec: RunSpec, expected: set[str]
) -> None:
    job = access.submit(ANN, spec)
    found = curves.baselines(job.spec, job.name)
    shipped = [
        card
        for card in checkpoints.available()[0]
        if (card.preset, card.image_set) == (spec.preset, spec.image_set)
        and not card.has_seen_test_images
    ]
    as_it_came = {name: value for name, value in found.items() if name.endswith("as it came")}
    figures = {card.figure("nelbo") or card.metrics[_loss(card)] for card in shipped}
    assert set(as_it_came.values()) == figures != set()
    assert found.keys() - as_it_came.keys() == expected


def test_another_size_of_code_is_not_held_against_the_source(home: Path) -> None:
    spec = replace(RunSpec("dense-49", "mnist", title="a"), config={"latent_dim": 48})
    assert curves.baselines(spec) == {}


def _loss(card: Card) -> str:
    return str(card.config.get("loss", "bce"))

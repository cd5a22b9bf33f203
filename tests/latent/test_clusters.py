"""Clusters of codes without labels, and how they become the classes of a set."""

from __future__ import annotations

import pytest
import torch
from sklearn.metrics import adjusted_rand_score

from ae_core import checkpoints, image_sets, latent
from ae_core.accounts import ownership
from ae_core.errors import UserError
from ae_core.image_sets import ImageSet
from ae_core.image_sets.stored import SetCard
from ae_core.images.form import Form
from ae_core.latent import clusters
from ae_core.latent.clusters import BETWEEN
from ae_core.training import runs
from ae_core.training.runs import RunSpec
from tests.image_sets.pets import collection_of, saved
from tests.people import BOB, ME


@pytest.fixture
def unlabelled() -> SetCard:
    return saved(collection_of(60), Form())


def model_of(card: SetCard) -> str:
    name = ownership.new_name("mine")
    ownership.add(ME, name, ownership.CHECKPOINT, "Mine")
    run = runs.start(RunSpec("tanh-3", card.name, steps=2, name=name, keep_codes=True))
    for _ in runs.watch(run):
        pass
    return runs.finish(run).name


def test_groups_far_apart_are_found_largest_first_and_a_rare_one_is_none() -> None:
    random = torch.Generator().manual_seed(0)
    sizes = (40, 160, 80)
    codes = torch.cat(
        [torch.randn(size, 6, generator=random) + 40 * place for place, size in enumerate(sizes)]
    )
    found = clusters.clusters(codes)
    assert found.tolist() == [2] * 40 + [0] * 160 + [1] * 80


def test_codes_beyond_the_most_go_with_those_near_to_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clusters, "MOST", 100)
    random = torch.Generator().manual_seed(0)
    codes = torch.randn(400, 4, generator=random) + 50 * (torch.arange(400) % 2)[:, None]
    found = clusters.clusters(codes)
    assert {tuple(found[:2].tolist())} <= {(0, 1), (1, 0)}
    assert found.tolist() == found[:2].tolist() * 200


def test_clusters_of_the_digits_are_the_digits_for_the_most_part(digits: ImageSet) -> None:
    model = checkpoints.load("digits-dense-49").model
    found = clusters.clusters(latent.encode(model, digits.train))
    assert 8 <= int(found.max()) + 1 <= 20
    assert float((found == BETWEEN).float().mean()) < 0.2
    assert adjusted_rand_score(digits.train_labels, found) > 0.5


def test_clusters_become_classes_and_models_of_it_go_along(unlabelled: SetCard) -> None:
    name = model_of(unlabelled)
    weights = checkpoints.card(name).weights_sha256
    labels = torch.arange(60) % 3 - 1
    written = clusters.keep_as_classes(ME, image_sets.load(unlabelled.name).key, labels)
    assert written.classes == ["cluster 1", "cluster 2", "between clusters"]
    images = image_sets.load(unlabelled.name)
    given = torch.cat([images.train_labels, images.test_labels])
    assert given.tolist() == [2, 0, 1] * 20
    found = checkpoints.load(name)
    assert (found.card.image_set_sha256, found.card.weights_sha256) == (images.sha256, weights)
    assert found.card.classes == written.classes
    assert found.labels is not None
    assert found.labels.tolist() == images.test_labels.tolist()


def test_only_the_owner_makes_clusters_classes(unlabelled: SetCard) -> None:
    with pytest.raises(UserError, match="not yours"):
        clusters.keep_as_classes(
            BOB, image_sets.load(unlabelled.name).key, torch.zeros(60, dtype=torch.int64)
        )
    assert image_sets.load(unlabelled.name).sha256 == unlabelled.sha256

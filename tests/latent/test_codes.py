"""What is computed with codes: moments, traversals, directions, neighbours, maps, features."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image
from scipy.stats import pearsonr
from skimage.measure import euler_number, label
from sklearn.datasets import make_blobs
from sklearn.neighbors import NearestNeighbors

from ae_core import analyses, checkpoints, image_sets
from ae_core.checkpoints import Checkpoint
from ae_core.errors import UserError
from ae_core.evaluation import scores
from ae_core.image_sets import ImageSet, saving
from ae_core.images.form import Form
from ae_core.latent import (
    coded_images,
    directions,
    flat_maps,
    image_moments,
    neighbours,
    traversals,
)
from ae_core.latent.coded_images import Coded
from ae_core.uploads.collection import PictureCollection
from ae_core.uploads.intake import ReadResult
from tests.people import ME


@pytest.fixture
def tiny_model(tiny: str) -> Checkpoint:
    return checkpoints.load(tiny)


def column(name: str) -> int:
    return image_moments.NAMES.index(name)


def test_moments_of_a_bar_are_its_size() -> None:
    x = torch.zeros(1, 1, 28, 28)
    x[0, 0, 4:24, 10:16] = 1
    measured = image_moments.moments(x)[0]
    assert measured[column("ink")] == pytest.approx(100 * 20 * 6 / 784, rel=1e-4)
    assert measured[column("slant")] == pytest.approx(0, abs=1e-3)
    # A row of n pixels has the variance (n^2 - 1) / 12.
    assert measured[column("width")] == pytest.approx(math.sqrt(35), rel=1e-4)
    assert measured[column("height")] == pytest.approx(math.sqrt(399), rel=1e-4)
    assert measured[column("loops")] == 0


def test_slant_is_the_angle_and_width_that_of_the_upright_digit() -> None:
    upright = torch.zeros(28, 28)
    upright[4:24, 12:16] = 1
    leaning = torch.stack([row.roll((13 - number) // 2) for number, row in enumerate(upright)])
    measured = image_moments.moments(torch.stack([upright, leaning])[:, None])
    assert measured[1, column("slant")] == pytest.approx(math.degrees(math.atan(0.5)), abs=1.5)
    assert measured[1, column("width")] == pytest.approx(float(measured[0, column("width")]), 0.05)


def test_loops_are_those_of_the_euler_number(digits: ImageSet) -> None:
    ink = digits.test[:60, 0] > 127
    found = image_moments.loops(ink).tolist()
    by_hand = [
        int(label(each, connectivity=2).max()) - euler_number(each, connectivity=2)
        for each in ink.numpy()
    ]
    assert found == by_hand
    assert {0, 1, 2} <= set(found)


def test_image_without_ink_has_no_nan() -> None:
    assert image_moments.moments(torch.zeros(2, 3, 8, 8)).tolist() == [[0] * 5] * 2


def test_correlations_are_pearsons_and_zero_for_what_never_moves() -> None:
    torch.manual_seed(0)
    a, b = torch.randn(50, 3), torch.randn(50, 2)
    b[:, 0] += a[:, 1]
    a[:, 2] = 7
    r = traversals.correlations(a, b)
    assert r[1, 0] == pytest.approx(pearsonr(a[:, 1].numpy(), b[:, 0].numpy()).statistic, abs=1e-5)
    assert r[2].tolist() == [0, 0]
    assert traversals.constant(a) == [2]


def test_ablation_of_a_constant_number_costs_nothing(
    tiny_model: Checkpoint, digits: ImageSet
) -> None:
    found = coded_images.coded(tiny_model, digits, 50)
    z = found.z.clone()
    z[:, 1] = 0.25
    whole, without = traversals.ablation(tiny_model.model, found.x, z)
    assert without[1] == pytest.approx(whole, rel=1e-5)
    cut = z.clone()
    cut[:, 0] = z[:, 0].mean()
    by_hand = (tiny_model.model.decode(cut) - found.x.float() / 255).square().mean()
    assert without[0] == pytest.approx(float(by_hand), rel=1e-4)


def test_direction_of_two_clear_groups_is_reliable_and_of_one_group_split_is_not() -> None:
    generator = torch.Generator().manual_seed(1)
    cloud = torch.randn(400, 16, generator=generator)
    shifted = cloud + torch.eye(16)[3] * 4
    clear = directions.between(cloud[:200], shifted[200:], names=("a", "b"))
    assert int(clear.step.abs().argmax()) == 3
    assert clear.low > 0.9
    assert clear.low <= clear.cosine <= clear.high
    chance = directions.between(cloud[:200], cloud[200:], names=("a", "b"))
    assert chance.cosine < clear.low


def test_small_group_is_named_with_how_many_are_missing() -> None:
    z = torch.randn(30, 4)
    with pytest.raises(UserError, match=r"The bold tenth has 7 images.*13 more"):
        directions.between(z, z[:7], names=("The thin tenth", "The bold tenth"))


def test_extremes_are_the_lowest_and_the_highest_tenth() -> None:
    low, high = directions.extremes(torch.arange(50.0).flip(0))
    assert sorted(low.tolist()) == [45, 46, 47, 48, 49]
    assert sorted(high.tolist()) == [0, 1, 2, 3, 4]
    with pytest.raises(UserError, match="same for all"):
        directions.extremes(torch.ones(50))


def test_neighbours_are_those_of_scikit_learn(tiny_model: Checkpoint, digits: ImageSet) -> None:
    found = coded_images.coded(tiny_model, digits)
    near = neighbours.of(found, 7, 5)
    for rows, space in (
        (near.by_code, found.z.numpy()),
        (near.by_pixels, found.x.flatten(1).numpy().astype(np.float32)),
    ):
        expected = NearestNeighbors(n_neighbors=6).fit(space).kneighbors(space[7:8])[1][0, 1:]
        assert rows == expected.tolist()


def test_neighbours_of_a_new_picture_that_is_one_of_the_images_begin_with_it(
    tiny_model: Checkpoint, digits: ImageSet
) -> None:
    found = coded_images.coded(tiny_model, digits)
    near, new = (
        neighbours.of(found, 7, 4), neighbours.of_new(found, found.z[7:8], found.x[7:8], 5),
    )  # fmt: skip
    assert new.by_code == [7, *near.by_code]
    assert new.by_pixels == [7, *near.by_pixels]


def test_codes_that_are_no_numbers_are_left_out_and_counted(
    tiny_model: Checkpoint, digits: ImageSet
) -> None:
    assert tiny_model.codes is not None
    broken = tiny_model.codes.clone()
    broken[2, 0], broken[5, 1] = torch.inf, torch.nan
    found = coded_images.coded(replace(tiny_model, codes=broken), digits)
    assert found.left_out == 2
    assert found.place(2) is None
    assert found.place(3) == 2
    assert bool(found.z.isfinite().all())
    with pytest.raises(UserError, match="finite numbers"):
        coded_images.coded(replace(tiny_model, codes=broken * torch.nan), digits)


def test_images_of_another_size_are_refused_in_words(
    tiny_model: Checkpoint, digits: ImageSet
) -> None:
    colour = replace(
        digits, train=torch.zeros(4, 3, 64, 64, dtype=torch.uint8),
        test=torch.zeros(4, 3, 64, 64, dtype=torch.uint8),
        train_labels=torch.zeros(4, dtype=torch.int64),
        test_labels=torch.zeros(4, dtype=torch.int64),
    )  # fmt: skip
    with pytest.raises(UserError, match=r"28 x 28 pixels.*64 x 64 pixels in colour"):
        coded_images.coded(tiny_model, colour)


@pytest.mark.parametrize("way", flat_maps.WAYS)
@pytest.mark.one_in(3)
def test_map_keeps_far_groups_apart_and_says_how_far_it_is(way: str) -> None:
    codes, groups = make_blobs(240, n_features=12, centers=3, random_state=0)
    z = torch.from_numpy(codes).float()
    said: list[float] = []
    places = flat_maps.flat(z, way, said.append)
    nearest = torch.cdist(places, places).fill_diagonal_(torch.inf).argmin(1)
    of = torch.from_numpy(groups)
    assert float((of[nearest] == of).float().mean()) > 0.98
    assert flat_maps.trustworthiness(z, places) > 0.75
    assert torch.equal(flat_maps.flat(z, way), places)
    if way != "pca":
        assert len(said) > 3
        assert said == sorted(said)
        assert said[-1] == pytest.approx(1, abs=0.05)


def test_map_of_too_few_or_equal_codes_is_refused_in_words() -> None:
    with pytest.raises(UserError, match=r"needs 50 codes, and here are 20: 30 more"):
        flat_maps.flat(torch.randn(20, 5), "umap")
    with pytest.raises(UserError, match="All codes are the same"):
        flat_maps.flat(torch.ones(60, 5), "umap")


def test_ten_codes_are_laid_flat_by_pca() -> None:
    z = torch.randn(10, 5, generator=torch.Generator().manual_seed(0))
    places = flat_maps.flat(z, "pca")
    assert places.shape == (10, 2)
    assert 0 <= flat_maps.trustworthiness(z, places) <= 1


def test_linear_accuracy_reads_what_a_line_can_divide() -> None:
    codes, groups = make_blobs(300, n_features=4, centers=3, random_state=1)
    z, labels = torch.from_numpy(codes).float(), torch.from_numpy(groups).long()
    assert scores.linear_accuracy(z[:200], labels[:200], z[200:], labels[200:]) == 1
    shuffled = labels[torch.randperm(300, generator=torch.Generator().manual_seed(0))]
    assert scores.linear_accuracy(z[:200], shuffled[:200], z[200:], shuffled[200:]) < 0.6


def asked(model: Checkpoint, images: ImageSet, **more: object) -> dict[str, object]:
    return {
        "model": analyses.of(model.card),
        "images": {"name": images.name, "sha256": images.sha256},
        **more,
    }


def test_dimensions_answer_for_each_number(tiny_model: Checkpoint, digits: ImageSet) -> None:
    told: list[float] = []
    answer = analyses.compute(
        "dimensions", asked(tiny_model, digits), lambda share, words: told.append(share)
    )
    assert {name: tuple(tensor.shape) for name, tensor in answer.tensors.items()} == {
        "variance": (3,), "r": (3, 5), "moved": (3,), "change": (3, 5), "without": (3,),
    }  # fmt: skip
    assert told == sorted(told)
    assert bool((answer.tensors["without"] > 0.9 * answer.values["error"]).all())


def test_ladder_reads_codes_pca_and_pixels(tiny_model: Checkpoint, digits: ImageSet) -> None:
    question = asked(tiny_model, digits, models=[analyses.of(tiny_model.card)], sizes=[1, 8])
    answer = analyses.compute("feature_ladder", question)
    assert answer.tensors["models"].shape == (1, 2)
    assert (answer.tensors["pca"][1] > answer.tensors["pca"][0] + 0.2).all()
    assert (answer.tensors["pixels"] > 0.9).all()


@pytest.mark.long
def test_classifier_with_more_labels_knows_more(tiny_model: Checkpoint, digits: ImageSet) -> None:
    answer = analyses.compute("few_labels", asked(tiny_model, digits, labels=[10, 300]))
    taken = answer.tensors["taken"]
    right = (taken == digits.test_labels).float().mean(2)
    assert answer.values["counts"] == [10, 300]
    assert (right[1] > right[0]).all()
    assert right[1].min() > 0.6


def test_one_class_is_refused_by_whatever_tells_classes_apart(tiny_model: Checkpoint) -> None:
    collection = PictureCollection()
    for number in range(12):
        noise = np.random.default_rng(number).integers(0, 256, (28, 28), np.uint8)
        collection.add(ReadResult(f"{number}.png", "", Image.fromarray(noise)))
    card = saving.save(
        ME, collection, collection.survey(), Form(size=28, colour=False), title="Plain"
    )
    alone = image_sets.load(card.name)
    for kind, more in (
        ("feature_ladder", {"models": [], "sizes": [1]}),
        ("few_labels", {"labels": [0]}),
    ):
        with pytest.raises(UserError, match=r"of one class.*two classes or more"):
            analyses.compute(kind, asked(tiny_model, alone, **more))


def test_shares_count_neighbours_that_both_spaces_have() -> None:
    z = torch.arange(12.0)[:, None]
    x = (torch.arange(12)[:, None, None, None] * 20).to(torch.uint8)
    found = Coded(x, z, torch.zeros(12, dtype=torch.int64), torch.arange(12), 0)
    by_code, by_pixels, both = neighbours.shares(found, 2)
    assert (by_code, by_pixels) == (1, 1)
    assert both > 0.9

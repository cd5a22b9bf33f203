"""What a model is shown while it learns: which images, with which noise and classes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch

from ae_core import checkpoints
from ae_core.errors import UserError
from ae_core.models.base import Batch
from ae_core.noise import Gaussian, Masking
from ae_core.types import Images, Pixels
from tests.training.small_runs import ADAM, Recorded, each_network, finished, small, started


def test_a_model_that_learns_from_classes_asks_for_them(images: Pixels) -> None:
    with pytest.raises(UserError, match="Choose a set with labels"):
        started(small("conditional_vae"), images, ADAM)


def test_a_solved_model_needs_one_step_and_takes_no_noise(images: Pixels) -> None:
    run = started(small("pca"), images, ADAM)
    assert [event.step for event in run] == [1]
    with pytest.raises(UserError, match="cannot learn to remove noise"):
        started(small("pca"), images, ADAM, noise=Gaussian())


def test_images_of_another_shape_are_refused_and_both_shapes_named(images: Pixels) -> None:
    model = checkpoints.build("dense", {}, (3, 32, 32))
    with pytest.raises(UserError, match=r"images are 1 x 28 x 28, the model takes 3 x 32 x 32\."):
        started(model, images, ADAM)


def test_an_empty_set_is_refused(images: Pixels) -> None:
    with pytest.raises(UserError, match="There are no images to train on"):
        started(small(), images[:0], ADAM)


def test_a_batch_can_be_larger_than_the_set(images: Pixels) -> None:
    run = started(small(), images[:3], replace(ADAM, batch_size=8192))
    assert [event.step for event in run] == [1, 2]


@each_network
def test_noise_is_put_on_what_the_encoder_sees_and_not_on_the_target(
    family: str, images: Pixels, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = small(family)
    given: list[tuple[Images, Images]] = []
    loss = model.loss

    def recorded(batch: Batch) -> Any:
        given.append((batch.seen.clone(), batch.clean.clone()))
        return loss(batch)

    monkeypatch.setattr(model, "loss", recorded)
    finished(started(model, images, ADAM, noise=Masking(amount=1.0), steps=3))
    whole = {image.numpy().tobytes() for image in images.float() / 255}
    assert len(given) >= 3
    for seen, clean in given:
        assert not seen.any()
        assert {image.numpy().tobytes() for image in clean} <= whole


def test_an_epoch_shows_each_image_once_and_the_next_in_another_order(images: Pixels) -> None:
    noise = Recorded()
    finished(started(small(), images, ADAM, noise=noise))
    batches: list[Images] = noise.batches  # type: ignore[attr-defined]
    epochs = [torch.cat(batches[:8]), torch.cat(batches[8:])]
    whole = sorted(image.numpy().tobytes() for image in images.float() / 255)
    for epoch in epochs:
        assert sorted(image.numpy().tobytes() for image in epoch) == whole
    assert not torch.equal(*epochs)

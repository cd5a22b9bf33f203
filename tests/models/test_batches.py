"""What a notebook may hand to a model: images as bytes or in [0, 1], by torch or numpy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from ae_core import checkpoints, classifiers, latent
from ae_core.errors import UserError
from ae_core.evaluation.scores import evaluate
from ae_core.image_sets import ImageSet
from ae_core.models import FAMILIES

FORMS: dict[str, Callable[[torch.Tensor], Any]] = {
    "floats": lambda images: images.float().div(255),
    "doubles": lambda images: images.double().div(255),
    "numpy bytes": lambda images: images.numpy(),
    "numpy floats": lambda images: images.numpy().astype(np.float32) / 255,
}


@pytest.mark.parametrize("form", FORMS)
def test_images_are_the_same_in_every_form(form: str, digits: ImageSet) -> None:
    images = digits.test[:30]
    model = checkpoints.load("digits-dense-49").model
    classifier = classifiers.load("mnist-classifier").classifier
    other = FORMS[form](images)
    for made in (latent.encode, latent.reconstruct):
        torch.testing.assert_close(made(model, other), made(model, images))
    assert evaluate(model, other) == pytest.approx(evaluate(model, images), rel=1e-5)
    torch.testing.assert_close(classifier.predict(other)[1], classifier.predict(images)[1])


def test_floats_that_are_bytes_are_refused_and_told_what_to_do(digits: ImageSet) -> None:
    model = checkpoints.load("digits-dense-49").model
    with pytest.raises(UserError, match=r"reach from 0 to 255\. Divide by 255"):
        latent.reconstruct(model, digits.test[:3].float())
    with pytest.raises(UserError, match=r"lie in \[0, 1\]"):
        latent.encode(model, torch.full((2, 1, 28, 28), float("nan")))


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_refuses_images_of_another_size(family: str) -> None:
    model = FAMILIES[family].model(FAMILIES[family].config())
    for shape in ((3, 1, 32, 32), (3, 3, 28, 28), (3, 1, 28, 56)):
        with pytest.raises(UserError, match=r"takes images of the shape \(n, 1, 28, 28\)"):
            latent.encode(model, torch.rand(shape))

"""scikit-learn's 1,797 handwritten digits (Alpaydin and Kaynak 1998), in MNIST's form."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch

from ae_core.image_sets.base import DIGIT_NAMES, ImageSet, sha256_of
from ae_core.images.digit_form import to_mnist_form
from ae_core.texts import N_
from ae_core.wording import DIGITS

TITLE = N_("Built-in digits")


def load() -> ImageSet:
    """1,437 images to train on and 360 to test on: every fifth is a test image."""
    table = torch.from_numpy(np.loadtxt(_file(), delimiter=","))
    eighth = table[:, :-1].reshape(-1, 1, 8, 8).float().div(16)
    images = to_mnist_form(eighth).mul(255).round().to(torch.uint8)
    labels = table[:, -1].long()
    is_test = torch.arange(len(images)) % 5 == 0
    train, test = images[~is_test], images[is_test]
    train_labels, test_labels = labels[~is_test], labels[is_test]
    return ImageSet(
        name="digits",
        title=TITLE,
        train=train,
        train_labels=train_labels,
        test=test,
        test_labels=test_labels,
        classes=DIGIT_NAMES,
        sha256=sha256_of(train, train_labels, test, test_labels),
        noun=DIGITS,
    )


def _file() -> Path:
    """Where scikit-learn has them: to import it takes a second."""
    package = find_spec("sklearn")
    assert package and package.origin
    return Path(package.origin).parent / "datasets" / "data" / "digits.csv.gz"

"""Finds the arrays that hold the classes of the pictures in another one."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ae_core.uploads.numpy_files import Header

MAX_LABEL_BYTES = 64 * 2**20
MOST_CLASSES = 1000
MOST_AXES = 4

WORDS = re.compile(
    r"(?<![a-z])(labels?|targets?|classes|class|names?|y|images?|imgs?|data|pixels|x|arr)(?![a-z])",
    re.IGNORECASE,
)
"""What names say of an array beside which part of a set it holds."""

PARTS = re.compile(r"(train(ing)?|test(ing)?|val(id|idation)?|dev|part|fold)\d*", re.IGNORECASE)
"""Names of the parts of a set, which are no classes."""


def may_be_labels(header: Header) -> bool:
    """Whether an array of this header may hold one class for each of its first axis."""
    columns = math.prod(header.shape[1:])
    if not 0 < len(header.shape) <= MOST_AXES or not 1 <= columns <= MOST_CLASSES:
        return False
    if header.bytes > MAX_LABEL_BYTES:
        return False
    # One column of anything; of several, one is one and all others are zero.
    return columns == 1 or (len(header.shape) == 2 and header.dtype.kind in "biuf")


def labels_in(values: NDArray[Any]) -> list[str] | None:
    """The class of each entry, from words, whole numbers or one-hot rows; None from other numbers.

    Args:
        values: (n,), (n, 1) or (n, classes).
    """
    if values.ndim > 1 and math.prod(values.shape[1:]) > 1:
        is_one_hot = np.isin(values, (0, 1)).all() and (values.sum(axis=1) == 1).all()
        if not is_one_hot:
            return None
        values = values.argmax(axis=1)
    values = values.reshape(-1)
    if values.dtype.kind == "f":
        is_exact = (np.abs(values) < 2**53).all()  # which NaN is not
        if not (is_exact and (values == np.rint(values)).all()):
            return None
        values = values.astype(np.int64)
    return [
        value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
        for value in values.tolist()
    ]


def pairs(pictures: Mapping[str, int], labels: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """For each array of so many pictures those of its labels, the likeliest first.

    `x_train` goes with `y_train`, `test_images` with `test_labels`, else one with the only other
    that is as long. Where none is likely the first is "".
    """
    found = {}
    for name, count in pictures.items():
        fits = [each for each, values in labels.items() if len(values) == count]
        same = [each for each in fits if stem(each).lower() == stem(name).lower()]
        best = (same or (fits if len(fits) == 1 else [""]))[0]
        found[name] = [best, *(each for each in fits if each != best)]
    return found


def named(labels: Sequence[str], others: Mapping[str, Sequence[str]]) -> list[str]:
    """Numbers of classes as their names, where an array beside them has one name for each."""
    if not all(label.isdecimal() for label in labels):
        return list(labels)
    numbers = [int(label) for label in labels]
    for names in others.values():
        are_words = not any(name.isdecimal() for name in names)
        if are_words and len(names) != len(labels) and max(numbers, default=0) < len(names):
            return [names[number] for number in numbers]
    return list(labels)


def classes_by_name(names: Sequence[str]) -> list[str]:
    """What sets the names of several files apart, as their classes; "" for each where nothing does.

    `quickdraw_cat` and `quickdraw_dog` are cat and dog; `x_train` and `x_test` are no classes.
    """
    words = [stem(name).split() for name in names]
    shared = set.intersection(*map(set, words)) if len(words) > 1 else set()
    apart = [
        " ".join(word for word in each if word not in shared and not PARTS.fullmatch(word))
        for each in words
    ]
    are_classes = len(set(apart)) == len(apart) > 1 and all(
        each and not each.replace(" ", "").isdecimal() for each in apart
    )
    return apart if are_classes else [""] * len(apart)


def stem(name: str) -> str:
    """What a name says beside that it names pictures or labels."""
    plain = re.sub(r"\.[A-Za-z]+$", "", name)
    return " ".join(WORDS.sub(" ", re.sub(r"[\W_]+", " ", plain)).split())

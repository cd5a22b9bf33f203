"""Image sets: MNIST, the built-in digits, and those that people made, split into train and test."""

from ae_core.image_sets.base import DIGIT_NAMES, ONLY_CLASS, ImageSet, ImageSetKey
from ae_core.image_sets.catalogue import (
    NAMES,
    TITLES,
    available,
    class_names,
    delete,
    load,
    remove,
    titles,
    version,
)
from ae_core.image_sets.selection import Part, cut, select

__all__ = [
    "DIGIT_NAMES",
    "NAMES",
    "ONLY_CLASS",
    "TITLES",
    "ImageSet",
    "ImageSetKey",
    "Part",
    "available",
    "class_names",
    "cut",
    "delete",
    "load",
    "remove",
    "select",
    "titles",
    "version",
]

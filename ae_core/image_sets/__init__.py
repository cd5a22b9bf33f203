"""Image sets: MNIST, built-in digits and shapes, and people's own, split into train and test."""

from ae_core.image_sets.base import (
    DIGIT_NAMES,
    ONLY_CLASS,
    Factor,
    Factors,
    ImageSet,
    ImageSetKey,
)
from ae_core.image_sets.catalogue import (
    NAMES,
    TITLES,
    WITH_FACTORS,
    available,
    class_names,
    delete,
    load,
    remove,
    titles,
    version,
)
from ae_core.image_sets.selection import Part, cut, select, selected

__all__ = [
    "DIGIT_NAMES",
    "NAMES",
    "ONLY_CLASS",
    "TITLES",
    "WITH_FACTORS",
    "Factor",
    "Factors",
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
    "selected",
    "titles",
    "version",
]

"""Classifiers on encoders: their network, their training, keeping them, and what they recognise."""

from ae_core.classifiers.files import (
    Kept,
    accuracy,
    available,
    card,
    check_free,
    confusion,
    find,
    kept_confusion,
    load,
    recognised,
    retitle,
    save,
)

__all__ = [
    "Kept",
    "accuracy",
    "available",
    "card",
    "check_free",
    "confusion",
    "find",
    "kept_confusion",
    "load",
    "recognised",
    "retitle",
    "save",
]

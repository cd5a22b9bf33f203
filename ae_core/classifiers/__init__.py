"""Classifiers on encoders: their network, their training, keeping them, and what they recognise."""

from ae_core.classifiers.files import (
    Kept,
    accuracy,
    available,
    card,
    check_free,
    confusion,
    load,
    recognised,
    save,
)

__all__ = [
    "Kept",
    "accuracy",
    "available",
    "card",
    "check_free",
    "confusion",
    "load",
    "recognised",
    "save",
]

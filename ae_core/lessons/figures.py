"""The figures that a lesson's text can name, taken from the product when they are shown.

`{error:ladder:2}` is the error of a model on test images, `{error:mean}` that of the mean image.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from ae_core import image_sets
from ae_core.checkpoints.cards import Card
from ae_core.errors import UserError
from ae_core.lessons import roles

PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")
NONE = "—"
"""What stands where a figure cannot be had."""


def filled(text: str) -> str:
    """A text with its figures."""
    return PLACEHOLDER.sub(lambda found: value(found[1]), text)


def unknown(text: str) -> str | None:
    """The first placeholder of a text that is no figure."""
    for found in PLACEHOLDER.finditer(text):
        kind, _, of = found[1].partition(":")
        if kind not in FIGURES or not FIGURES[kind][0].fullmatch(of):
            return found[0]
    return None


def value(placeholder: str) -> str:
    """A figure as it is read; a dash where its model is not here."""
    kind, _, of = placeholder.partition(":")
    try:
        return FIGURES[kind][1](of)
    except UserError:
        return NONE


def error(of: str) -> str:
    """The mean squared error on test images of a model, or of the mean image."""
    return f"{_error(of):.4f}"


def times(of: str) -> str:
    """How many times the error of the second the error of the first is."""
    first, second = of.split("/")
    return f"{_error(first) / _error(second):.1f}"


def images(_of: str) -> str:
    """Of which images the lesson is."""
    return image_sets.TITLES[roles.present_set()]


def _error(of: str) -> float:
    if of == "mean":
        return _error_of_mean_image(roles.present_set())
    card: Card = roles.card(of)
    return card.metrics["mse"]


@cache
def _error_of_mean_image(name: str) -> float:
    found = image_sets.load(name)
    mean = found.train.float().div(255).mean(0)
    return float((found.test.float().div(255) - mean).square().mean())


MODEL = r"(?:(?:ladder|pca|vae):\d{1,3}|denoising|plain)"
WITH_MEAN = rf"(?:{MODEL}|mean)"

FIGURES: dict[str, tuple[re.Pattern[str], Callable[[str], str]]] = {
    "error": (re.compile(WITH_MEAN), error),
    "times": (re.compile(rf"{WITH_MEAN}/{WITH_MEAN}"), times),
    "images": (re.compile(""), images),
}
"""Each by its name: what can stand after it, and what it is."""

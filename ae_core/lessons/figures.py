"""The figures that a lesson's text can name, taken from the product when they are shown.

`{error:ladder:2}` is the error of a model on test images, `{error:mean}` that of the mean image.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ae_core import image_sets, numerals
from ae_core.errors import UserError
from ae_core.image_sets import mnist
from ae_core.lessons import measures, roles
from ae_core.texts import _

PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")
NONE = "\N{EM DASH}"
"""What stands where a figure cannot be had."""


def filled(text: str) -> str:
    """A text with its figures."""
    return PLACEHOLDER.sub(lambda found: value(found[1]), text)


def unknown(text: str) -> str | None:
    """The first placeholder of a text that is no figure."""
    for found in PLACEHOLDER.finditer(text):
        kind, _colon, of = found[1].partition(":")
        if kind not in FIGURES or not FIGURES[kind][0].fullmatch(of):
            return found[0]
    return None


def value(placeholder: str) -> str:
    """A figure as it is read; a dash where its model is not here."""
    kind, _colon, of = placeholder.partition(":")
    try:
        return FIGURES[kind][1](of)
    except UserError:
        return NONE


def _error(of: str) -> str:
    return numerals.written(measures.error(of), ".4f")


def _times(of: str) -> str:
    first, second = of.split("/")
    return numerals.written(measures.error(first) / measures.error(second), ".1f")


def _psnr(of: str) -> str:
    restorer, noise, strength = of.split(":")
    return numerals.written(measures.psnr(restorer, noise, float(strength)), ".1f")


def _neighbours(of: str) -> str:
    return numerals.written(measures.neighbours(of), ".0%")


def _follows(of: str) -> str:
    measure, _colon, model = of.partition(":")
    return numerals.written(measures.follows(measure, model), ".2f")


def _read(of: str) -> str:
    share, low, high = measures.shipped("read", roles.card(of))["share"]
    return _("{share:.0%} ({low:.0%} to {high:.0%})", share=share, low=low, high=high)


def _labels(of: str) -> str:
    start, _colon, count = of.partition(":")
    found = measures.shipped("labels", roles.card("labels"))
    return numerals.written(found[start][count], ".1%")


def _images(_of: str) -> str:
    return _(image_sets.TITLES[roles.present_set()])


def _tested(_of: str) -> str:
    return numerals.written(10_000 if mnist.find() else len(image_sets.load("digits").test), ",")


MODEL = r"(?:(?:ladder|pca|vae):\d{1,3}|denoising|plain)"
WITH_MEAN = rf"(?:{MODEL}|mean)"
NOISE = r"(?:gaussian|salt_and_pepper|masking|blur|low_resolution|contrast)"

FIGURES: dict[str, tuple[re.Pattern[str], Callable[[str], str]]] = {
    "error": (re.compile(WITH_MEAN), _error),
    "times": (re.compile(rf"{WITH_MEAN}/{WITH_MEAN}"), _times),
    "psnr": (re.compile(rf"(?:noisy|median|denoising|plain):{NOISE}:[01]\.\d+"), _psnr),
    "neighbours": (re.compile(MODEL), _neighbours),
    "follows": (re.compile(rf"(?:ink|slant|width|height|loops):{MODEL}"), _follows),
    "read": (re.compile(MODEL), _read),
    "labels": (re.compile(r"(?:pretrained|scratch):(?:10|100|all)"), _labels),
    "images": (re.compile(""), _images),
    "tested": (re.compile(""), _tested),
}
"""Each by its name: what can stand after it, and what it is."""

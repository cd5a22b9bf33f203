"""The shipped checkpoints: the smallest of each family always, all of them in `make test-long`."""

from __future__ import annotations

import json

import pytest

from ae_core.settings import settings

SHIPPED = sorted(path.parent.name for path in settings().library.glob("*/card.json"))


CONVOLUTIONAL = {"conv", "residual", "vae_conv"}


def _smallest_of_each_family() -> dict[str, str]:
    folders = [settings().library / name for name in SHIPPED]
    folders.sort(key=lambda folder: (folder / "weights.safetensors").stat().st_size, reverse=True)
    cards = [json.loads((folder / "card.json").read_text(encoding="utf-8")) for folder in folders]
    return {card["family"]: card["name"] for card in cards}


_SMALLEST = _smallest_of_each_family()
ONE_A_FAMILY = set(_SMALLEST.values())
MEASURED_IN_FULL = {name for family, name in _SMALLEST.items() if family not in CONVOLUTIONAL}
"""Convolutional ones take up to half a minute on all test images: they are measured on some."""

each_shipped = pytest.mark.parametrize("name", SHIPPED)


def _always(names: set[str]) -> pytest.MarkDecorator:
    """Each shipped checkpoint, those of other names in `make test-long` only."""
    return pytest.mark.parametrize(
        "name",
        [pytest.param(name, marks=[] if name in names else pytest.mark.long) for name in SHIPPED],
    )


one_a_family = _always(ONE_A_FAMILY)
of_the_digits = _always({name for name in SHIPPED if name.startswith("digits-")})
measured_in_full = _always(MEASURED_IN_FULL)

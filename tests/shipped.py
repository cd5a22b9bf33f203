"""The shipped checkpoints: the smallest of each family always, all of them in `make test-long`."""

from __future__ import annotations

import json

import pytest

from ae_core.settings import settings

SHIPPED = sorted(path.parent.name for path in settings().library.glob("*/card.json"))


def _smallest_of_each_family() -> set[str]:
    folders = [settings().library / name for name in SHIPPED]
    folders.sort(key=lambda folder: (folder / "weights.safetensors").stat().st_size, reverse=True)
    cards = [json.loads((folder / "card.json").read_text(encoding="utf-8")) for folder in folders]
    return set({card["family"]: card["name"] for card in cards}.values())


ONE_A_FAMILY = _smallest_of_each_family()

each_shipped = pytest.mark.parametrize("name", SHIPPED)

one_a_family = pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[] if name in ONE_A_FAMILY else pytest.mark.long)
        for name in SHIPPED
    ],
)

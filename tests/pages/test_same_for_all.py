"""What is the same for every visitor is made once: a class of sixty opens a page at one moment."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ae_core import latent
from pages.ui.drawing import pictures
from tests.pages.app_pages import opened


def test_a_second_visitor_of_home_waits_for_no_decoding(monkeypatch: pytest.MonkeyPatch) -> None:
    decoded: list[int] = []
    decode = latent.decode

    def counted(model: object, z: torch.Tensor) -> torch.Tensor:
        decoded.append(len(z))
        return decode(model, z)  # type: ignore[arg-type]

    opened("home")
    monkeypatch.setattr(latent, "decode", counted)
    page = opened("home")
    assert not page.exception
    assert sum(decoded) < 10


def test_a_large_picture_is_encoded_once_and_each_value_as_its_own() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (200, 200), dtype=np.uint8)
    first = pictures.data_uri(picture)
    assert pictures.data_uri(picture.copy()) is first
    assert pictures.data_uri(255 - picture) != first
    assert pictures.data_uri(picture.reshape(100, 400)) != first

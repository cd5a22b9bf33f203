"""A second checkpoint beside the tiny one."""

from __future__ import annotations

import shutil

import pytest

from tests.checkpoints.folders import change_card, folder_of


@pytest.fixture
def neighbour(tiny: str) -> str:
    """A second checkpoint, which must stay usable."""
    shutil.copytree(folder_of(tiny), folder_of("neighbour"))
    change_card(folder_of("neighbour"), name="neighbour")
    return "neighbour"

"""Checkpoints as folders: found, listed, changed by hand; and what may be said of broken ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ae_core.settings import settings


def folder_of(name: str) -> Path:
    return settings().checkpoint_roots[0] / name


def listing(root: Path) -> dict[str, bytes]:
    """Every file below a folder, hidden ones too."""
    return {
        str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }


def change_card(folder: Path, **values: Any) -> None:
    card = json.loads((folder / "card.json").read_text())
    (folder / "card.json").write_text(json.dumps({**card, **values}))


def is_a_plain_sentence(text: str) -> bool:
    return len(text) < 500 and "\n" not in text and text.endswith(".") and "Error" not in text

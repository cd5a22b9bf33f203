"""Figures that took long to measure, kept under `benchmarks/results/` with machine and date."""

from __future__ import annotations

import json
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch

FOLDER = Path(__file__).with_name("results")


def kept(name: str) -> dict[str, Any]:
    """What was kept under a name: row -> figures, with the machine and the date of each row."""
    path = FOLDER / f"{name}.json"
    return json.loads(path.read_text("utf-8")) if path.is_file() else {}


def keep(name: str, row: str, figures: dict[str, Any]) -> dict[str, Any]:
    """Keep the figures of one row, and leave the others as they are."""
    rows = kept(name)
    rows[row] = {
        **figures,
        "machine": machine(),
        "torch": torch.__version__.partition("+")[0],
        "date": datetime.now(UTC).date().isoformat(),
    }
    FOLDER.mkdir(exist_ok=True)
    text = json.dumps(dict(sorted(rows.items())), indent=1)
    (FOLDER / f"{name}.json").write_text(f"{text}\n", "utf-8")
    return rows


def machine() -> str:
    """The processor's name, or the GPU's where there is one."""
    if torch.cuda.is_available():
        return torch.cuda.get_device_name()
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()

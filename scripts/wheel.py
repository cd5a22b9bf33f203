"""What the wheel holds besides Python: the build hook of `pyproject.toml` (hatchling).

`pip wheel . --no-deps` makes it. The browser's part is built first, where it is not.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

APP = "latent_space_explorer"

PARTS = {
    "app.py": "app.py", "scripts/installed.py": "__init__.py", "server": "server", "pages": "pages",
    "scripts/frontend.py": "scripts/frontend.py", "frontend/build": "frontend/build",
    "checkpoints": "checkpoints", "lessons": "lessons", "limits.toml": "limits.toml",
    ".streamlit": ".streamlit",
}  # fmt: skip
"""Where each part of the checkout lies in the app's folder."""


class CustomBuildHook(BuildHookInterface[Any]):
    """Builds the browser's part, and names what lies beside `ae_core` in the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        sys.path.insert(0, self.root)
        from scripts import frontend

        if not frontend.is_built():
            frontend.build()
        root = Path(self.root)
        for part, place in PARTS.items():
            files = [root / part] if (root / part).is_file() else (root / part).rglob("*")
            for file in files:
                if file.is_file() and "__pycache__" not in file.parts:
                    inside = file.relative_to(root / part)
                    build_data["force_include"][str(file)] = str(Path(APP, place, inside))

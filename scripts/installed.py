"""`latent-space`: the app as `pip install` has put it, started from any folder.

In the wheel this file is `latent_space_explorer/__init__.py`, beside everything else of the app.
"""

from __future__ import annotations

import os
import runpy
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent

PLACES = ("AE_HOME", "AE_DATA_DIR", "AE_CACHE", "AE_FAMILIES", "AE_LIMITS")


def main() -> None:
    """Start the app, with the options of `python app.py`."""
    for name in PLACES:
        if (place := os.environ.get(name)) and "://" not in place:
            os.environ[name] = str(Path(place).expanduser().resolve())
    os.chdir(FOLDER)  # Streamlit looks for its configuration in the present folder
    sys.path.insert(0, str(FOLDER))
    sys.argv[0] = "latent-space"
    runpy.run_path(str(FOLDER / "app.py"), run_name="__main__")

"""How an idle worker learns at once that somebody has asked for something.

It looks at the tables twice a second while nothing happens; a file says that it should look now. A
worker on another machine does not see the file, and looks soon by itself.
"""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

from ae_core.settings import settings

LOOK_SECONDS = 0.1


def wake() -> None:
    """Let the worker look at the tables at once."""
    with suppress(OSError):
        _file().touch()


def asked() -> int:
    """Another number after each call of `wake`, whatever the clock says."""
    try:
        return _file().stat().st_mtime_ns
    except OSError:
        return 0


def rest(before: int, seconds: float) -> None:
    """Rest for so long, or until `wake` is called after `asked` gave this number."""
    end = time.monotonic() + seconds
    time.sleep(min(LOOK_SECONDS, seconds))
    while time.monotonic() < end and asked() == before:
        time.sleep(LOOK_SECONDS)


def _file() -> Path:
    return settings().home / "worker.asked"

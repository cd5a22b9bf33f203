"""Thousands of visits, some with uploads: what the server still holds once they are forgotten.

    python -m benchmarks.trust.sessions

Memory and open files are those of the server's own process, after `WARM` visits and after all of
them, each time once the sessions have passed their time to live.
"""

from __future__ import annotations

import os
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import psutil

from benchmarks import report
from benchmarks.trust.visits import PAGES, cookies_of, server_at, visited
from scripts.app_server import running_app

WARM, VISITS, AT_ONCE = 300, 3000, 4
UPLOAD_EVERY, UPLOAD_BYTES = 10, 100_000

TIME_TO_LIVE = 75.0
"""Seconds after which Streamlit has forgotten a session (`server.disconnectedSessionTTL`)."""

MIB = 2**20


def one(url: str, cookies: dict[str, str], number: int) -> bool:
    """Open a page, and send a file with some of them; whether it ran to its end."""
    upload = os.urandom(UPLOAD_BYTES) if number % UPLOAD_EVERY == 0 else b""
    return visited(url, PAGES[number % len(PAGES)], cookies, upload)


def held(process: psutil.Process) -> tuple[float, int]:
    """MiB and open files, once all sessions are forgotten."""
    time.sleep(TIME_TO_LIVE)
    return process.memory_info().rss / MIB, process.num_fds()


def measure() -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        limits = Path(folder) / "limits.toml"
        limits.write_text("upload_megabytes_an_hour = 10000\n")
        places = {"AE_HOME": f"{folder}/home", "AE_LIMITS": str(limits), "AE_WORKER": "off"}
        with running_app(Path(folder) / "log", places) as url, ThreadPoolExecutor(AT_ONCE) as pool:
            process = server_at(url)
            visit = partial(one, url, cookies_of(url))
            list(pool.map(visit, range(WARM)))
            before = held(process)
            failed = VISITS - sum(pool.map(visit, range(VISITS)))
            after = held(process)
    return {
        "sessions_more_mib": after[0] - before[0], "sessions_more_files": after[1] - before[1],
        "sessions_failed": failed,
    }  # fmt: skip


if __name__ == "__main__":
    report.main("trust.sessions", measure, "Thousands of visits")

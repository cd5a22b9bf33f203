"""The worker that trains, as a process beside the server; started again whenever it is gone.

`AE_WORKER=off` leaves it out, where it runs as a service of its own (`python -m ae_core work`).
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from ae_core.settings import ROOT, WORKER
from server.traffic import wait_until_quiet

log = logging.getLogger(__name__)

QUIET_SECONDS = 1.5
LATEST_SECONDS = 20.0
"""The worker imports torch, too: it waits for a quiet moment, but not longer than this."""

AGAIN_SECONDS, MOST_AGAIN_SECONDS = 2.0, 60.0
"""The pause before the worker is started again: twice as long each time, up to a minute."""

STEADY_SECONDS = 60.0
"""A worker that lived so long was well: the pause is short again."""

LEAVE_SECONDS = 10.0


@contextmanager
def worker_beside() -> Iterator[None]:
    """Keep a worker running until this is left."""
    if WORKER.value == "off":
        yield
        return
    leaving = threading.Event()
    thread = threading.Thread(target=_keep_one, args=(leaving,), name="worker-keeper")
    thread.start()
    try:
        yield
    finally:
        leaving.set()
        thread.join(LEAVE_SECONDS + 5)


def _keep_one(leaving: threading.Event) -> None:
    wait_until_quiet(leaving, QUIET_SECONDS, latest=LATEST_SECONDS)
    pause = AGAIN_SECONDS
    while not leaving.is_set():
        began = time.monotonic()
        try:
            _work(leaving)
        except OSError as failure:  # too many processes, or no memory for one
            log.warning("The worker could not be started: %s", failure)
        if time.monotonic() - began > STEADY_SECONDS:
            pause = AGAIN_SECONDS
        leaving.wait(pause)
        pause = min(2 * pause, MOST_AGAIN_SECONDS)


def _work(leaving: threading.Event) -> None:
    """Run a worker until it ends, or this is left."""
    command = [sys.executable, "-m", "ae_core", "work", "--parent", str(os.getpid())]
    worker = subprocess.Popen(command, cwd=ROOT)
    while worker.poll() is None and not leaving.wait(0.5):
        pass
    if worker.poll() is None:
        worker.terminate()
        try:
            worker.wait(LEAVE_SECONDS)
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()

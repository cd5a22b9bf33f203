"""Builds the browser's part beside serving, where nobody has built it or its sources have changed.

A hosting service installs the Python packages and starts the app, no more. Until the build is
there the server decodes, and the pages say why.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from ae_core.settings import ROOT
from ae_core.texts import N_
from pages.ui.browser import built
from scripts import frontend

COMMAND = (sys.executable, "-m", "scripts.frontend")

NICE = 10
"""Visitors come first."""

NO_REASON = N_("the server's log says why")


@contextmanager
def frontend_built_beside(command: Sequence[str] = COMMAND) -> Iterator[None]:
    """Build until this is left; `built.progress` says how it goes."""
    if frontend.is_built():
        yield
        return
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        process_group=0,
    ) as process:  # fmt: skip
        with suppress(OSError):
            os.setpriority(os.PRIO_PGRP, process.pid, NICE)
        built.progress.is_running = True
        thread = threading.Thread(target=_follow, args=(process,), name="frontend-build")
        thread.start()
        try:
            yield
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
            thread.join()


def _follow(process: subprocess.Popen[str]) -> None:
    said = process.communicate()[0].strip()
    if said:
        print(said, file=sys.stderr, flush=True)
    if process.returncode > 0:
        _, _, reason = said.rpartition("\n")[2].partition(frontend.FAILED)
        built.progress.failure = reason or NO_REASON
    built.progress.is_running = False

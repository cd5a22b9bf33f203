"""The worker beside the server is started again, also where it could not be, with longer pauses."""

from __future__ import annotations

import itertools
import subprocess
import sys
import threading
import time
from typing import Any

import pytest

from server.beside import background_worker


def test_the_keeper_outlives_a_worker_that_cannot_be_started_and_waits_longer_each_time(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    started: list[float] = []
    enough = threading.Event()
    popen = subprocess.Popen

    def start(command: list[str], **_: Any) -> subprocess.Popen[bytes]:
        started.append(time.monotonic())
        if len(started) >= 6:
            enough.set()
        if len(started) % 2:
            raise OSError("Cannot allocate memory")
        return popen([sys.executable, "-c", ""])

    monkeypatch.setattr(subprocess, "Popen", start)
    monkeypatch.setattr(background_worker, "QUIET_SECONDS", 0.0)
    monkeypatch.setattr(background_worker, "AGAIN_SECONDS", 0.05)
    monkeypatch.setattr(background_worker, "MOST_AGAIN_SECONDS", 0.4)
    with background_worker.worker_beside():
        assert enough.wait(60)
    pauses = [after - before for before, after in itertools.pairwise(started)]
    assert all(
        pause >= least for pause, least in zip(pauses, [0.05, 0.1, 0.2, 0.4, 0.4], strict=False)
    )
    assert "could not be started: Cannot allocate memory" in caplog.text

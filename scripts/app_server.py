"""The app, started as a person would start it, for browser tests, benchmarks and screenshots."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from serve import free_port

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60


@contextmanager
def running_app(log: Path, environment: Mapping[str, str] = {}) -> Iterator[str]:
    """Start the app on a free port, give its address, and stop it at the end.

    Raises:
        RuntimeError: it did not start; the message holds its log.
    """
    port = free_port("127.0.0.1", 8600)
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "serve.py", "--port", str(port)]
    with log.open("wb") as output:
        server = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_until_healthy(server, url, log)
        yield url
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait_until_healthy(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError(f"The app did not start:\n{log.read_text(encoding='utf-8')}")

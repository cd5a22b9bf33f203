"""The app, started as a person would start it, for browser tests, benchmarks and screenshots."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60
COMMAND = (sys.executable, "app.py", "--port", "{port}")


@contextmanager
def running_app(
    log: Path,
    environment: Mapping[str, str] = {},
    *,
    command: Sequence[str] = COMMAND,
    root: Path = ROOT,
    port: int = 0,
) -> Iterator[str]:
    """Start the app in `root`, give its address, and stop it at the end; else on a free port.

    Raises:
        RuntimeError: it did not start; the message holds its log.
    """
    if not port:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [word.format(port=port) for word in command],
            cwd=root,
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
    """Wait until this very process answers: others may start meanwhile."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        if _listens(server.pid, int(url.rpartition(":")[2])):
            with (
                suppress(urllib.error.URLError, OSError),
                urllib.request.urlopen(f"{url}/_stcore/health", timeout=5),
            ):
                return
        time.sleep(0.05)
    raise RuntimeError(f"The app did not start:\n{log.read_text(encoding='utf-8')}")


def _listens(pid: int, port: int) -> bool:
    """Whether this process, or one that it has started, is the one that answers at `port`."""
    try:
        process = psutil.Process(pid)
        every = [process, *process.children(recursive=True)]
        found = [each for one in every for each in one.net_connections("tcp")]
    except psutil.NoSuchProcess:
        return False
    return any(each.status == psutil.CONN_LISTEN and each.laddr.port == port for each in found)

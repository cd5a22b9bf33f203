"""The app as it runs, for the tests of this folder."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as probe:  # another worker may look beside this
        port = probe.getsockname()[1]
    command = [sys.executable, str(ROOT / "app.py"), "--port", str(port)]
    environment = {**os.environ, "AE_HOME": str(tmp_path_factory.mktemp("home"))}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        said = iter(server.stdout.readline, "")
        assert f"Open http://localhost:{port} " in next(line for line in said if line.strip())
        try:
            yield port
        finally:
            server.terminate()

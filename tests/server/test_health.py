"""What those who run the app can ask of it, and what they find in its log."""

from __future__ import annotations

import json
import socket
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from ae_core.accounts.person import Person
from ae_core.errors import UserError
from ae_core.jobs import access, states, table
from scripts.app_server import running_app
from server.metrics import metrics_beside
from tests.jobs.small_jobs import SPEC
from tests.server.test_server import get


class Server(NamedTuple):
    port: int
    metrics: int
    log: Path
    home: Path


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        metrics = probe.getsockname()[1]
    settings = {
        "AE_HOME": str(folder / "home"), "AE_WORKER": "off", "AE_LOG": "json",
        "AE_METRICS_PORT": str(metrics),
    }  # fmt: skip
    with running_app(folder / "log", settings) as url:
        yield Server(int(url.rpartition(":")[2]), metrics, folder / "log", folder / "home")


def test_readiness_names_each_part(server: Server) -> None:
    assert get(server.port, "/healthz").status == 200
    until = time.monotonic() + 60
    while (found := json.loads(get(server.port, "/readyz").body))["disk"] == "starting":
        assert time.monotonic() < until
        time.sleep(0.2)
    assert found == {"library": "ok", "database": "ok", "worker": "gone", "disk": "ok"}
    assert get(server.port, "/readyz").status == 503
    (server.home / "worker.alive").touch()
    time.sleep(2.1)
    assert get(server.port, "/readyz").status == 200


def test_each_request_is_a_line_that_opens_nothing(server: Server) -> None:
    get(server.port, "/latent_space?model=my-secret-name")
    get(server.port, "/live-models/my-secret-name/0/decoder")
    get(server.port, "/my-secret-name")
    get(server.port, "/healthz", {"Cookie": "ae_owner=my-secret-id"})
    wanted = {("page latent_space", 200), ("live-models", 404), ("other", 404), ("healthz", 200)}
    until = time.monotonic() + 5
    while not wanted <= {(line["kind"], line["status"]) for line in lines_of(server.log)}:
        assert time.monotonic() < until
        time.sleep(0.05)
    assert "secret" not in server.log.read_text("utf-8")
    assert "127.0.0.1" not in str(lines_of(server.log))


def lines_of(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text("utf-8").splitlines() if line[:1] == "{"]


def test_prometheus_reads_figures_at_a_port_of_their_own(server: Server) -> None:
    get(server.port, "/healthz")
    with urllib.request.urlopen(f"http://127.0.0.1:{server.metrics}/metrics") as answer:
        said = answer.read().decode()
    assert 'explorer_request_seconds_count{kind="healthz"}' in said
    assert "explorer_jobs_waiting 0.0" in said
    assert get(server.port, "/metrics").status == 404


def test_a_port_that_is_none_is_refused_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AE_METRICS_PORT", "many")
    with pytest.raises(UserError, match="AE_METRICS_PORT is 'many'"), metrics_beside():
        pass


def test_each_run_is_a_line(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AE_LOG", "json")
    job = access.submit(Person("ann"), SPEC)
    table.claim(1)
    table.end(job.id, states.FINISHED)
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["state"]) == ("run", "finished")
    assert job.name not in str(line)

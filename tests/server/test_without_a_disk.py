"""A real server whose `AE_HOME` takes nothing: pages are there, and all goes on once it does."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from contextlib import ExitStack, closing
from email.message import Message
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from benchmarks.trust import machines
from scripts.app_server import running_app


@pytest.fixture
def disk(mounts: None, tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte."""
    (folder := tmp_path / "disk").mkdir()
    with machines.small_disk(folder, 1):
        yield folder


def home_page(url: str, cookie: str = "") -> tuple[int, Message]:
    with closing(http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)) as connection:
        connection.request("GET", "/", headers={"Accept": "text/html", "Cookie": cookie})
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.headers


@pytest.mark.long
@pytest.mark.parametrize("fault", [machines.read_only, machines.full])
def test_the_first_visitor_is_served_and_known_once_the_disk_takes_the_key(
    fault, disk: Path, tmp_path: Path
) -> None:
    environment = {"AE_HOME": str(disk), "AE_WORKER": "off"}
    with ExitStack() as broken:
        broken.enter_context(fault(disk))
        with running_app(tmp_path / "log", environment) as url:
            for _ in range(2):
                status, headers = home_page(url)
                assert (status, headers["Set-Cookie"]) == (200, None)
            broken.close()
            status, headers = home_page(url)
            assert status == 200
            cookie = headers["Set-Cookie"].partition(";")[0]
            assert home_page(url, cookie)[1]["Set-Cookie"] is None
            with fault(disk):  # who is known stays so
                assert home_page(url, cookie)[1]["Set-Cookie"] is None
    assert "Traceback" not in (tmp_path / "log").read_text()

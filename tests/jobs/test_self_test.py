"""The self-test: six lines that say what the machine has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import pages.ui.shared.cached  # noqa: F401 - which says that torch is here
from ae_core.accounts import disk
from ae_core.export import html_file
from ae_core.jobs import self_test, worker
from server.beside.self_test import self_test_beside
from tests.browser.waiting import PATIENCE_SECONDS
from tests.conftest import Mnist


def said() -> dict[str, self_test.Fact]:
    return {fact.name: fact for fact in self_test.facts()}


@pytest.mark.usefixtures("home")
def test_six_lines_say_what_works_here() -> None:
    lines = self_test.lines()
    assert [line.partition(":")[0] for line in lines] == [
        "GPU", "Decoding", "MNIST", "Browser's part", "Disk", "Worker",
    ]  # fmt: skip
    taken = re.search(r"Decoding: ([\d.]+) ms", lines[1])
    assert taken and 0 < float(taken[1]) < 1000
    assert "MNIST: not found, 1,797 built-in digits" in lines
    assert re.fullmatch(r"Disk: \d+ GB free", lines[4])


@pytest.mark.usefixtures("home")
def test_what_is_missing_is_marked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(html_file, "BUILT", tmp_path)
    monkeypatch.setattr(disk, "free_percent", lambda: 0.5)
    facts = said()
    assert facts["Browser's part"].says == "not built, so the server decodes"
    assert facts["Worker"].says == "not running"
    assert "too little" in facts["Disk"].says
    wrong = {name for name, fact in facts.items() if not fact.is_well}
    assert wrong == {"Browser's part", "Worker", "Disk"}


@pytest.mark.usefixtures("home")
def test_mnist_is_found_where_it_is(mnist: Mnist) -> None:
    assert said()["MNIST"].says == "is here"


@pytest.mark.usefixtures("home")
def test_the_server_prints_it_once_the_worker_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    worker.alive_file().parent.mkdir(parents=True, exist_ok=True)
    worker.alive_file().touch()
    with self_test_beside() as thread:
        thread.join(PATIENCE_SECONDS)
    printed = capsys.readouterr().out
    assert printed.strip().splitlines()[-1] == "  Worker: alive"
    assert len(printed.strip().splitlines()) == 6

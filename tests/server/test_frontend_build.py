"""The browser's part, built by itself: once, beside serving, and with a reason where it fails."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pages.ui.browser import built
from scripts import frontend
from server.beside.frontend_build import frontend_built_beside


@pytest.fixture
def not_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of sources that were never built, and what says how it goes."""
    monkeypatch.setattr(built, "progress", built.Progress())
    monkeypatch.setattr(built, "FOLDER", tmp_path / "build")
    monkeypatch.setattr(frontend, "FRONTEND", tmp_path)
    monkeypatch.setattr(frontend, "MANIFEST", tmp_path / "build" / "manifest.json")
    (tmp_path / "package-lock.json").touch()
    (tmp_path / "build.mjs").touch()
    return tmp_path


def fake_npm(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """A Node.js that is new enough, whose npm does what the script says."""
    tools = folder / "tools"
    tools.mkdir()
    for name, text in {"node": "echo v24.0.0", "npm": script}.items():
        (tools / name).write_text(f"#!/bin/sh\n{text}\n")
        (tools / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")


def wait_until_over() -> None:
    while built.progress.is_running:
        time.sleep(0.01)


def test_nothing_is_started_where_it_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frontend, "is_built", lambda: True)
    with frontend_built_beside(["no such command"]):
        assert not built.progress.is_running


@pytest.mark.usefixtures("not_built")
def test_while_it_is_being_built_the_pages_say_so(tmp_path: Path) -> None:
    command = ["sh", "-c", f"until [ -e {tmp_path}/go ]; do sleep 0.01; done"]
    with frontend_built_beside(command):
        assert "is being built" in built.why_none()
        (tmp_path / "go").touch()
        wait_until_over()
        assert "is being built" not in built.why_none()


@pytest.mark.usefixtures("not_built")
@pytest.mark.parametrize(
    ("last", "reason"),
    [
        (f"{frontend.FAILED}Node.js cannot be installed", "Node.js cannot be installed"),
        ("OSError: /somewhere/on/the/server", "the server's log says why"),
    ],
)
def test_a_build_that_fails_gives_its_reason_to_the_pages(last: str, reason: str) -> None:
    script = 'echo "npm has much to say"; echo "$0" >&2; exit 1'
    with frontend_built_beside(["sh", "-c", script, last]):
        wait_until_over()
        assert f"could not be built ({reason})" in built.why_none()


@pytest.mark.usefixtures("not_built")
def test_the_server_does_not_wait_for_the_build_when_it_leaves(tmp_path: Path) -> None:
    began = time.monotonic()
    with frontend_built_beside(["sh", "-c", "sleep 60 & wait"]):
        pass
    assert time.monotonic() - began < 30
    assert built.progress == built.Progress()


def test_the_build_is_found_as_soon_as_it_is_there(not_built: Path) -> None:
    assert built.files() == {}
    for number in (1, 2):
        (not_built / "build").mkdir(exist_ok=True)
        manifest = not_built / "build" / "manifest.json"
        manifest.write_text(f'{{"live.js": "live-{number}.js"}}')
        os.utime(manifest, (number, number))
        assert built.address("live.js") == f"/live/live-{number}.js"


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        ("ci", "its packages could not be installed: exit status 7"),
        ("run", "its sources could not be bundled: exit status 7"),
    ],
)
def test_a_step_that_fails_is_named_without_a_path_of_the_server(
    not_built: Path, monkeypatch: pytest.MonkeyPatch, step: str, reason: str
) -> None:
    fake_npm(not_built, monkeypatch, f'[ "$1" != {step} ] || exit 7')
    with pytest.raises(frontend.BuildError) as failure:
        frontend.build()
    assert str(failure.value) == reason


def test_two_who_build_at_once_build_once(not_built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_npm(
        not_built,
        monkeypatch,
        """echo "$1" >> said
        case "$1" in
            ci) mkdir -p node_modules/esbuild; touch node_modules/.package-lock.json;;
            run) sleep 0.2; mkdir build; echo "{}" > build/manifest.json;;
        esac""",
    )
    with ThreadPoolExecutor(2) as pool:
        for each in [pool.submit(frontend.build) for _ in range(2)]:
            each.result()
    assert (not_built / "said").read_text().split() == ["ci", "run"]

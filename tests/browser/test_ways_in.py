"""However the app is started, it is the whole app: for the first visitor, on an inner page."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Page, expect

from ae_core.accounts.cookies import COOKIE
from scripts.app_server import ROOT, running_app
from server.guard import security_headers
from tests.browser.waiting import until

WAYS = {
    "python": [sys.executable, "app.py", "--port", "{port}"],
    "streamlit": [
        sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", "{port}",
        "--server.address", "127.0.0.1",
    ],
    "uvicorn": [sys.executable, "-m", "uvicorn", "app:app", "--port", "{port}"],
    "make": [
        "make", "run", "PORT={port}", f"VENV={sys.prefix}",
        # What is installed is not looked at again.
        *(f"--old-file={sys.prefix}/{name}" for name in (".can-run", "bin/python")),
    ],
}  # fmt: skip

MENU = [
    "Home", "Lessons", "Reconstruct", "Latent space", "Denoise", "Compare", "Codes", "Image sets",
    "Train", "Models", "Classroom",
]  # fmt: skip


@pytest.mark.parametrize(
    "way",
    [
        # All other tests start `python app.py`, the one of a hosting service starts uvicorn.
        pytest.param(way, marks=[] if way == "streamlit" else pytest.mark.long)
        for way in WAYS
    ],
)
def test_every_way_to_start_gives_the_whole_app(page: Page, tmp_path: Path, way: str) -> None:
    limits = tmp_path / "small.toml"
    limits.write_text("upload_megabytes = 3\n")
    places = {
        "AE_HOME": str(tmp_path / "home"),
        "AE_TEACHER_KEY": "a long word",
        "AE_LIMITS": str(limits),
    }
    with running_app(tmp_path / "log", places, command=WAYS[way]) as url:
        answer = page.goto(f"{url}/latent_space?model=digits-vae-conv-2")
        page.locator('.live[aria-busy="false"]').wait_for()
        expect(page.get_by_test_id("stTopNavLink")).to_have_text(MENU)
        size = page.locator("canvas.big").bounding_box()
        assert size
        assert size["width"] >= 180

        assert answer
        assert (
            security_headers().items()
            <= {name.title(): value for name, value in answer.headers.items()}.items()
        )
        cookie = next(each for each in page.context.cookies() if each["name"] == COOKIE)
        assert cookie["httpOnly"]
        sent = page.request.put(f"{url}/_stcore/upload_file/x/y", data=bytes(4 * 2**20))
        assert sent.status == 413
        assert "`upload_megabytes` in small.toml" in sent.text()
        while not has_worker(tmp_path / "home"):
            page.wait_for_timeout(100)


@pytest.mark.long
def test_installed_by_pip_it_is_the_whole_app_from_any_folder(page: Page, tmp_path: Path) -> None:
    """The wheel beside the packages that it needs; no checkout is near."""
    packages, elsewhere = tmp_path / "packages", tmp_path / "elsewhere"
    elsewhere.mkdir()
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    wheel = ["wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(tmp_path), str(ROOT)]
    subprocess.run([*pip, *wheel], check=True)
    (made,) = tmp_path.glob("*.whl")
    subprocess.run([*pip, "install", "--no-deps", "--target", str(packages), str(made)], check=True)
    places = {"PYTHONPATH": str(packages), "XDG_DATA_HOME": str(elsewhere), "AE_HOME": ""}
    command = [sys.executable, str(packages / "bin" / "latent-space"), "--port", "{port}"]
    with running_app(tmp_path / "log", places, command=command, root=elsewhere) as url:
        page.goto(f"{url}/latent_space?model=mnist-vae-2")
        page.locator('.live[aria-busy="false"]').wait_for()
        expect(page.get_by_text(re.compile("The classifier: "))).to_be_visible()
        database = elsewhere / "latent-space-explorer" / "explorer.sqlite"
        until(page, database.is_file, bool)  # the background worker opens it first
    listed = subprocess.run(
        [sys.executable, packages / "bin" / "ae-core", "models", "--json"],
        cwd=elsewhere, env={**os.environ, **places}, capture_output=True, check=True,
    )  # fmt: skip
    assert b"mnist-vae-2" in listed.stdout


NPM = """#!/bin/sh
case "$1" in
    --version) echo v24.0.0;;
    ci) mkdir -p node_modules/esbuild && touch node_modules/.package-lock.json;;
    run)
        until [ -e {go} ]; do sleep 0.1; done
        cp -r {build} build.partial && mv build.partial build;;
esac
"""

HOSTED = """
from starlette.responses import PlainTextResponse
import app as whole

async def app(scope, receive, send):
    path = scope.get("path", "")
    if path.startswith("/~/+/"):
        await whole.app({**scope, "path": path.removeprefix("/~/+")}, receive, send)
    elif scope["type"] == "lifespan" or path == "/_stcore/health":
        await whole.app(scope, receive, send)
    else:
        await PlainTextResponse("not here", 404)(scope, receive, send)
"""


def test_a_hosting_service_needs_no_build_and_may_put_the_app_under_a_path(
    page: Page, tmp_path: Path
) -> None:
    """As on Streamlit Community Cloud: the server decodes until it has built the browser's part."""
    tree, tools, go = tmp_path / "tree", tmp_path / "tools", tmp_path / "go"
    left_out = shutil.ignore_patterns("build", "node_modules", ".node", ".building", "__pycache__")
    for name in ("ae_core", "frontend", "pages", "scripts", "server", ".streamlit"):
        shutil.copytree(ROOT / name, tree / name, ignore=left_out)
    shutil.copy(ROOT / "app.py", tree)
    (tree / "hosted.py").write_text(HOSTED)
    (tree / "checkpoints").symlink_to(ROOT / "checkpoints")
    tools.mkdir()
    for name in ("npm", "node"):
        (tools / name).write_text(NPM.format(go=go, build=ROOT / "frontend" / "build"))
        (tools / name).chmod(0o755)
    places = {
        "AE_HOME": str(tmp_path / "home"),
        "AE_WORKER": "off",
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
    }
    command = [word.replace("app:app", "hosted:app") for word in WAYS["uvicorn"]]
    with running_app(tmp_path / "log", places, command=command, root=tree) as url:
        page.goto(f"{url}/~/+/latent_space?model=digits-vae-conv-2")
        expect(page.get_by_text("The live map is being built")).to_be_visible()
        expect(page.locator("img.ae-big").first).to_be_visible()
        go.touch()
        while not (tree / "frontend" / "build").exists():
            page.wait_for_timeout(100)
        page.reload()
        page.locator('.live[aria-busy="false"]').wait_for()
        expect(page.get_by_text("The live map is being built")).to_have_count(0)


def has_worker(home: Path) -> bool:
    """Whether the process that trains runs for the app with this `AE_HOME`."""
    return any(
        "work" in process.cmdline() and process.environ().get("AE_HOME") == str(home)
        for process in psutil.Process().children(recursive=True)
        if process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    )

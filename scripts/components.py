"""What the app is made of: a list of its components (CycloneDX), and what is known against them.

python -m scripts.components            write bom/python.cdx.json and bom/browser.cdx.json
python -m scripts.components --audit    ask for known weaknesses, which needs the internet
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from scripts import frontend

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"


def main() -> None:
    parser = argparse.ArgumentParser(description="What the app is made of.")
    parser.add_argument("--audit", action="store_true", help="ask for known weaknesses")
    parser.add_argument("--out", type=Path, default=ROOT / "bom", help="a folder for the lists")
    arguments = parser.parse_args()
    if arguments.audit:
        sys.exit(audit())
    for path in write(arguments.out):
        print(path)


def write(folder: Path) -> tuple[Path, Path]:
    """Write both lists, that of Python's packages and that of the browser's, from the locks."""
    folder.mkdir(parents=True, exist_ok=True)
    python, browser = folder / "python.cdx.json", folder / "browser.cdx.json"
    of = [str(LOCK), "--pyproject", str(ROOT / "pyproject.toml"), "--output-reproducible"]
    subprocess.run(
        [sys.executable, "-m", "cyclonedx_py", "requirements", *of, "--output-file", python],
        check=True,
    )
    of_browser = ["sbom", "--package-lock-only", "--omit=dev", "--sbom-format=cyclonedx"]
    with browser.open("wb") as output:
        subprocess.run(
            [frontend.find_npm(), *of_browser], cwd=frontend.FRONTEND, stdout=output, check=True
        )
    return python, browser


def audit() -> int:
    """Print what is known against the packages, and give 1 if there is anything, else 0."""
    of = ["--disable-pip", "--require-hashes", "--requirement", str(LOCK)]
    python = subprocess.run([sys.executable, "-m", "pip_audit", *of])
    browser = subprocess.run(
        [frontend.find_npm(), "audit", "--package-lock-only"], cwd=frontend.FRONTEND
    )
    return int(bool(python.returncode or browser.returncode))


if __name__ == "__main__":
    main()

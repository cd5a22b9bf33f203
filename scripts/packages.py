"""Install the packages of a lock: those very files, each known by its sha256.

    python -m scripts.packages requirements.lock                what `make run` installs
    python -m scripts.packages requirements.lock --torch cpu    PyTorch without CUDA

`make lock` writes the locks. PyTorch's own index has other files than the usual one, and no lock
knows them: there PyTorch alone is taken by its version, over HTTPS.

In the archive of `make bundle` all packages lie beside: there nothing is asked of any network.
"""

from __future__ import annotations

import argparse
import platform
import re
import subprocess
import sys
import tempfile
from pathlib import Path

WHEELS = Path(__file__).resolve().parent.parent / "wheels"
"""Where the packages lie in the archive of `make bundle`, with a list of their sha256."""

CPU_INDEX = "https://download.pytorch.org/whl/cpu"

TORCH = re.compile(r"(torch|torchvision)==[^\s;]+")

CUDA = re.compile(r"(nvidia-|cuda-|triton==)")


def entries(lock: str) -> list[str]:
    """Each package of a lock, with its marker and its hashes."""
    lines = "\n".join(line for line in lock.splitlines() if not line.lstrip().startswith("#"))
    return [each for each in re.split(r"\n(?=\S)", lines.strip()) if each]


def without_cuda(lock: str) -> tuple[list[str], str]:
    """PyTorch with its versions, and a lock of everything else that it needs without CUDA."""
    every = entries(lock)
    torch = [found[0] for each in every if (found := TORCH.match(each))]
    rest = [each for each in every if not TORCH.match(each) and not CUDA.match(each)]
    return torch, "\n".join(rest) + "\n"


def install(lock: Path, *, cpu: bool) -> None:
    """Install a lock into this Python, on Linux without CUDA where that is asked for."""
    pip = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    if lock.name == "requirements.lock" and (held := WHEELS / "requirements.txt").is_file():
        alone = ["--isolated", "--no-index", "--find-links", str(WHEELS)]
        subprocess.run([*pip, *alone, "--no-deps", "--require-hashes", "-r", held], check=True)
        return
    locked = ["--no-deps", "--require-hashes", "-r"]
    if not cpu or platform.system() != "Linux":  # elsewhere PyTorch comes without CUDA
        subprocess.run([*pip, *locked, lock], check=True)
        return
    torch, rest = without_cuda(lock.read_text("utf-8"))
    subprocess.run([*pip, "--no-deps", "--index-url", CPU_INDEX, *torch], check=True)
    with tempfile.NamedTemporaryFile("w", suffix=".lock", encoding="utf-8") as file:
        file.write(rest)
        file.flush()
        subprocess.run([*pip, *locked, file.name], check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="Install the packages of a lock.")
    parser.add_argument("lock", type=Path, help="requirements.lock, requirements-dev.lock, ...")
    parser.add_argument("--torch", choices=("cpu",), help="PyTorch's build without CUDA")
    arguments = parser.parse_args()
    try:
        install(arguments.lock, cpu=arguments.torch == "cpu")
    except subprocess.CalledProcessError as failure:
        sys.exit(failure.returncode)


if __name__ == "__main__":
    main()

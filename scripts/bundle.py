"""One archive that installs on a machine of the same system and Python without any network.

    python -m scripts.bundle                  in dist/, with PyTorch as the lock has it
    python -m scripts.bundle --torch cpu      without CUDA, some gigabytes less on Linux

It holds the sources, checkpoints and lessons as git lists them, the browser's part as it is built,
and in `wheels/` every package of `requirements.lock`, each by its sha256. Unpack it and run
`sh install.sh`.
"""

from __future__ import annotations

import argparse
import hashlib
import platform
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Iterable
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

from scripts.packages import CPU_INDEX, WHEELS, entries, without_cuda

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
NAME = "latent-space-explorer"
MADE_FOR = "made-for"


class BundleError(Exception):
    """The archive cannot be made; says why."""


def here() -> str:
    """The system and the Python that the packages are for."""
    version = ".".join(platform.python_version_tuple()[:2])
    return f"{platform.system()} {platform.machine()} {version}"


def archive_name(*, cpu: bool) -> str:
    """The same for the same version, system and Python."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    kind = here().lower().replace(" ", "-")
    return f"{NAME}-{version}-{kind}{'-cpu' if cpu else ''}.tar"


def collect(lock: Path, folder: Path, *, cpu: bool = False) -> None:
    """Put every package of a lock that is for this machine into a folder, as wheels.

    Beside them `requirements.txt` names each by its sha256: so does the lock, but a package that
    comes as source is built here, and PyTorch without CUDA is in no lock.

    Raises:
        BundleError: a package is in no wheel.
    """
    folder.mkdir(parents=True, exist_ok=True)
    text = lock.read_text("utf-8")
    if cpu and platform.system() == "Linux":
        torch, text = without_cuda(text)
        _pip_wheel(folder, "--index-url", CPU_INDEX, *torch)
    with tempfile.NamedTemporaryFile("w", suffix=".lock", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        _pip_wheel(folder, "--require-hashes", "-r", file.name)
    wheels = sorted(folder.glob("*.whl"))
    found = {parse_wheel_filename(wheel.name)[:2] for wheel in wheels}
    if missing := sorted(wanted(text) - {name for name, _version in found}):
        raise BundleError(f"There is no wheel of {', '.join(missing)}.")
    lines = []
    for wheel in wheels:
        name, version = parse_wheel_filename(wheel.name)[:2]
        with wheel.open("rb") as data:
            digest = hashlib.file_digest(data, "sha256").hexdigest()
        lines.append(f"{name}=={version} --hash=sha256:{digest}\n")
    (folder / "requirements.txt").write_text("".join(lines), "utf-8")
    (folder / MADE_FOR).write_text(f"{here()}\n", "utf-8")


def wanted(lock: str) -> set[str]:
    """The packages of a lock that are for this machine."""
    found = [Requirement(entry.split(" \\\n")[0]) for entry in entries(lock)]
    return {
        canonicalize_name(each.name) for each in found if not each.marker or each.marker.evaluate()
    }


def _pip_wheel(folder: Path, *what: str) -> None:
    pip = [sys.executable, "-m", "pip", "wheel", "--disable-pip-version-check", "--no-input"]
    subprocess.run([*pip, "--quiet", "--no-deps", "--wheel-dir", folder, *what], check=True)


def sources() -> list[Path]:
    """What git lists, and the browser's part as it is built.

    Raises:
        BundleError: this is no checkout, or the browser's part is not built.
    """
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError) as failure:
        raise BundleError("Only a checkout (git) says what belongs into the archive.") from failure
    files = [ROOT / name for name in listed.split("\0") if name]
    built = sorted((ROOT / "frontend" / "build").glob("*"))
    if not built:
        raise BundleError("The browser's part is not built: `python -m scripts.frontend` does it.")
    return [file for file in files if file.is_file()] + built


def write(archive: Path, wheels: Path, files: Iterable[Path]) -> None:
    """Write the archive, whole or not at all; the same files give the same bytes."""
    top = Path(archive.name.removesuffix(".tar"))
    inside = {
        **{top / file.relative_to(ROOT): file for file in files},
        **{top / WHEELS.name / file.name: file for file in wheels.iterdir()},
        top / "install.sh": ROOT / "scripts" / "install.sh",
    }
    archive.parent.mkdir(parents=True, exist_ok=True)
    partial = archive.with_suffix(".partial")
    with tarfile.open(partial, "w") as tar:
        for name, file in sorted(inside.items()):
            tar.add(file, str(name), recursive=False, filter=_plain)
    partial.replace(archive)


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Without what differs from one machine to the next."""
    member.uid = member.gid = member.mtime = 0
    member.uname = member.gname = ""
    member.mode = 0o755 if member.mode & 0o100 else 0o644
    return member


def main() -> None:
    parser = argparse.ArgumentParser(description="Make one archive that installs offline.")
    parser.add_argument("--torch", choices=("cpu",), help="PyTorch's build without CUDA")
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="folder, by default dist/")
    arguments = parser.parse_args()
    cpu = arguments.torch == "cpu"
    archive = arguments.out / archive_name(cpu=cpu)
    arguments.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=arguments.out, prefix=".wheels-") as folder:
        try:
            files = sources()
            collect(LOCK, Path(folder), cpu=cpu)
        except BundleError as failure:
            sys.exit(str(failure))
        except subprocess.CalledProcessError as failure:
            sys.exit(failure.returncode)
        write(archive, Path(folder), files)
        packages = sum(file.stat().st_size for file in Path(folder).iterdir())
    whole = archive.stat().st_size
    print(f"Wrote {archive}: {whole / 1e6:,.0f} MB, of which packages {packages / 1e6:,.0f} MB.")
    print("Unpack it there with `tar xf`, and run `sh install.sh` in its folder.")


if __name__ == "__main__":
    main()

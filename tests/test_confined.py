"""The app where it may write to its home and a temporary folder alone, and has no right besides."""

from __future__ import annotations

import json
import sys
import time
import urllib.request
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from ae_core import checkpoints
from ae_core.jobs import access, states
from ae_core.training.runs import RunSpec
from scripts.app_server import running_app
from tests.people import ANN

CONFINED = """
mount --make-rprivate /
mount --bind "$AE_HOME" "$AE_HOME"
mount --bind "$TMPDIR" "$TMPDIR"
for place in $(cut -d " " -f 2 /proc/mounts); do
    case "$place" in
        "$AE_HOME" | "$TMPDIR" | /proc* | /sys* | /dev*) ;;
        *) mount -o remount,bind,ro "$place" || exit 1 ;;
    esac
done
! touch app.py 2>/dev/null || exit 1
exec setpriv --no-new-privs --inh-caps=-all --bounding-set=-all "$@"
"""
"""As `compose.yaml` has it; a root without capabilities has no right but to what is its own."""

COMMAND = [
    "unshare", "--mount", "sh", "-c", CONFINED, "confined",
    sys.executable, "app.py", "--port", "{port}",
]  # fmt: skip


@pytest.mark.long
@pytest.mark.usefixtures("mounts")
def test_with_everything_else_read_only_and_without_capabilities_all_works(
    home: Path, tmp_path: Path
) -> None:
    home.mkdir()
    # A socket in it has a path of at most 107 characters.
    with (
        TemporaryDirectory() as temporary,
        running_app(
            tmp_path / "log", {"AE_HOME": str(home), "TMPDIR": temporary, "HOME": temporary},
            command=COMMAND,
        ) as url,
    ):  # fmt: skip
        job = access.submit(ANN, RunSpec("ae-2", "digits", steps=20))
        until = time.monotonic() + 120
        while (found := access.get(ANN, job.id)).state != states.FINISHED:
            assert time.monotonic() < until, (found, (tmp_path / "log").read_text())
            time.sleep(0.2)
        with urllib.request.urlopen(f"{url}/readyz", timeout=10) as answer:
            assert set(json.load(answer).values()) == {"ok"}
    assert checkpoints.card(job.name).steps == 20
    assert "Traceback" not in (tmp_path / "log").read_text()

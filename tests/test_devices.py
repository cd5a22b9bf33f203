"""Nothing mixes devices: the tests of `devices/`, in a process that knows a strict device."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.devices.strict_device import ASKED


@pytest.mark.timeout(900)
@pytest.mark.parametrize("which", ["not long", pytest.param("long", marks=pytest.mark.long)])
def test_nothing_mixes_devices(which: str) -> None:
    command = [sys.executable, "-m", "pytest", "tests/devices", "-n", "0", "-q", "-m", which]
    ran = subprocess.run(
        [*command, "-p", "no:cacheprovider", "--tb=short"],
        cwd=ROOT, env={**os.environ, ASKED: "1"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout[-5000:]
    assert " passed" in ran.stdout

"""The same in S3: on a real server, on one that does not answer, in a bucket that is not there."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
import torch

from ae_core import checkpoints, image_sets, latent
from ae_core.cli.main import main
from ae_core.storage import sync
from tests.storage.machines import names, trouble

MOTO = """
import logging, sys, time
from moto.server import ThreadedMotoServer
logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()
"""

KEYS = {
    "AWS_ACCESS_KEY_ID": "nobody", "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_DEFAULT_REGION": "us-east-1", "AE_HOME": "s3://lessons/autumn",
}  # fmt: skip

Start = Callable[..., None]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Goes on as a process just started on the machine of that name, which reaches that address."""
    from s3fs import S3FileSystem

    def process(name: str, address: str, home: str = KEYS["AE_HOME"]) -> None:
        here = {"AE_CACHE": str(tmp_path / name), "AWS_ENDPOINT_URL": address, "AE_HOME": home}
        for key, value in (KEYS | here).items():
            monkeypatch.setenv(key, value)
        sync.LISTINGS.clear()
        S3FileSystem.clear_instance_cache()

    yield process
    S3FileSystem.clear_instance_cache()


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """The address of an S3 server, which has an empty bucket."""
    with subprocess.Popen(
        [sys.executable, "-c", MOTO], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdin and server.stdout
        address = f"http://127.0.0.1:{server.stdout.readline().strip()}"
        request = Request(f"{address}/lessons", method="PUT")
        with urlopen(request, timeout=60) as made:
            assert made.status == 200
        yield address
        server.stdin.close()


def command(*words: str) -> int | str | None:
    """Run a command in this process; its exit status."""
    with pytest.raises(SystemExit) as ended:
        main(list(words))
    return ended.value.code


def trained(steps: int) -> int | str | None:
    """Train `mine`; the exit status."""
    options = ["--set", "digits", "--steps", str(steps), "--name", "mine"]
    return command("train", "tanh-3", *options, "--json")


def test_a_store_in_s3(s3: str, start: Start) -> None:
    start("here", s3)
    assert not trained(20)
    digits = image_sets.load("digits").test
    codes = latent.encode(checkpoints.load("mine").model, digits)
    start("there", s3)
    assert "mine" in names()
    model = checkpoints.load("mine").model
    assert torch.equal(latent.encode(model, digits), codes)
    checkpoints.retitle("mine", "Another")
    sync.tidy()
    assert checkpoints.card("mine").title == "Another"
    checkpoints.delete("mine")
    start("here", s3)
    assert "mine" not in names()
    assert trouble() == ""


def test_a_server_that_does_not_answer_is_said_in_words_within_seconds(
    start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    start("here", "http://127.0.0.1:9")
    assert trained(4) == 2
    said = capsys.readouterr().err
    assert "mine is on this machine alone for now, and is sent later" in said
    assert "Traceback" not in said
    start("here", "http://127.0.0.1:9")
    began = time.monotonic()
    assert "mine" in names()
    assert time.monotonic() - began < 10
    assert "cannot be used (EndpointConnectionError). Check the network" in trouble()
    assert "127.0.0.1" not in trouble()


def test_a_bucket_that_is_not_there_is_said_in_words(
    s3: str, start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    start("here", s3, home="s3://holidays")
    assert not command("models", "--json")
    (broken,) = json.loads(capsys.readouterr().out)["broken"]
    assert "cannot be used (The specified bucket does not exist)" in broken["reason"]

"""A class at once: sixty visitors move a control of the server once a second while a run trains.

Speaks to the server as the browser's page does, over one WebSocket a visitor: opens *Denoise* on
the built-in digits, and lets the strength of the noise go, each time elsewhere: the noisy images go
to the server, and what three filters make of them comes back.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import statistics
import tempfile
import time
import urllib.request
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any

import numpy as np
import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from ae_core.accounts.person import Person
from ae_core.jobs import access, table
from ae_core.training.runs import RunSpec
from benchmarks import report
from scripts.app_server import running_app

VISITORS = 60
SECONDS = 20
QUERY = "model=digits-dense-49&which=number"
HEALTH_PAUSE = 0.5


class Visitor:
    """One page that is open: its connection, and the control that it moves."""

    def __init__(self, socket: Any) -> None:
        self.socket = socket
        self.bench = self.fragment = ""
        self.hash = ""
        self.errors = 0
        self.data: dict[str, Any] = {}
        self.chance = np.random.default_rng(id(self))

    async def open(self) -> None:
        """Ask for the page, and find the control on it."""
        message = BackMsg()
        message.rerun_script.query_string = QUERY
        message.rerun_script.page_name = "denoise"
        await self.socket.send(message.SerializeToString())
        await self.finished()

    async def finished(self) -> None:
        """Listen until the script has run."""
        while True:
            message = ForwardMsg()
            message.ParseFromString(await self.socket.recv())
            kind = message.WhichOneof("type")
            if kind == "navigation":
                self.hash = message.navigation.page_script_hash
            elif kind == "delta":
                delta = message.delta
                if delta.WhichOneof("type") == "new_element":
                    element = delta.new_element
                    if element.bidi_component.component_name == "denoise_bench":
                        self.bench, self.fragment = element.bidi_component.id, delta.fragment_id
                        self.data = json.loads(element.bidi_component.json)
                    self.errors += element.WhichOneof("type") == "exception"
            elif kind == "script_finished":
                return

    async def move(self, value: float) -> float:
        """Move the control; seconds until its picture is there."""
        message = BackMsg()
        rerun = message.rerun_script
        rerun.query_string, rerun.page_script_hash = QUERY, self.hash
        rerun.fragment_id = self.fragment
        state = rerun.widget_states.widgets.add()
        state.id = self.bench
        turn = str(self.chance.random())
        state.json_value = self.released(value, turn)
        began = time.perf_counter()
        await self.socket.send(message.SerializeToString())
        await self.finished()
        taken = time.perf_counter() - began
        if self.data["filtered"]["turn"] != turn:
            raise RuntimeError("The filters did not answer.")
        return taken

    def released(self, value: float, turn: str) -> str:
        """What the browser says when the hand lets go: images that nobody has sent before."""
        clean = np.frombuffer(b64decode(self.data["clean"]), np.uint8)
        noisy = (clean + self.chance.normal(0, 255 * value, clean.shape)).clip(0, 255)
        corruption = {"kind": "gaussian", "strength": value, "mean": 0, "seed": 0}
        sent = b64encode(noisy.astype(np.uint8).tobytes()).decode()
        return json.dumps({"released": {"corruption": corruption, "noisy": sent, "turn": turn}})


async def visit(url: str, start: float, times: list[float]) -> int:
    """One visitor's moves, once a second; how many errors were shown."""
    request = urllib.request.Request(f"{url}/", headers={"Accept": "text/html"})
    answer = await asyncio.to_thread(urllib.request.urlopen, request)
    cookie = answer.headers["Set-Cookie"].partition(";")[0]
    address = f"ws{url.removeprefix('http')}/_stcore/stream"
    async with websockets.connect(
        address, subprotocols=[websockets.Subprotocol("streamlit")], max_size=None,
        additional_headers={"Cookie": cookie, "Origin": url},
    ) as socket:  # fmt: skip
        visitor = Visitor(socket)
        await visitor.open()
        if not visitor.bench:
            raise RuntimeError("The bench is not there: build it with python -m scripts.frontend.")
        await asyncio.sleep(max(0.0, start - time.monotonic()))
        for turn in range(SECONDS):
            due = time.monotonic() + 1
            times.append(await visitor.move(0.05 * (1 + turn % 18)))
            await asyncio.sleep(max(0.0, due - time.monotonic()))
        return visitor.errors


async def health(url: str, until: float) -> list[float]:
    """How long the health check takes meanwhile."""
    times = []
    while time.monotonic() < until:
        began = time.perf_counter()
        await asyncio.to_thread(urllib.request.urlopen, f"{url}/_stcore/health", None, 10)
        times.append(time.perf_counter() - began)
        await asyncio.sleep(HEALTH_PAUSE)
    return times


async def a_class(url: str) -> dict[str, float]:
    """All of them at once."""
    times: list[float] = []
    start = time.monotonic() + VISITORS / 4
    visits = []
    for number in range(VISITORS):
        visits.append(asyncio.create_task(visit(url, start + number / VISITORS, times)))
        await asyncio.sleep(0.2)
    await asyncio.sleep(max(0.0, start - time.monotonic()))
    checks = await health(url, time.monotonic() + SECONDS - 1)
    errors = sum(await asyncio.gather(*visits))
    ordered = sorted(times)
    return {
        "control_median_ms": 1000 * statistics.median(ordered),
        "control_p95_ms": 1000 * ordered[int(0.95 * len(ordered))],
        "control_p99_ms": 1000 * ordered[int(0.99 * len(ordered))],
        "health_max_ms": 1000 * max(checks),
        "errors": errors,
    }


def measure() -> dict[str, float]:
    folder = Path(tempfile.mkdtemp())
    os.environ["AE_HOME"] = str(folder / "home")
    try:
        with running_app(folder / "log") as url:
            time.sleep(25)  # until the worker is warm
            alone = asyncio.run(a_class(url))
            job = access.submit(Person("benchmark"), RunSpec("ae-16", "mnist", seconds=100.0))
            while not (now := table.get(job.id)).step:
                if now.is_over:
                    raise RuntimeError(f"The run ended before it began: {now.message}")
                time.sleep(0.1)
            busy = asyncio.run(a_class(url))
            if table.get(job.id).is_over:
                raise RuntimeError("The run ended before the class did.")
        return {**busy, **{f"{name}_without_a_run": value for name, value in alone.items()}}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    report.main("load", measure, "A class at once")

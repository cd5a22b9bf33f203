"""Processes of jobs that a test plays, so that each state is reached at once and every time."""

from __future__ import annotations

import json
import os
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from typing import Any


class FakeProcess(BaseProcess):
    """The process of a job, played by the test."""

    def __init__(self, target: Any, args: tuple[Any, ...], daemon: bool) -> None:
        self.pipe: Connection = args[-1]
        self.alive = False

    def start(self) -> None:
        self.alive = True
        self.pipe = Connection(os.dup(self.pipe.fileno()))  # the worker closes the other end

    def say(self, **message: Any) -> None:
        self.pipe.send_bytes(json.dumps(message).encode())

    def is_at(self, step: int) -> None:
        values = {"step": step, "seconds": 1.0, "train": {}, "test": {}}
        self.say(at={"step": step, "steps": 400, "seconds": 1.0}, event=values)

    def heard(self) -> list[Any]:
        said = []
        while self.pipe.poll():
            said.append(json.loads(self.pipe.recv_bytes()))
        return said

    def is_alive(self) -> bool:
        return self.alive

    def kill(self) -> None:
        self.alive = False

    def join(self, timeout: float | None = None) -> None:
        assert timeout is not None or not self.alive, "this would wait for ever"


class FakeContext(BaseContext):
    """Makes fake processes and remembers them."""

    def __init__(self) -> None:
        self.processes: list[FakeProcess] = []

    def Process(self, **arguments: Any) -> FakeProcess:  # noqa: N802
        self.processes.append(FakeProcess(**arguments))
        return self.processes[-1]

"""Runs analyses: each question in a process of its own, beside the training.

The process sends JSON: `{"share": 0.4, "words": "..."}` while it works, and `{"failed": "..."}`
where it fails, both texts as they are stored. One that nobody wants any more is killed.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from typing import Any

from ae_core.analyses import Answer, Told
from ae_core.jobs import analysis_results, answers_so_far
from ae_core.jobs.analysis_results import Row
from ae_core.texts import _, ngettext, to_json

TOLD_SECONDS = 0.2
NICE = 3
"""Somebody waits for this in front of an empty chart: it has priority over training."""

IDLE_NICE = 19

AT_ONCE = 2
"""Questions at the same time, so that a quick one need not wait for a long one."""

LONGEST_SECONDS = 300.0
"""Time limit of one answer; then it has failed."""


@dataclass
class Working:
    """A question with its process."""

    row: Row
    process: BaseProcess
    pipe: Connection
    began: float
    last: dict[str, Any] = field(default_factory=dict)
    """What it has reported last that the table has not yet."""


class AnalysisRunner:
    """Runs the analyses that people asked for; the worker calls `turn` again and again."""

    def __init__(self, context: BaseContext) -> None:
        self.context = context
        self.at: dict[str, Working] = {}

    def turn(self) -> None:
        """Start the next, read what running ones report, end what nobody wants."""
        waiting, working = analysis_results.under_way()
        lost = [row for row in working if row.key not in self.at]
        for each in lost:  # of an earlier worker, or never started
            analysis_results.interrupted(each)
        while (waiting or lost) and len(self.at) < AT_ONCE and (row := analysis_results.claim()):
            self.begin(row)
        for at in list(self.at.values()):
            gone = not at.process.is_alive()
            self.hear(at)
            if analysis_results.is_wanted(at.row.key):
                if gone:
                    analysis_results.interrupted(at.row)
                elif time.monotonic() - at.began > LONGEST_SECONDS:
                    reason = ngettext(
                        "It took longer than {count} minute and was stopped.",
                        "It took longer than {count} minutes and was stopped.",
                        round(LONGEST_SECONDS / 60),
                    )
                    analysis_results.fail(at.row.key, reason)
                else:
                    continue
            self.end(at)

    def begin(self, row: Row) -> None:
        """Start a question's process; one that was stopped and asked again may still have one."""
        if former := self.at.get(row.key):
            self.end(former)
        ours, theirs = self.context.Pipe()
        process = self.context.Process(  # type: ignore[attr-defined]
            target=main, args=(row.kind, row.asked, row.key, theirs), daemon=True
        )
        process.start()
        theirs.close()
        self.at[row.key] = Working(row, process, ours, time.monotonic())

    def hear(self, at: Working) -> None:
        """Record what the process has reported since the table was told last."""
        try:
            while at.pipe.poll():
                at.last = json.loads(at.pipe.recv_bytes())
        except (EOFError, OSError):
            pass
        if "failed" in at.last:
            analysis_results.fail(at.row.key, at.last["failed"])
        elif "share" in at.last:
            analysis_results.advance(at.row.key, at.last["share"], at.last["words"])
        at.last = {}

    def end(self, at: Working) -> None:
        """Kill a process, whatever it does."""
        at.process.kill()
        at.process.join()
        at.pipe.close()
        answers_so_far.forget(at.row.key)
        del self.at[at.row.key]

    def leave(self) -> None:
        """Kill all of them; the next worker starts them again."""
        for at in list(self.at.values()):
            self.end(at)


def main(kind: str, asked: dict[str, Any], key: str, pipe: Connection) -> None:
    """The process of one question."""
    import torch

    from ae_core import analyses

    os.nice(getattr(analyses.analysis(kind), "NICE", NICE))
    torch.set_num_threads(1)
    threading.Thread(target=end_with_the_worker, args=(pipe,), daemon=True).start()
    said = 0.0

    def told(share: float, words: str, so_far: Answer | None = None) -> None:
        nonlocal said
        if so_far:
            with suppress(OSError):  # the next one may be taken, and the answer counts
                answers_so_far.keep(key, so_far)
        if time.monotonic() - said >= TOLD_SECONDS:
            said = time.monotonic()
            pipe.send_bytes(json.dumps({"share": share, "words": to_json(words)}).encode())

    if failure := failure_of(kind, asked, key, told):
        pipe.send_bytes(json.dumps({"failed": to_json(failure)}).encode())


def end_with_the_worker(pipe: Connection) -> None:
    """Exit once the worker is gone: nobody reads the pipe, and the next worker starts again."""
    with suppress(EOFError, OSError):
        pipe.recv_bytes()
    os._exit(1)


def prepare() -> None:
    """Compile what the first UMAP would wait for, or load it where it was compiled before.

    Under Linux only while nobody else wants the processor.
    """
    import torch

    from ae_core.latent import flat_maps

    os.nice(IDLE_NICE)
    if sys.platform == "linux":
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    torch.set_num_threads(1)
    count = 5 * flat_maps.LEAST["umap"]
    codes = torch.randn(count, 8, generator=torch.Generator().manual_seed(0))
    flat_maps.flat(codes, "umap")


def failure_of(kind: str, asked: dict[str, Any], key: str, told: Told) -> str:
    """Compute an answer and save it; why that failed, or nothing."""
    from ae_core import analyses
    from ae_core.errors import UserError

    try:
        answer = analyses.compute(kind, asked, told)
    except UserError as failure:
        return failure.text
    except MemoryError:
        return _("This needs more memory than there is. Ask for less at once.")
    try:
        analysis_results.keep(key, answer)
    except UserError as failure:
        return failure.text
    except OSError as failure:
        return _("The disk did not take the answer ({reason}). Make room.", reason=failure.strerror)
    return ""


def answer_all() -> None:
    """Answer everything that waits, in this process."""
    while row := analysis_results.claim():
        if failure := failure_of(row.kind, row.asked, row.key, lambda *_: None):
            analysis_results.fail(row.key, failure)

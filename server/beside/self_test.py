"""Says once, beside serving, what the machine has and what works on it: six lines."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from pages.ui.shared import torch_parts
from server.traffic import wait_until_quiet

log = logging.getLogger(__name__)

QUIET_SECONDS = 0.5
LATEST_SECONDS = 30.0
LOOK_SECONDS = 0.25


@contextmanager
def self_test_beside() -> Iterator[threading.Thread]:
    """Print the self-test once torch is here and the worker has begun, or is not going to."""
    leaving = threading.Event()
    thread = threading.Thread(target=_tell, args=(leaving,), name="self-test")
    thread.start()
    try:
        yield thread
    finally:
        leaving.set()
        thread.join()


def _tell(leaving: threading.Event) -> None:
    while not torch_parts.here.is_set():
        if leaving.wait(LOOK_SECONDS):
            return
    from ae_core.jobs import self_test, worker

    for _look in range(round(LATEST_SECONDS / LOOK_SECONDS)):
        if worker.is_working() or leaving.wait(LOOK_SECONDS):
            break
    if not wait_until_quiet(leaving, QUIET_SECONDS, latest=LATEST_SECONDS):
        return
    try:
        said = self_test.lines()
    except Exception:
        log.exception("The self-test failed")
        return
    print("".join(f"  {line}\n" for line in said), flush=True)

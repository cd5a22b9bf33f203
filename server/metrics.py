"""Figures of the running server for Prometheus, at a port of their own: `AE_METRICS_PORT`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server

from ae_core.errors import UserError
from ae_core.settings import HOST, METRICS_PORT
from ae_core.texts import _
from server.network.connections import OPEN

REGISTRY = CollectorRegistry()

SECONDS = Histogram(
    "explorer_request_seconds", "Seconds until a request was answered", ["kind"],
    registry=REGISTRY, buckets=(0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30),
)  # fmt: skip
ANSWERS = Counter("explorer_answers", "Answers by status", ["status"], registry=REGISTRY)


def _queue(place: int) -> float:
    from ae_core.jobs import table

    try:
        waiting, running = table.under_way()
    except UserError:
        return float("nan")
    return float((waiting, len(running))[place])


for _name, _says, _read in (
    ("connections", "Open connections", lambda: float(len(OPEN.all))),
    (
        "half_sent_bytes",
        "Bytes of messages that have not come whole",
        lambda: float(OPEN.half_sent),
    ),
    ("jobs_waiting", "Runs in the queue", lambda: _queue(0)),
    ("jobs_running", "Runs at work", lambda: _queue(1)),
):
    Gauge(f"explorer_{_name}", _says, registry=REGISTRY).set_function(_read)


@contextmanager
def metrics_beside() -> Iterator[None]:
    """Give them out until this is left, where a port is set.

    Raises:
        UserError: the port is none, or is taken.
    """
    if not METRICS_PORT.value:
        yield
        return
    try:
        server, thread = start_http_server(int(METRICS_PORT.value), HOST.value, REGISTRY)
    except (OSError, OverflowError, ValueError) as failure:
        raise UserError(
            _(
                "AE_METRICS_PORT is {port!r}, where nothing can be given out: {reason}.",
                port=METRICS_PORT.value,
                reason=str(failure),
            )
        ) from failure
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

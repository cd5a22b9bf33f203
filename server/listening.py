"""Where `python app.py` listens: the host and port asked for, else the first port that is free."""

from __future__ import annotations

import argparse
import os
import socket
import sys
from contextlib import suppress

import streamlit as st

from ae_core.errors import UserError
from ae_core.settings import HOST, PORT
from server import for_class
from server.lifespan import check

FIRST_PORT = 8501
PORTS_TO_TRY = 100


def is_free(host: str, port: int) -> bool:
    """Whether we could listen there and nobody else answers for `localhost`.

    Binding alone does not tell: macOS lets 127.0.0.1 be bound beside somebody's `::`, and the
    browser would then reach the other one.
    """
    for loopback in ("127.0.0.1", "::1"):
        try:
            socket.create_connection((loopback, port), timeout=0.5).close()
        except OSError:
            continue
        return False
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        if os.name != "nt":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port(host: str, first: int = FIRST_PORT) -> int:
    """The first free port from `first` on."""
    for port in range(first, min(first + PORTS_TO_TRY, 2**16)):
        if is_free(host, port):
            return port
    sys.exit(f"No port is free from {first} on. Choose one: python app.py --port 9000")


def run(app: st.App) -> None:
    """Start the app where the arguments or `AE_HOST` and `PORT` say, and stay."""
    parser = argparse.ArgumentParser(description="Start the app and print its address.")
    parser.add_argument(
        "--host",
        default=HOST.value,
        help="address to listen on; 0.0.0.0 lets other computers in (default: %(default)s)",
    )
    parser.add_argument(
        "--port",
        type=int,
        default=PORT.value or None,
        help=f"port to listen on (default: the first free one from {FIRST_PORT} on)",
    )
    parser.add_argument(
        "--class",
        action="store_true",
        dest="for_class",
        help="let the network in, make a teacher's key if there is none, and show both",
    )
    arguments = parser.parse_args()
    if arguments.for_class:
        for_class.prepare(arguments)
    host, port = arguments.host, arguments.port or free_port(arguments.host)
    if not is_free(host, port):
        sys.exit(
            f"{host}:{port} is taken or not ours. Choose another port, or none for a free one."
        )
    shown = "localhost" if host in ("127.0.0.1", "0.0.0.0", "::", "::1") else host
    app.state["address"] = f"http://{f'[{shown}]' if ':' in shown else shown}:{port}"
    if arguments.for_class:
        app.state["more"] = for_class.words(host, port)
    try:
        check()
    except UserError as failure:
        sys.exit(str(failure))
    settings = {
        "server.address": host,
        "server.port": port,
        "logger.hideWelcomeMessage": True,
    }
    with suppress(KeyboardInterrupt):
        app.run(config=settings)

"""The web server: `python serve.py`. Where it listens, what guards it, what it says."""

from __future__ import annotations

import argparse
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from streamlit.runtime.pages_manager import PagesManager

from ae_core.accounts.limits import MOST_UPLOAD, limits
from ae_core.errors import UserError
from server.background_worker import worker_beside
from server.guard import HttpGuard
from server.live_files import ROUTES
from server.owner import Owners
from server.page_files import PageFiles
from server.traffic import Traffic
from server.uploads import Uploads
from server.warmup import warm_up_when_quiet

FIRST_PORT = 8501
PORTS_TO_TRY = 100


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    """Say where the app is, and warm up while nobody waits."""
    if address := app.state.get("address"):
        print(f"\n  Open {address}    (Ctrl+C stops the app)\n", flush=True)
    with warm_up_when_quiet(), worker_beside():
        yield


# Streamlit takes a folder named pages/ for its menu until st.navigation was called once. Whoever
# came first, by a link to an inner page, would get that script alone, without app.py.
PagesManager.uses_pages_directory = False

app = st.App(
    str(Path(__file__).resolve().with_name("app.py")),
    lifespan=lifespan,
    routes=ROUTES,
    middleware=[
        Middleware(Traffic),
        Middleware(HttpGuard),
        Middleware(Owners),
        Middleware(Uploads),
        Middleware(PageFiles),
    ],
)


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
    sys.exit(f"No port is free from {first} on. Choose one: python serve.py --port 9000")


def main() -> None:
    """Start the app where the arguments or `AE_HOST` and `PORT` say, and stay."""
    parser = argparse.ArgumentParser(description="Start the app and print its address.")
    parser.add_argument(
        "--host",
        default=os.environ.get("AE_HOST") or "127.0.0.1",
        help="address to listen on; 0.0.0.0 lets other computers in (default: %(default)s)",
    )
    parser.add_argument(
        "--port",
        type=int,
        default=os.environ.get("PORT") or None,
        help=f"port to listen on (default: the first free one from {FIRST_PORT} on)",
    )
    arguments = parser.parse_args()
    host, port = arguments.host, arguments.port or free_port(arguments.host)
    if not is_free(host, port):
        sys.exit(
            f"{host}:{port} is taken or not ours. Choose another port, or none for a free one."
        )
    shown = "localhost" if host in ("127.0.0.1", "0.0.0.0", "::", "::1") else host
    app.state["address"] = f"http://{shown}:{port}"
    try:
        limits()
    except UserError as failure:
        sys.exit(str(failure))
    settings = {
        "server.address": host,
        "server.port": port,
        "server.maxUploadSize": MOST_UPLOAD,  # Uploads knows how much each person may send
        "logger.hideWelcomeMessage": True,
    }
    with suppress(KeyboardInterrupt):
        app.run(config=settings)


if __name__ == "__main__":
    main()

"""What happens beside serving, from the start of the server to its end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st

from ae_core.accounts.limits import limits
from server.background_worker import worker_beside
from server.frontend_build import frontend_built_beside
from server.warmup import warm_up_when_quiet


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    """Check the limits, say where the app is, and do beside serving what takes long.

    Raises:
        UserError: the limits cannot be read, so the server does not start.
    """
    limits()
    if address := app.state.get("address"):
        print(f"\n  Open {address}    (Ctrl+C stops the app)\n", flush=True)
    with warm_up_when_quiet(), worker_beside(), frontend_built_beside():
        yield

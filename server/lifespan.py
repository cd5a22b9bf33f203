"""What happens beside serving, from the start of the server to its end."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import streamlit as st

from ae_core import languages
from ae_core.accounts import cookies, teacher_key
from ae_core.accounts.limits import limits
from ae_core.settings import LANGUAGE
from server.beside.background_worker import worker_beside
from server.beside.frontend_build import frontend_built_beside
from server.beside.self_test import self_test_beside
from server.beside.warmup import warm_up_when_quiet
from server.metrics import metrics_beside
from server.network import embedding
from server.network.addresses import proxies

log = logging.getLogger(__name__)


def check() -> None:
    """Look at what can be set wrong.

    Raises:
        UserError: the limits cannot be read, a proxy has no address, a site is none, or the key
            that signs is too short: the server does not start.
    """
    limits()
    proxies()
    embedding.sites()
    with suppress(OSError):  # the pages say what is wrong with the disk
        cookies.check_key()


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    """Check settings and language, say where the app is, and do beside serving what takes long.

    Raises:
        UserError: something is set wrong, so the server does not start.
    """
    check()
    if problem := teacher_key.too_short():
        log.warning(problem)
    if not languages.is_known(LANGUAGE.value):
        log.warning(
            "AE_LANGUAGE is %r, which is not here, so the pages are in English. There are: %s.",
            LANGUAGE.value,
            ", ".join(languages.available()),
        )
    if address := app.state.get("address"):
        print(f"\n  Open {address}    (Ctrl+C stops the app)\n", flush=True)
    if more := app.state.get("more"):
        print(more, flush=True)
    with (
        metrics_beside(), warm_up_when_quiet(), worker_beside(), frontend_built_beside(),
        self_test_beside(),
    ):  # fmt: skip
        yield

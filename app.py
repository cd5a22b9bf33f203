"""The whole app, whichever way it is started.

    python app.py            on the first free port from 8501 on; --host and --port choose
    streamlit run app.py     with Streamlit's own options
    uvicorn app:app          with uvicorn's

Streamlit finds `app = st.App(...)` by reading this very file.
"""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from server import class_events, health, learned_here, listening, live_files
from server.guard import HttpGuard
from server.language import Language
from server.lifespan import lifespan
from server.network.addresses import ThroughProxies
from server.network.paths import Paths
from server.network.protocols import Connections
from server.owner import Owners
from server.page_files import PageFiles
from server.requests_log import RequestsLog
from server.traffic import Traffic
from server.uploads import Uploads

app = st.App(
    Path(__file__).resolve().with_name("pages") / "ui" / "menu.py",
    lifespan=lifespan,
    routes=[*health.ROUTES, *live_files.ROUTES, *learned_here.ROUTES, *class_events.ROUTES],
    middleware=[
        Middleware(Connections),
        Middleware(ThroughProxies),
        Middleware(RequestsLog),
        Middleware(Traffic),
        Middleware(Language),
        Middleware(HttpGuard),
        Middleware(Paths),
        Middleware(Owners),
        Middleware(Uploads),
        Middleware(PageFiles),
    ],
)

if __name__ == "__main__":
    listening.run(app)

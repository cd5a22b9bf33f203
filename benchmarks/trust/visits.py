"""Visits by WebSocket, as a browser's page speaks to the server: open a page, send a file."""

from __future__ import annotations

import urllib.request
from uuid import uuid4

import psutil
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets import Origin, Subprotocol
from websockets.sync.client import connect

PAGES = ("", "reconstruct", "latent_space", "denoise", "compare", "codes", "image_sets", "train",
         "models", "classroom")  # fmt: skip
LONGEST_SECONDS = 60.0

START = b'--X\r\nContent-Disposition: form-data; name="a.npy"; filename="a.npy"\r\n\r\n'
END = b"\r\n--X--\r\n"


def cookies_of(url: str) -> dict[str, str]:
    """The cookies that a new visitor gets."""
    given: list[str] = []
    for path in ("/", "/_stcore/health"):
        request = urllib.request.Request(f"{url}{path}", headers={"Accept": "text/html"})
        with urllib.request.urlopen(request, timeout=LONGEST_SECONDS) as answer:
            given += answer.headers.get_all("Set-Cookie") or []
    return dict(each.partition(";")[0].split("=", 1) for each in given)


def visited(url: str, page: str, cookies: dict[str, str], upload: bytes = b"") -> bool:
    """Whether a page runs to its end and shows no exception, and the server takes the upload."""
    said = "; ".join(f"{name}={value}" for name, value in cookies.items())
    with connect(
        f"ws{url.removeprefix('http')}/_stcore/stream", max_size=None, origin=Origin(url),
        subprotocols=[Subprotocol("streamlit")], additional_headers={"Cookie": said},
    ) as socket:  # fmt: skip
        asked = BackMsg()
        asked.rerun_script.page_name = page
        socket.send(asked.SerializeToString())
        session = ""
        while True:
            told = ForwardMsg.FromString(socket.recv(LONGEST_SECONDS))
            kind = told.WhichOneof("type")
            session = told.new_session.initialize.session_id or session
            if told.delta.new_element.WhichOneof("type") == "exception":
                return False
            if kind == "script_finished":
                return not upload or _is_taken(url, session, said, cookies, upload)


def _is_taken(url: str, session: str, said: str, cookies: dict[str, str], upload: bytes) -> bool:
    request = urllib.request.Request(
        f"{url}/_stcore/upload_file/{session}/{uuid4()}", START + upload + END, method="PUT",
        headers={"Cookie": said, "X-Xsrftoken": cookies["_streamlit_xsrf"],
                 "Content-Type": "multipart/form-data; boundary=X"},
    )  # fmt: skip
    with urllib.request.urlopen(request, timeout=LONGEST_SECONDS) as answer:
        return bool(answer.status == 204)


def server_at(url: str) -> psutil.Process:
    """The process that listens there."""
    port = int(url.rpartition(":")[2])
    listening = (
        each.pid for each in psutil.net_connections("tcp")
        if each.status == psutil.CONN_LISTEN and each.laddr.port == port
    )  # fmt: skip
    return psutil.Process(next(pid for pid in listening if pid))

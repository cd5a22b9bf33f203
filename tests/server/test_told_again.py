"""A rerun may begin before the browser has drawn what its widgets were told."""

from __future__ import annotations

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets import Origin, Subprotocol
from websockets.sync.client import ClientConnection, connect

LONGEST_SECONDS = 60.0


def told(socket: ClientConnection, asked: BackMsg) -> dict[str, bool]:
    """Whether each widget of the page is told its value, by their labels."""
    socket.send(asked.SerializeToString())
    found: dict[str, bool] = {}
    while True:
        message = ForwardMsg.FromString(socket.recv(LONGEST_SECONDS))
        element = message.delta.new_element
        widget = getattr(element, element.WhichOneof("type") or "empty")
        if hasattr(widget, "set_value"):
            found[widget.label] = widget.set_value
        if message.WhichOneof("type") == "script_finished":
            return found


@pytest.mark.parametrize(
    ("page", "address", "widgets"),
    [
        ("compare", "part=side-by-side&compare=digits-dense-2,digits-dense-49",
         {"Compare", "Models, two to four", "Differences"}),
        ("codes", "model=digits-dense-49&part=used-and-dead", {"Part"}),
        ("codes", "model=digits-beta-vae-10&around=the-mean-code", {"Part", "Around"}),
        ("train", "preset=vae-16&seed=3", {"Seconds", "Seed", "optimizer"}),
    ],
)  # fmt: skip
def test_a_browser_that_knows_no_value_yet_is_told_it_again(
    port: int, page: str, address: str, widgets: set[str]
) -> None:
    """It would draw the widget empty, and report that as if somebody had emptied it."""
    asked = BackMsg()
    asked.rerun_script.page_name, asked.rerun_script.query_string = page, address
    with connect(
        f"ws://127.0.0.1:{port}/_stcore/stream", max_size=None,
        origin=Origin(f"http://127.0.0.1:{port}"), subprotocols=[Subprotocol("streamlit")],
    ) as socket:  # fmt: skip
        for turn in range(3):
            found = told(socket, asked)
            assert {name for name in widgets if found.get(name)} == widgets, f"{turn}: {found}"

"""Which messages of a page Streamlit gets."""

from __future__ import annotations

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState

from server import page_messages


def test_nobody_empties_the_caches_of_everybody() -> None:
    for message, passes in (
        (BackMsg(clear_cache=True), False),
        (BackMsg(rerun_script=ClientState()), True),
    ):
        assert page_messages.passes({"bytes": message.SerializeToString()}) is passes


def test_what_is_no_message_goes_to_streamlit_which_ends_the_connection() -> None:
    assert page_messages.passes({"bytes": b"\xff\xff"})

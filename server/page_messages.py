"""What a page tells Streamlit: some of it is kept back, since Streamlit would do as it says."""

from __future__ import annotations

import math
import time

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from starlette.types import Message, Receive, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState

UNSUPPORTED = 1003
"""Why a WebSocket is closed."""

LONGEST_TURN = 30.0
"""Seconds until whoever goes to another page is taken to be there, even if they tell nothing."""


def checked(receive: Receive, send: Send) -> Receive:
    """The messages of one connection without those that are kept back.

    A message of text, which no page sends, ends the connection.
    """
    told = Told()

    async def receive_the_rest() -> Message:
        while not told.passes(message := await receive()):
            pass
        if message.get("text") is not None:
            await send({"type": "websocket.close", "code": UNSUPPORTED})
            return {"type": "websocket.disconnect", "code": UNSUPPORTED}
        return message

    return receive_the_rest


class Told:
    """What one page has told so far.

    Anyone may ask Streamlit to empty the caches of everybody. And while it has not yet begun with
    the page that somebody goes to, a fragment of the former page that wants to run, because a timer
    is due or a part has ended its work, would take the place of that page, which then stays blank.
    """

    def __init__(self) -> None:
        self.page = ""
        self.asked = -math.inf
        """When another page was asked for; long ago where the browser is on it."""

    def passes(self, message: Message) -> bool:
        """Whether Streamlit gets this message."""
        try:
            said = BackMsg.FromString(message.get("bytes") or b"")
        except DecodeError:  # Streamlit closes the connection
            return True
        kind = said.WhichOneof("type")
        return kind != "clear_cache" and (kind != "rerun_script" or self._runs(said.rerun_script))

    def _runs(self, asked: ClientState) -> bool:
        now, is_elsewhere = time.monotonic(), asked.page_script_hash != self.page
        if asked.fragment_id and is_elsewhere and now - self.asked < LONGEST_TURN:
            return False
        goes = is_elsewhere and self.page and not asked.fragment_id
        self.asked = now if goes else -math.inf
        self.page = asked.page_script_hash
        return True

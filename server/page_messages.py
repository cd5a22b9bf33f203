"""What a page tells Streamlit: some of it is kept back, since Streamlit would do as it says."""

from __future__ import annotations

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from starlette.types import Message, Receive, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

UNSUPPORTED = 1003
"""Why a WebSocket is closed."""

LONGEST_NAVIGATION = 65_536
"""Bytes of a message that can say which page begins."""


def checked(receive: Receive, send: Send) -> tuple[Receive, Send]:
    """The two sides of one connection, without the messages that are kept back.

    A message of text, which no page sends, ends the connection.
    """
    pages = Pages()

    async def receive_the_rest() -> Message:
        while not pages.passes(message := await receive()):
            pass
        if message.get("text") is not None:
            await send({"type": "websocket.close", "code": UNSUPPORTED})
            return {"type": "websocket.disconnect", "code": UNSUPPORTED}
        return message

    async def send_and_look(message: Message) -> None:
        pages.look(message)
        await send(message)

    return receive_the_rest, send_and_look


class Pages:
    """The page of one connection: the one that was asked for last, or that Streamlit went to.

    Anyone may ask Streamlit to empty the caches of everybody. And where a fragment of a page that
    was left wants to run, because a timer is due or a part has ended its work, the browser would
    empty the page that it is on, which then stays blank.
    """

    def __init__(self) -> None:
        self.present = ""
        self.left: set[str] = set()
        """Pages that may still begin, late, before the present one does."""

    def passes(self, message: Message) -> bool:
        """Whether Streamlit gets this message."""
        try:
            said = BackMsg.FromString(message.get("bytes") or b"")
        except DecodeError:  # Streamlit closes the connection
            return True
        kind = said.WhichOneof("type")
        return kind != "clear_cache" and (kind != "rerun_script" or self._runs(said.rerun_script))

    def look(self, message: Message) -> None:
        """Note the page that begins, where an answer of Streamlit says so."""
        content = message.get("bytes") or b""
        if len(content) > LONGEST_NAVIGATION:
            return
        answer = ForwardMsg.FromString(content)
        if answer.WhichOneof("type") != "navigation":
            return
        page = answer.navigation.page_script_hash
        if page not in self.left:
            self.present, self.left = page, set()

    def _runs(self, asked: ClientState) -> bool:
        page = asked.page_script_hash
        if asked.fragment_id:
            return page == self.present or not self.present
        self.left = (self.left | {self.present}) - {page}
        self.present = page
        return True

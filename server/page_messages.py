"""What a page tells Streamlit: some of it is kept back, since Streamlit would do as it says."""

from __future__ import annotations

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from starlette.types import Message, Receive, Send
from streamlit.proto.BackMsg_pb2 import BackMsg

UNSUPPORTED = 1003
"""Why a WebSocket is closed."""


def checked(receive: Receive, send: Send) -> Receive:
    """The messages of one connection without those that are kept back.

    A message of text, which no page sends, ends the connection.
    """

    async def receive_the_rest() -> Message:
        while not passes(message := await receive()):
            pass
        if message.get("text") is not None:
            await send({"type": "websocket.close", "code": UNSUPPORTED})
            return {"type": "websocket.disconnect", "code": UNSUPPORTED}
        return message

    return receive_the_rest


def passes(message: Message) -> bool:
    """Whether Streamlit gets this message: anyone may ask it to empty the caches of everybody."""
    try:
        said = BackMsg.FromString(message.get("bytes") or b"")
    except DecodeError:  # Streamlit closes the connection
        return True
    return said.WhichOneof("type") != "clear_cache"

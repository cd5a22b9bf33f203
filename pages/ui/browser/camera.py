"""A picture from the camera: live where the browser permits it, else by the phone's own camera app.

Browsers give the live camera only to pages that came over HTTPS, or from the same machine. An
`<input type="file" capture>` works on every page; where there is no camera it asks for a file.
"""

from __future__ import annotations

from base64 import b64decode
from binascii import Error
from collections.abc import Callable
from urllib.parse import urlsplit

import streamlit as st

from ae_core.settings import MAX_IMAGE_BYTES
from ae_core.texts import _

LONGEST_SIDE = 1024
"""Pixels to which the browser reduces a picture, so that it is sent at once."""

WIDTH = 480
"""Of the live picture on the page, in pixels, where there is room."""

ON_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")

_CAPTURE = st.components.v2.component(
    "camera_capture",
    html="<label><input type='file' accept='image/*' capture='environment'><span></span></label>"
    "<p role='status'></p>",
    css="""
    label { display: inline-block; position: relative; padding: 10px 18px; cursor: pointer;
      border: 1px solid var(--st-border-color); border-radius: var(--st-button-radius, 8px); }
    label:hover { border-color: var(--st-primary-color); }
    label:focus-within { outline: 2px solid var(--st-primary-color); outline-offset: 1px; }
    input { position: absolute; inset: 0; opacity: 0; width: 100%; cursor: pointer; }
    p { margin: 4px 0 0; font-size: 14px; }
    """,
    js="""
    export default function ({ data, parentElement, setTriggerValue }) {
      const input = parentElement.querySelector("input");
      const status = parentElement.querySelector("p");
      parentElement.querySelector("span").textContent = data.label;
      input.onchange = async () => {
        const file = input.files[0];
        if (!file) return;
        status.textContent = "";
        try {
          const picture = await createImageBitmap(file);
          const scale = Math.min(1, data.side / Math.max(picture.width, picture.height));
          const canvas = document.createElement("canvas");
          canvas.width = Math.max(1, Math.round(picture.width * scale));
          canvas.height = Math.max(1, Math.round(picture.height * scale));
          canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
          setTriggerValue("taken", canvas.toDataURL("image/jpeg", 0.92));
        } catch {
          status.textContent = data.unreadable;
        }
        input.value = "";
      };
    }
    """,
)


def show(label: str, *, key: str, then: Callable[[bytes], None]) -> None:
    """The control that takes a picture; `then` is called with each one, as an image file.

    It is called before the page, or the fragment around, is drawn again.
    """

    def taken() -> None:
        data = _taken(key)
        if data is not None:
            then(data)

    if is_live():
        st.camera_input(label, key=key, resolution="720p", width=WIDTH, on_change=taken)
        return
    unreadable = _("This browser cannot read that file as a picture.")
    data = {"label": label, "side": LONGEST_SIDE, "unreadable": unreadable}
    _CAPTURE(key=key, data=data, on_taken_change=taken)


def is_live() -> bool:
    """Whether a browser gives its camera to a page at this address."""
    address = urlsplit(st.context.url or "")
    return address.scheme == "https" or address.hostname in ON_THIS_MACHINE


def _taken(key: str) -> bytes | None:
    """What the control has just sent; nothing where that is no picture, or it was cleared."""
    sent = st.session_state[key]
    if is_live():
        return sent.getvalue() if sent else None
    try:
        data = b64decode(str(sent.taken).partition(",")[2], validate=True)
    except Error:
        data = b""
    if not 0 < len(data) <= MAX_IMAGE_BYTES:
        st.toast(_("The picture did not arrive whole. Take it again."))
        return None
    return data

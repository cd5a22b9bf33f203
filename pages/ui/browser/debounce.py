"""What is too slow to follow a drag is drawn once it pauses: the browser says when."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import streamlit as st
from streamlit.errors import StreamlitAPIException

MILLISECONDS = 500

_DEBOUNCE = st.components.v2.component(
    "debounce",
    html="<span></span>",
    js="""
    const timers = new WeakMap();
    export default function ({ data, parentElement, setTriggerValue }) {
      const last = timers.get(parentElement);
      clearTimeout(last?.timer);
      const timer = last && setTimeout(() => setTriggerValue("paused", true), data.milliseconds);
      timers.set(parentElement, { timer });
      return () => {
        const host = parentElement.host ?? parentElement;
        if (!host.isConnected) clearTimeout(timer);
      };
    }
    """,
)


def after_pause(state: str, *, key: str, then: Callable[[], None]) -> None:
    """Call `then`, a callback, once `state` has changed and stayed the same for a while."""
    data = {"state": state, "milliseconds": MILLISECONDS}
    _DEBOUNCE(key=key, data=data, on_paused_change=then, height=1)


def redraw(*fragments: str) -> None:
    """Run only these fragments again; for callbacks.

    Somebody who has gone to another page has none of them: that page is drawn as usual.
    """
    with suppress(StreamlitAPIException):
        st.rerun(list(fragments))

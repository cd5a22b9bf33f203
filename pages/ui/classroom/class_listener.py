"""A fragment that is drawn again when there is news in the class, at most twice a second."""

from __future__ import annotations

import streamlit as st

_LISTENER = st.components.v2.component(
    "class-listener",
    html="<span></span>",
    js="""
    const PAUSE_MS = 500, APART_MS = 100;
    const listening = new WeakMap();
    export default function ({ data, parentElement, setTriggerValue }) {
      const here = listening.get(parentElement) ?? { last: 0, timer: 0 };
      here.tell = () => {
        clearTimeout(here.timer);
        // Of what two fragments tell at once, Streamlit runs one alone.
        const now = performance.now();
        const at = Math.max(now, here.last + PAUSE_MS, (window.classTold ?? 0) + APART_MS);
        window.classTold = at;
        here.timer = setTimeout(() => {
          here.last = performance.now();
          setTriggerValue("news", here.last);
        }, at - now);
      };
      if (!listening.has(parentElement)) {
        listening.set(parentElement, here);
        here.hear = () => here.tell();
        window.addEventListener(`class-${data.kind}`, here.hear);
      }
      return () => {
        if ((parentElement.host ?? parentElement).isConnected) return;
        clearTimeout(here.timer);
        window.removeEventListener(`class-${data.kind}`, here.hear);
        listening.delete(parentElement);
      };
    }
    """,
)


def redrawn_on(kind: str, *, key: str) -> None:
    """Draw the fragment around this again on news of the kind."""
    _LISTENER(key=key, data={"kind": kind}, on_news_change=lambda: None, height=1)

"""What runs in the browser: how its parts are mounted, and what each is told; without torch."""

from __future__ import annotations

from typing import Any

import streamlit as st

from ae_core import browser_texts, languages
from ae_core.texts import _
from pages.ui.browser import built

FAILED = "live-failed"

LOADER = """
export default function (component) {
  let cleanUp = () => {}, gone = false;
  const ours = document.querySelector('script[src*="/static/js/"]').src;
  const at = (address) => address && new URL(`../..${address}`, ours).href;
  const { script, part, language, catalogue } = component.data;
  import(at(script)).then(async (module) => {
    await module.speak(language, at(catalogue));
    if (!gone) cleanUp = module[part](component);
  }).catch((failure) => component.setStateValue("failed", String(failure)));
  return () => { gone = true; cleanUp(); };
}
"""
"""Loads a part from an address of our own, which the browser keeps, unlike what stands here.

Streamlit's own script tells where the app lies: some hosting services put it under a path.
"""

PLACE = '<div class="live"></div>'


def part(name: str, /, **more: Any) -> dict[str, Any]:
    """What every part of the page is told, and `more`."""
    language = languages.current()
    return {
        "part": name,
        "script": built.address("live.js"),
        "language": languages.tag(),
        "catalogue": browser_texts.address(language),
        **more,
    }


def data(name: str, /, **more: Any) -> dict[str, Any]:
    """What a part that runs models is told, and `more`."""
    worker, runtime = built.address("worker.js"), built.address("runtime.wasm")
    return part(name, worker=worker, runtime=runtime, **more)


def why_not() -> str:
    """Why the server decodes for this visitor, as a sentence; nothing where the browser does."""
    if not built.files():
        return built.why_none()
    if st.session_state.get(FAILED):
        return _(
            "The live map did not start in this browser, so the server decodes. Loading the page"
            " again tries once more."
        )
    return ""


def failed(key: str) -> None:
    """Remember that the browser could not run the part with this key; for callbacks."""
    st.session_state[FAILED] = bool(st.session_state[key].failed)


def moved(key: str, state: object) -> int:
    """How often the page itself has set what the part with this key shows, with `state` now.

    Where this grows, the browser takes it over; what it has told itself meanwhile it keeps.
    """
    known, times = st.session_state.get(f"{key}-known", (None, 0))
    if known != state:
        times += 1
        st.session_state[f"{key}-known"] = (state, times)
    return int(times)


def knows(key: str, state: object) -> None:
    """Note that the browser has told this state itself; for callbacks."""
    _known, times = st.session_state.get(f"{key}-known", (None, 0))
    st.session_state[f"{key}-known"] = (state, times)

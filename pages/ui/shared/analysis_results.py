"""What takes more than a moment to compute: asked of the background worker, shown when ready.

The page shows the progress, and whoever asked can stop it. An answer is kept for later visitors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from ae_core import analyses
from ae_core.analyses import Answer
from ae_core.jobs import analysis_results, answers_so_far, worker
from ae_core.jobs.analysis_results import Row
from ae_core.texts import _
from pages.ui.shared import owner, widgets

POLL_SECONDS = 0.3


def show(
    kind: str, asked: Mapping[str, Any], draw: Callable[[Answer], None], *, words: str,
    at_once: bool = True, place: str = "", button: str = "",
    so_far: Callable[[Answer], None] | None = None,
) -> None:  # fmt: skip
    """Draw the answer to a question, or its progress, or a button that asks it.

    Args:
        kind: the name of the analysis.
        asked: what it is asked, as JSON values.
        draw: draws the answer.
        words: what is computed, as the page calls it: "The curve over 500 images".
        at_once: ask without a button; for what takes a few seconds.
        place: a name for this place of the page, where another place shows the same question.
        button: what asks it is called so.
        so_far: draws what is known while it is computed.
    """
    row = analysis_results.find(owner.me(), kind, asked)
    if row and row.state == analysis_results.READY and (found := _kept(row.key, row.when)):
        draw(found)
        return
    gone = row is None or row.state == analysis_results.READY
    if gone and at_once:
        row = analysis_results.ask(owner.me(), kind, asked)
    if row and row.state in (analysis_results.WAITING, analysis_results.WORKING):
        st.fragment(_waiting, run_every=POLL_SECONDS, key=f"waiting-{place}{row.key}")(
            row.key, words, place, so_far
        )
        return
    if row and row.state == analysis_results.FAILED:
        st.error(widgets.as_text(row.words))
    label = button or _("{what}: compute", what=words)
    if not gone and not button:
        label = _("{what}: compute again", what=words)
    if st.button(label, key=f"ask-{place}{analyses.key_of(kind, asked)}"):
        analysis_results.ask(owner.me(), kind, asked)
        st.rerun()


def is_asked(kind: str, asked: Mapping[str, Any]) -> bool:
    """Whether somebody has asked it, and it is answered or under way."""
    row = analysis_results.find(owner.me(), kind, asked)
    states = (analysis_results.WAITING, analysis_results.WORKING, analysis_results.READY)
    return row is not None and row.state in states


def kept(kind: str, asked: Mapping[str, Any]) -> Answer | None:
    """The answer to a question, where somebody has asked it; it is not asked here."""
    row = analysis_results.find(owner.me(), kind, asked)
    return _kept(row.key, row.when) if row and row.state == analysis_results.READY else None


def _waiting(key: str, words: str, place: str, so_far: Callable[[Answer], None] | None) -> None:
    with widgets.shown_errors():
        row = analysis_results.get(owner.me(), key)
        if row is None or row.state not in (analysis_results.WAITING, analysis_results.WORKING):
            st.rerun()
        left, right = st.columns([4, 1], vertical_alignment="bottom")
        left.progress(row.share, text=_("{what}: {how_far}", what=words, how_far=_how_far(row)))
        if row.owner == owner.me().id:
            right.button(_("Stop"), key=f"stop-{place}{key}", on_click=_stop, args=(key,))
        if so_far and (found := answers_so_far.read(owner.me(), key)):
            so_far(found)


def _stop(key: str) -> None:
    widgets.done(lambda: analysis_results.stop(owner.me(), key))


def _how_far(row: Row) -> str:
    if row.state == analysis_results.WORKING:
        return widgets.as_text(row.words) or _("beginning")
    if not worker.is_working():
        return _("waiting for the background worker; if this stays, tell who runs this server")
    return _("waiting for its turn")


@st.cache_data(max_entries=64, show_spinner=False)
def _kept(key: str, when: float) -> Answer | None:  # noqa: ARG001 - part of the cache's key
    return analysis_results.read(owner.me(), key)

"""The run that a class watches with its teacher, shared for as long as every screen shows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from ae_core.accounts import ownership
from pages.ui.shared import owner
from pages.ui.state import current
from pages.ui.state.declared import Train, Watched

LENT = "class:lent"
(RUN,) = current.names(Watched)


def added(values: dict[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """What the teacher's page *Train* shows, and the run on it: while it goes on, or once seen."""
    if values.get(RUN) or current.of(Train).part != "your-run":
        return values
    from ae_core.jobs import access  # brings torch, which comes after the first paint

    chosen = st.session_state.get("job")
    for job in access.of(owner.me()):
        if job.id == chosen and (not job.is_over or job.name == before.get(RUN)):
            return {**values, RUN: job.name}
    return values


def lend(values: Mapping[str, Any]) -> None:
    """Share the teacher's own run that these name, and take back the one that was lent before.

    Raises:
        UserError: the database cannot be written.
    """
    me, known = owner.me(), st.session_state
    run = str(values.get(RUN, ""))
    lent = str(known.get(LENT, ""))
    if lent and lent != run:
        del known[LENT]
        if lent not in values.values() and _mine(lent) is not None:
            ownership.share(me, lent, False)
    if run and (mine := _mine(run)) is not None and not mine.shared:
        ownership.share(me, run, True)
        known[LENT] = run


def _mine(name: str) -> ownership.Belonging | None:
    me = owner.me()
    found = ownership.get(me, name)
    return found if found is not None and found.owner == me.id else None

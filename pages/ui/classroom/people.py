"""What a teacher sees and does: everybody's runs, what they keep, and their limits."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from ae_core import image_sets, wording
from ae_core.accounts import ownership, personal_limits, teacher_key
from ae_core.accounts.limits import Limits
from ae_core.errors import UserError
from ae_core.jobs import access, states, table
from ae_core.jobs.job import Job
from ae_core.texts import _
from pages.ui.shared import cached, owner, widgets
from pages.ui.train import progress

POLL_SECONDS = 2.0


def ask_for_key() -> None:
    """Ask for the teacher's key."""
    if problem := teacher_key.too_short():
        st.error(problem, icon=":material/error:")
        return
    if not teacher_key.is_set():
        st.info(
            _(
                "There is no teacher's key yet. Start the app with `AE_TEACHER_KEY=…` and enter"
                " that word here: you then see everything that runs, and can end it."
            ),
            icon=":material/key:",
        )
        return
    st.caption(_("Whoever has the teacher's key sees everything that runs here, and can end it."))
    st.text_input(_("Teacher's key"), type="password", key="key", on_change=_try_key)
    if problem := st.session_state.pop("wrong-key", ""):
        st.error(problem, icon=":material/error:")


def alias(owner: str) -> str:
    """A person's name here: always the same, and it does not reveal their id."""
    return _("visitor {code}", code=_code(owner))


@st.fragment(run_every=POLL_SECONDS)
def runs() -> None:
    """Everybody's runs that are not over, each with a button to end it."""
    with widgets.shown_errors():
        _runs()


def _runs() -> None:
    jobs = [job for job in access.everything(owner.me()) if not job.is_over]
    if not jobs:
        st.info(_("Nothing runs and nobody waits."), icon=":material/check:")
        return
    order = {job.id: place for place, job in enumerate(table.waiting(), 1)}
    for job in sorted(jobs, key=lambda job: (job.state != states.RUNNING, order.get(job.id, 99))):
        left, right = st.columns([5, 1], vertical_alignment="center")
        left.markdown(_line(job, order))
        right.button(
            _("End it"), icon=":material/stop:", key=f"end-{job.id}", on_click=_do,
            args=(partial(end, [job]),),
        )  # fmt: skip
    st.button(
        _("End all"), icon=":material/stop_circle:", key="end-all", on_click=_do,
        args=(partial(end, jobs),),
    )  # fmt: skip


def people() -> None:
    """What each person keeps, with their limits and a way to delete it all."""
    me = owner.me()
    kept = [*ownership.everything(me, ownership.CHECKPOINT),
            *ownership.everything(me, ownership.IMAGE_SET)]  # fmt: skip
    owners = sorted({each.owner for each in kept} | {job.owner for job in access.everything(me)})
    if not owners:
        st.caption(_("Nobody has made anything yet."))
        return
    st.dataframe(
        [
            {
                "who": alias(each),
                "things": sum(one.owner == each for one in kept),
                "megabytes": round(sum(one.bytes for one in kept if one.owner == each) / 1e6, 1),
                "seconds": personal_limits.of(me, each).train_seconds,
            }
            for each in owners
        ],
        column_config={
            "who": _("who"),
            "things": _("things"),
            "megabytes": _("MB"),
            "seconds": _("longest run, s"),
        },
        hide_index=True,
    )
    whose = str(st.selectbox(_("Who"), owners, key="who", format_func=alias))
    who, code = alias(whose), _code(whose)
    left, middle, right = st.columns([2, 1, 1], vertical_alignment="bottom")
    limit = str(
        left.selectbox(_("Limit"), personal_limits.names(), key="limit", format_func=_words)
    )
    now = int(getattr(personal_limits.of(me, whose), limit))
    value = middle.number_input(_("Value"), 1, 10_000_000, now, key=f"value-{code}-{limit}")
    if right.button(_("Set it"), key=f"set-{code}-{limit}", width="stretch"):
        with widgets.shown_errors():
            personal_limits.set_for(me, whose, limit, int(value))
            st.rerun()
    with st.popover(_("Clear up after {person}", person=who), icon=":material/delete:"):
        st.write(_("All models, image sets and runs of {person} are gone for good.", person=who))
        st.button(
            _("Delete it all"), type="primary", key=f"clear-{code}", on_click=_do,
            args=(partial(clear, whose),),
        )  # fmt: skip


def end(jobs: Sequence[Job]) -> None:
    """Throw these runs away; one that is gone by now keeps none of the others."""
    me = owner.me()
    for job in jobs:
        widgets.done(partial(access.request, me, job.id, states.DISCARD))


def clear(whose: str) -> None:
    """Delete everything that somebody made."""
    me = owner.me()
    end(access.of(me, whose))
    for each in ownership.of(me, ownership.CHECKPOINT, whose):
        access.delete_result(me, each.name)
    for each in ownership.of(me, ownership.IMAGE_SET, whose):
        image_sets.delete(me, each.name)


def _code(owner: str) -> str:
    return hashlib.sha256(owner.encode()).hexdigest()[:6]


def _line(job: Job, order: dict[int, int]) -> str:
    title = widgets.as_text(job.spec.title)
    return f"**{title}** · {alias(job.owner)} · {_state(job, order.get(job.id))}"


def _state(job: Job, place: int | None) -> str:
    """How long it has run or waited, and its place in the queue if it has one."""
    if job.state == states.RUNNING:
        so_far = wording.duration(time.time() - (job.started or job.submitted))
        left = job.progress.get("seconds_left")
        if left is None:
            return _("running for {time}", time=so_far)
        return _("running for {time}, {left} left", time=so_far, left=wording.duration(left))
    asked = progress.ago(job.submitted)
    if job.state == states.PAUSED:
        return _("paused, asked for {ago}", ago=asked)
    if place is None:
        return _("queued, asked for {ago}", ago=asked)
    return _("queued, place {place}, asked for {ago}", place=place, ago=asked)


def _words(limit: str) -> str:
    return _(next(option.help for option in Limits.declared() if option.name == limit))


def _try_key() -> None:
    me = owner.me()
    try:
        if teacher_key.opens(str(st.session_state.key), owner=me.id, network=me.network):
            st.session_state[owner.TEACHER] = True
        else:
            st.session_state["wrong-key"] = _("That is not the key.")
    except UserError as failure:
        st.session_state["wrong-key"] = widgets.sentence(failure)


def _do(what: Callable[[], None]) -> None:
    widgets.done(what)
    cached.forget_what_is_here()

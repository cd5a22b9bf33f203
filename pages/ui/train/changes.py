"""Changes in the middle of a run, "what happens if?": rate, noise, beta, and slow motion."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from ae_core import wording
from ae_core.accounts import limits
from ae_core.jobs import kinds, states
from ae_core.jobs.job import Job
from ae_core.jobs.under_way import steering
from ae_core.texts import N_, _
from ae_core.training.on_the_way import changes
from ae_core.training.on_the_way.changes import BETA, NOISE, RATE, Adjustable
from pages.ui.shared import forms, owner, widgets

SHARES = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
BETAS = (0.0, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 100.0)

PACES: dict[str, tuple[float | None, str]] = {
    "full": (None, N_("full")), "five": (5.0, N_("5 a second")), "one": (1.0, N_("1 a second")),
    "single": (0.0, N_("one by one")),
}  # fmt: skip
"""Steps a second, and what that is called."""


def single_step(job: Job) -> None:
    """A button for one step of a run that waits."""
    if kinds.adjustable(job.spec) and (job.state == states.PAUSED or job.controls.pace == 0):
        st.button(
            _("One step"), icon=":material/skip_next:", key=f"single-{job.id}",
            on_click=_single_step, args=(job.id,),
        )  # fmt: skip


def show(job: Job) -> None:
    """What can be changed of a run that is under way, behind a button.

    Raises:
        UserError: what it starts from is gone.
    """
    if not (possible := kinds.adjustable(job.spec)):
        return
    with st.popover(_("What happens if …"), icon=":material/tune:", key=f"changes-{job.id}"):
        st.caption(_("It goes on from here with other values. Its card says what changed when."))
        now = _present(job, possible)
        for what, bounds in possible.items():
            _control(job, what, bounds, now[what])
        _pace(job)


def _present(job: Job, possible: dict[str, Adjustable]) -> dict[str, float]:
    """What everything is that can be changed, or is to be."""
    made = changes.read(job.progress.get("changes", ()))
    began = {what: each.value for what, each in possible.items()}
    return began | {each.what: each.value for each in made} | dict(job.controls.values)


LABELS = {
    RATE: N_("Learning rate, times that of the recipe"),
    NOISE: N_("Strength of the noise"),
    BETA: N_("Beta, the pull to the prior"),
}


def _control(job: Job, what: str, bounds: Adjustable, now: float) -> None:
    # Told by its default: the browser makes it when the popover opens, and knows nothing else then.
    st.select_slider(
        _(LABELS[what]), values(what, bounds, now), now, format_func=lambda value: f"{value:g}",
        key=f"{what}-{job.id}", on_change=_change, args=(job.id, what, now),
    )  # fmt: skip


def values(what: str, bounds: Adjustable, *more: float) -> list[float]:
    """The values that can be chosen, and some more."""
    choices: Iterable[float] = SHARES if what == RATE else BETAS
    if what == NOISE:
        step = forms.step(bounds.low, bounds.high)
        count = round((bounds.high - bounds.low) / step)
        choices = (round(bounds.low + step * place, 6) for place in range(count + 1))
    found = {each for each in choices if bounds.low <= each <= bounds.high}
    return sorted(found.union([bounds.value], more))


def _pace(job: Job) -> None:
    now = {pace: name for name, (pace, __) in PACES.items()}.get(job.controls.pace)
    key = f"pace-{job.id}-{now}"
    st.segmented_control(
        _("Speed, steps"), list(PACES), default=now, required=now is not None,
        format_func=lambda name: _(PACES[name][1]),
        key=key, on_change=_set_pace, args=(job.id, key, now),
        help=_(
            "Slow motion shows every step. After {time} of it the run is paused.",
            time=wording.duration(limits.limits().slow_seconds),
        ),
    )  # fmt: skip


def _single_step(number: int) -> None:
    widgets.done(lambda: steering.single_step(owner.me(), number))


def _change(number: int, what: str, now: float) -> None:
    value = float(st.session_state[f"{what}-{number}"])
    if value != now:  # as a browser tells what it shows once the page has forgotten it
        widgets.done(lambda: steering.change(owner.me(), number, what, value))


def _set_pace(number: int, key: str, now: str | None) -> None:
    name = st.session_state[key]
    if name != now:
        widgets.done(lambda: steering.set_pace(owner.me(), number, PACES[name][0]))

"""A person's runs: to choose, rename, share, download or delete."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from functools import partial

import streamlit as st

from ae_core import languages, wording
from ae_core.accounts import ownership
from ae_core.checkpoints.cards import Card
from ae_core.classifiers.cards import ClassifierCard
from ae_core.jobs import access, notebooks, states
from ae_core.jobs.job import OTHER_VERSION, Job
from ae_core.texts import N_, _, joined
from pages.ui.shared import cached, comparing, owner, trained, widgets
from pages.ui.state import current
from pages.ui.state.declared import Models, Picked
from pages.ui.train import again, progress

SHARED_MODEL = N_(
    "Whoever has the link sees this model, its map and the names of its classes, and can change"
    " nothing."
)
SHARED_CLASSIFIER = N_(
    "Whoever has the link sees this classifier beside its model, if that is shared too, has"
    " pictures read by it, and can change nothing."
)


def chosen(jobs: list[Job]) -> Job | None:
    """The list of runs; gives the chosen one, by default the newest."""
    shown = {job.id: job for job in jobs if job.state != states.DISCARDED}
    if not shown:
        return None
    if st.session_state.get("job") not in shown:
        st.session_state["job"] = next(iter(shown))
    if len(shown) > 1:
        st.session_state["job-box"] = st.session_state["job"]
        st.selectbox(
            _("Your runs"), list(shown), key="job-box", on_change=_pick,
            format_func=lambda number: _line(shown[number]),
        )  # fmt: skip
    return shown[st.session_state["job"]]


def of_another_version(job: Job) -> None:
    """A run of which only its title and its state are known."""
    st.markdown(f"## {widgets.as_text(job.spec.title)}")
    if job.state == states.FINISHED:
        st.info(_("Its curves cannot be shown here, what it made can."), icon=":material/history:")
    else:
        st.warning(_(OTHER_VERSION), icon=":material/history:")
    if job.is_over:
        afterwards(job)
    else:
        st.button(
            _("Discard"), icon=":material/delete:", on_click=_discard, args=(job,),
            key=f"discard-{job.id}",
        )  # fmt: skip


def afterwards(job: Job) -> None:
    """The actions on what a run that is over has made."""
    with widgets.shown_errors():
        mine = ownership.get(owner.me(), job.name)
        here: list[Card | ClassifierCard] = [*cached.available()[0], *cached.made_classifiers()]
        card = next((card for card in here if card.name == job.name), None)
        if reason := _broken(job.name):
            st.warning(joined(_("What it made cannot be opened."), widgets.as_text(reason)))
            st.button(
                _("Delete for good"), icon=":material/delete:", on_click=_delete, args=(job,),
                key=f"delete-{job.id}",
            )  # fmt: skip
            return
        if mine is not None and mine.expired is not None:
            st.info(_("What it made has passed its day. It can be brought back beside the form."))
            return
        if mine is None or card is None:
            st.button(
                _("Take it off the list"), icon=":material/delete:", on_click=_forget, args=(job,),
                key=f"forget-{job.id}",
            )  # fmt: skip
            return
        trained.choose([card.name])
        if current.of(Picked).model == card.name:
            st.caption(_("Every page now opens on this model."))
        with st.container(horizontal=True):
            _ways_on(card)
            again.button(job)
            st.download_button(
                _("Notebook"), languages.kept_for(partial(notebooks.of, owner.me(), card)),
                file_name=f"{card.name}.ipynb", mime="application/x-ipynb+json",
                icon=":material/download:", on_click="ignore",
                help=_("Trains the same again, to the same bits on a CPU, outside of the app.")
                if isinstance(card, ClassifierCard) or card.repeats
                else _("Trains one like it outside of the app, with other draws."),
            )  # fmt: skip
            st.download_button(
                # Who asks is found out here: Streamlit calls it outside of the visit.
                "TensorBoard", partial(notebooks.events_zip, owner.me(), card.name),
                file_name=f"{card.name}-events.zip", mime="application/zip",
                icon=":material/download:", on_click="ignore",
                help=_("The run's event files: unpack them and run tensorboard --logdir on them."),
            )  # fmt: skip
        if others := {other.id: other for other in progress.other_runs(job)}:
            left, right = st.columns([2, 1], vertical_alignment="bottom")
            beside = left.selectbox(
                _("Another run beside it"), [0, *others], key=f"other-{job.id}",
                format_func=lambda number: _line(others[number]) if number else _("none"),
            )  # fmt: skip
            models = bool(beside) and isinstance(card, Card)
            if models and right.button(_("Both on the same images"), icon=":material/compare:"):
                comparing.open_with([job.name, others[beside].name])
        left, right = st.columns([2, 1], vertical_alignment="bottom")
        left.text_input(
            _("Name"), mine.title, max_chars=ownership.MAX_TITLE, key=f"title-{job.id}",
            on_change=_rename, args=(job, mine.title),
        )  # fmt: skip
        right.toggle(
            _("Share by link"), mine.shared, key=f"share-{job.id}", on_change=_share, args=(job,),
            help=_(SHARED_MODEL if isinstance(card, Card) else SHARED_CLASSIFIER),
        )  # fmt: skip
        if mine.shared:
            st.code(_link(card), language=None)
        megabytes, day = mine.bytes / 1e6, datetime.fromtimestamp(mine.expires, UTC)
        whose = (
            _("{megabytes:.1f} MB, yours, and of whoever has the link.", megabytes=megabytes)
            if mine.shared else _("{megabytes:.1f} MB, yours alone.", megabytes=megabytes)
        )  # fmt: skip
        st.caption(joined(whose, _("It expires on {day}.", day=wording.day(day))))
        with st.popover(_("Delete"), icon=":material/delete:"):
            st.write(
                _("The model, its run and its curves are gone for good.") if isinstance(card, Card)
                else _("The classifier, its run and its curves are gone for good.")
            )  # fmt: skip
            st.button(
                _("Delete for good"), type="primary", on_click=_delete, args=(job,),
                key=f"delete-{job.id}",
            )  # fmt: skip


def _broken(name: str) -> str:
    """Why what a run made cannot be read; empty where it can, or where there is nothing."""
    broken = [*cached.checkpoints_here()[1], *cached.classifiers_here()[1]]
    return next((folder.reason for folder in broken if folder.name == name), "")


def _ways_on(card: Card | ClassifierCard) -> None:
    """Where to go on with what was made."""
    if isinstance(card, ClassifierCard):
        if card.started_from not in [each.name for each in cached.available()[0]]:
            st.caption(
                _(
                    "Its mistakes stand on the card of the model whose encoder it has. That model"
                    " is not here, or is not shared any more."
                )
            )
        elif st.button(
            _("See its mistakes"), type="primary", icon=":material/badge:", key="to-card"
        ):
            current.change(Picked, model=card.started_from)
            st.switch_page("../models.py")
        return
    if st.button(_("Open its map"), type="primary", icon=":material/map:", key="to-map"):
        current.change(Picked, model=card.name)
        st.switch_page("../latent_space.py")
    if st.button(_("See its card"), icon=":material/badge:", key="to-card"):
        current.change(Picked, model=card.name)
        st.switch_page("../models.py")


def _link(card: Card | ClassifierCard) -> str:
    """The address that shows to others what is shared."""
    if isinstance(card, ClassifierCard):
        return current.link("models", Picked(card.started_from), Models(card.name))
    return current.link("latent_space", Picked(card.name))


def _line(job: Job) -> str:
    """The label of a run in the list; it never changes, or Streamlit would drop the choice."""
    zone = timezone(-timedelta(minutes=st.context.timezone_offset or 0))
    submitted = datetime.fromtimestamp(job.submitted, zone)
    return _("{title} · {submitted}", title=job.spec.title, submitted=wording.moment(submitted))


def _pick() -> None:
    st.session_state["job"] = st.session_state["job-box"]


def _discard(job: Job) -> None:
    _try(lambda: access.request(owner.me(), job.id, states.DISCARD))


def _rename(job: Job, before: str) -> None:
    key = f"title-{job.id}"
    if not _try(lambda: access.rename(owner.me(), job.name, st.session_state[key])):
        st.session_state[key] = before


def _share(job: Job) -> None:
    key = f"share-{job.id}"
    wanted = bool(st.session_state[key])
    if not _try(lambda: ownership.share(owner.me(), job.name, wanted)):
        st.session_state[key] = not wanted  # the switch shows what is so


def _delete(job: Job) -> None:
    if _try(lambda: access.delete_result(owner.me(), job.name)):
        _forget(job)


def _forget(job: Job) -> None:
    if _try(lambda: access.forget(owner.me(), job.id)):
        st.session_state.pop("job", None)


def _try(change: Callable[[], object]) -> bool:
    """Make a change, or say why it failed; what is here is then listed anew."""
    succeeded = widgets.done(change)
    cached.forget_what_is_here()
    return succeeded

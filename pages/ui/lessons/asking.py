"""The question of a step: its control, and what was answered beside what came out."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from ae_core.lessons.lesson import Question
from ae_core.texts import _, ngettext
from pages.ui.lessons import answers, words
from pages.ui.lessons.answers import Answer
from pages.ui.lessons.place import Place
from pages.ui.state import current
from pages.ui.state.declared import Code, Drawing


def ask(place: Place, question: Question) -> bool:
    """The question with its control; whether it is answered."""
    st.markdown(f"**{words.of(place.lesson, question.ask)}**")
    CONTROLS[question.kind](place, question)
    return _given(place, question, place.number) is not None


def answered(place: Place, question: Question) -> None:
    """What was answered in the step before, beside what came out."""
    answer = _given(place, question, place.number - 1)
    said = _said(place, question, answer)
    shown = words.of(place.lesson, question.shown) if question.shown else ""
    together = _of_class(place, question)
    if said or shown or together:
        st.info("\n\n".join(filter(None, (said, shown, together))))


def _given(place: Place, question: Question, number: int) -> Answer | None:
    answer = answers.of(place.lesson.name, number)
    return answer if answers.fits(question, answer) else None


def _of_class(place: Place, question: Question) -> str:
    """What the visitor's class has answered, as counts."""
    counts = answers.in_class(place.lesson.name, place.number - 1)
    total = counts.total()
    if not total or question.kind in ("place", "drawing"):
        return ""
    if question.right is not None:
        wrong = total - counts[str(question.right)]
        return ngettext(
            "In your class {wrong} of {count} thought otherwise.",
            "In your class {wrong} of {count} thought otherwise.",
            total, wrong=wrong,
        )  # fmt: skip
    [(most, count), *_rest] = counts.most_common(1)
    is_option = question.kind == "choice"
    named = words.of(place.lesson, question.options[int(most) - 1]) if is_option else most
    return ngettext(
        "In your class {most} of {count} said {answer}.",
        "In your class {most} of {count} said {answer}.",
        total, most=count, answer=named,
    )  # fmt: skip


def _said(place: Place, question: Question, answer: Answer | None) -> str:
    if answer is None:
        return ""
    if question.kind == "place":
        return _("Your mark is where the marker is.")
    if question.kind == "drawing":
        return _("Your drawing is on the pad.")
    if question.kind == "number":
        unit = words.of(place.lesson, question.unit) if question.unit else ""
        number = f"{answer:g} {unit}".rstrip()
        return _("You said: **{answer}**", answer=number)
    option = question.options[int(float(str(answer))) - 1]
    said = _("You said: **{answer}**", answer=words.of(place.lesson, option))
    if question.right is None:
        return said
    is_right = int(float(str(answer))) == question.right
    return f":material/check: {said}" if is_right else f":material/close: {said}"


def _choice(place: Place, question: Question) -> None:
    key = _key(place)
    chosen = _given(place, question, place.number)
    st.radio(
        words.of(place.lesson, question.ask), range(1, len(question.options) + 1),
        index=None if chosen is None else int(float(str(chosen))) - 1,
        format_func=lambda number: words.of(place.lesson, question.options[number - 1]),
        key=key, on_change=_keep, args=(place, lambda: st.session_state[key]),
        label_visibility="collapsed",
    )  # fmt: skip


def _number(place: Place, question: Question) -> None:
    key = _key(place)
    chosen = _given(place, question, place.number)
    st.number_input(
        words.of(place.lesson, question.unit) if question.unit else _("Your number"),
        question.low, question.high, None if chosen is None else float(str(chosen)),
        1.0 if question.high - question.low > 10 else 0.05,
        format="%g", key=key, on_change=_keep, args=(place, lambda: st.session_state[key]),
    )  # fmt: skip


def _mark(place: Place, _question: Question) -> None:
    st.button(
        _("This is my mark"), icon=":material/location_on:", key=_key(place), on_click=_keep,
        args=(place, lambda: list(current.of(Code).z)),
    )  # fmt: skip


def _drawing(place: Place, _question: Question) -> None:
    st.button(
        _("This is my drawing"), icon=":material/draw:", key=_key(place), on_click=_keep,
        args=(place, lambda: [float(each) for each in current.of(Drawing).strokes]),
    )  # fmt: skip


CONTROLS: dict[str, Callable[[Place, Question], None]] = {
    "choice": _choice, "number": _number, "place": _mark, "drawing": _drawing,
}  # fmt: skip


def _keep(place: Place, read: Callable[[], Answer | None]) -> None:
    answer = read()
    if answer is None or answer == []:
        st.toast(_("Nothing is there yet: move the marker, or draw."))
        return
    answers.keep(place.lesson.name, place.number, answer)


def _key(place: Place) -> str:
    return f"lesson-answer-{place.lesson.name}-{place.number}"

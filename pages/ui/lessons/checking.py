"""Whether the pages have what the steps of a lesson ask of them."""

from __future__ import annotations

from ae_core.errors import UserError
from ae_core.lessons import roles
from ae_core.lessons.lesson import Lesson, Step
from ae_core.texts import _, shortened
from pages.ui.lessons import visible
from pages.ui.state import address
from pages.ui.state.declared import PAGES


def check(lesson: Lesson, file: str) -> None:
    """Check each step against what its page declares.

    Raises:
        UserError: there is no such page, its state has no such value, or it shows no such thing.
    """
    for number, step in enumerate(lesson.steps, 1):
        if step.page not in PAGES or step.page in visible.WITHOUT:
            there = ", ".join(page for page in PAGES if page not in visible.WITHOUT)
            said = _("there is no page {page}; there are: {pages}",
                     page=shortened(step.page), pages=there)  # fmt: skip
            raise _wrong(file, number, said)
        _check_state(step, file, number)
        known = visible.names(step.page)
        named = (*step.controls, *step.keeps)
        if unknown := next((name for name in named if name not in known), None):
            said = _("the page {page} shows no {name}; it has: {names}", page=step.page,
                     name=shortened(unknown), names=", ".join(sorted(known)))  # fmt: skip
            raise _wrong(file, number, said)


def _check_state(step: Step, file: str, number: int) -> None:
    groups = [group() for group in PAGES[step.page]]
    given = roles.filled(step.state)
    left_out = address.from_json(groups, given)[1]
    left_out += [name for name in ("lesson", "step") if name in given]
    if left_out:
        raise _wrong(
            file, number,
            _("the page {page} takes no {name} of {value}", page=step.page,
              name=shortened(left_out[0]), value=shortened(given[left_out[0]])),
        )  # fmt: skip


def _wrong(file: str, number: int, what: object) -> UserError:
    return UserError(
        _("The lesson {file} cannot be opened. Step {number}: {what}.",
          file=file[:64], number=number, what=what)
    )  # fmt: skip

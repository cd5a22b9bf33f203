"""What was changed in the middle of a run, in words."""

from __future__ import annotations

from collections.abc import Sequence

from ae_core.errors import UserError
from ae_core.texts import N_, _, shortened
from ae_core.training import changes
from ae_core.training.changes import Change

NOW = {
    "rate": N_("{value:g} times the rate"),
    "noise": N_("noise {value:g}"),
    "beta": N_("beta {value:g}"),
}


def on_the_way(texts: Sequence[str], steps: int) -> list[Change]:
    """The changes within so many steps, as a card or a run tells them.

    Raises:
        UserError: it tells something else.
    """
    return [change for change in changes.read(texts) if 0 < change.step <= steps]


def now(change: Change) -> str:
    """What it is from then on."""
    return _(NOW[change.what], value=change.value)


def in_words(texts: Sequence[str], steps: int) -> str:
    """All changes of a card, which is not trusted, and their steps; empty where there are none."""
    try:
        found = on_the_way(texts, steps)
    except UserError:
        return shortened(", ".join(texts))
    return "; ".join(_("{change} from step {step:,} on", change=now(each), step=each.step)
                     for each in found)  # fmt: skip

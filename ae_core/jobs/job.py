"""One job: what was asked for, by whom, and how far it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from ae_core.database.schema import JOBS
from ae_core.errors import UserError
from ae_core.jobs import kinds, states
from ae_core.jobs.kinds import AnySpec
from ae_core.jobs.states import NO_CONTROLS, Controls
from ae_core.models import preset
from ae_core.texts import N_, _, from_json
from ae_core.training.runs import RunSpec

OTHER_VERSION = N_(
    "Another version of this app asked for this run, and this one cannot read what was asked for."
    " Ask for it again."
)

IN_BROWSER = "browser"
"""What a job is `on` whose run was in its owner's browser: it is to be measured and kept."""


@dataclass(frozen=True)
class Job:
    """One row. Times are seconds since 1970; `progress` is what the run last reported.

    `message` is what there is to say of it, in the language of who reads the row.
    """

    id: int
    name: str
    owner: str
    spec: AnySpec
    on: str
    state: str
    request: str
    submitted: float
    started: float | None
    ended: float | None
    attempts: int
    step: int
    progress: Mapping[str, Any]
    message: str
    network: str = ""
    controls: Controls = NO_CONTROLS

    @property
    def is_readable(self) -> bool:
        """Whether this version knows what was asked for; else the spec holds a title alone."""
        return not isinstance(self.spec, RunSpec) or bool(self.spec.preset)

    @property
    def is_trained(self) -> bool:
        """Whether there is nothing left of it but to measure what was learned."""
        return self.on == IN_BROWSER

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state in (states.FINISHED, states.FAILED, states.DISCARDED)


def jobs_in(rows: Any) -> list[Job]:
    """The jobs in rows of the table."""
    return [
        Job(
            **{column.key: row[column] for column in JOBS.c}
            | {
                "spec": _spec(row),
                "progress": json.loads(row["progress"]),
                "controls": Controls.from_dict(json.loads(row["controls"])),
                "message": from_json(row["message"]),
            }
        )
        for row in rows.mappings()
    ]


def _spec(row: Mapping[str, Any]) -> AnySpec:
    """What was asked for; only a title where another version wrote it and we cannot read it."""
    title: Any = ""
    with suppress(AttributeError, KeyError, TypeError, ValueError, UserError):
        asked = json.loads(row["spec"])
        title = asked["title"]
        spec = kinds.spec_from(asked)
        if isinstance(spec, RunSpec):
            preset(spec.preset, spec.recipe_name)
        if isinstance(title, str) and isinstance(spec.seconds, int | float | None):
            return spec
    known = title if title and isinstance(title, str) else _("A run")
    title = _("{title} (made by another version)", title=known)
    return RunSpec("", name=row["name"], title=title)

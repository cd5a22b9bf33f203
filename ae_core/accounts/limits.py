"""What one person may use of this server: `limits.toml`, or the file that `AE_LIMITS` names."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path

from ae_core.errors import UserError
from ae_core.options import Options, option
from ae_core.settings import APP, LIMITS
from ae_core.texts import _, joined

MOST_UPLOAD = 100_000
"""The largest possible limit of one upload, in MB."""


@dataclass(frozen=True)
class Limits(Options):
    train_seconds: int = option(120, "Longest run, seconds of training", low=1, high=7 * 86400)
    slow_seconds: int = option(
        120, "Longest slow motion of a run, seconds until it is paused", low=1, high=3600
    )
    jobs_waiting: int = option(3, "Runs of one person in the queue", low=1, high=1000)
    jobs_waiting_in_all: int = option(200, "Runs in the queue", low=1, high=100_000)
    checkpoints_kept: int = option(
        20, "Models and classifiers that one person keeps", low=1, high=100_000
    )
    image_sets_kept: int = option(5, "Image sets that one person keeps", low=1, high=100_000)
    images: int = option(50_000, "Images in one set", low=10, high=10_000_000)
    megapixels: int = option(250, "Millions of pixels in one set", low=1, high=1_000_000)
    megapixels_decoded: int = option(
        4000, "Millions of pixels that are decoded for one set", low=1, high=100_000_000
    )
    upload_megabytes: int = option(200, "Megabytes of one upload", low=1, high=MOST_UPLOAD)
    upload_megabytes_an_hour: int = option(
        600, "Megabytes of one person's uploads within an hour", low=1, high=1_000_000
    )
    upload_megabytes_in_all: int = option(
        2000, "Megabytes of everybody's uploads in memory", low=1, high=1_000_000
    )
    uploads_waiting: int = option(2, "Uploads of one person that wait to be read", low=1, high=1000)
    uploads_waiting_in_all: int = option(
        50, "Uploads of everybody that wait to be read", low=1, high=100_000
    )
    megabytes_kept: int = option(500, "Megabytes that one person keeps", low=1, high=10_000_000)
    days_kept: int = option(30, "Days until something expires", low=1, high=36_500)
    answers_waiting: int = option(8, "Computations of one person at once", low=1, high=1000)
    answers_waiting_in_all: int = option(200, "Computations at once", low=1, high=100_000)
    megabytes_of_answers: int = option(500, "Megabytes of answers kept", low=1, high=10_000_000)
    train_seconds_in_class: int = option(
        20, "Longest run in a class whose teacher limits it, seconds", low=1, high=7 * 86400
    )
    jobs_waiting_in_class: int = option(
        1, "Runs of one person in the queue, in such a class", low=1, high=1000
    )
    jobs_waiting_of_address: int = option(
        100, "Runs in the queue from one address", low=1, high=100_000
    )
    uploads_waiting_of_address: int = option(
        30, "Uploads from one address that wait to be read", low=1, high=100_000
    )
    cookies_of_address_an_hour: int = option(
        300, "New visitors from one address within an hour", low=1, high=1_000_000
    )
    upload_megabytes_an_hour_of_address: int = option(
        20_000, "Megabytes of uploads from one address within an hour", low=1, high=10_000_000
    )
    megabytes_kept_in_all: int = option(
        20_000, "Megabytes that everybody keeps", low=1, high=1_000_000_000
    )
    disk_free_percent: int = option(3, "Percent of the disk that stay free", low=0, high=99)
    connections_of_address: int = option(1000, "Connections from one address", low=10, high=100_000)
    connections_in_all: int = option(4000, "Connections at once", low=10, high=100_000)
    running_at_once: int = option(0, "Runs at once; 0 is one for two processors", low=0, high=1024)

    @property
    def slots(self) -> int:
        """Runs at once on this machine."""
        return self.running_at_once or max(1, (os.cpu_count() or 1) // 2)


def path() -> Path:
    """The file that holds them."""
    return Path(LIMITS.value or APP / "limits.toml")


def limits() -> Limits:
    """Read the file now, so that a change needs no restart.

    Raises:
        UserError: it is damaged, or holds an unknown limit.
    """
    try:
        with path().open("rb") as file:
            return Limits.from_dict(tomllib.load(file))
    except FileNotFoundError:
        return Limits()
    except (OSError, tomllib.TOMLDecodeError) as failure:
        raise UserError(
            _("The limits in {path} cannot be read ({reason}).", path=path(), reason=str(failure))
        ) from failure


def over(name: str, allowed: int, what: str) -> UserError:
    """The error for somebody who has reached a limit: which, how much, and what to do."""
    file = path().name
    limit = _("The limit is {limit:,} (`{name}` in {file}).", limit=allowed, name=name, file=file)
    return UserError(joined(what, limit))

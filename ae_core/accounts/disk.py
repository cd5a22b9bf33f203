"""Whether the disk takes more: all that people keep has a limit, and a share of it stays free."""

from __future__ import annotations

import shutil

from sqlalchemy import Connection, func, select

from ae_core.accounts import limits
from ae_core.accounts.limits import Limits
from ae_core.database.schema import BELONGINGS
from ae_core.settings import settings
from ae_core.texts import _

PERCENT = 100


def free_percent() -> float:
    """How much of the disk of `AE_HOME` is free."""
    folder = settings().home
    while not folder.exists():
        folder = folder.parent
    usage = shutil.disk_usage(folder)
    return PERCENT * usage.free / usage.total


def check(connection: Connection, allowed: Limits, *, size: int = 0) -> None:
    """Refuse `size` bytes more where they are too many, whoever brings them.

    Raises:
        UserError: a limit of the server is reached, and which.
    """
    kept = int(connection.scalar(select(func.sum(BELONGINGS.c.bytes))) or 0)
    most = allowed.megabytes_kept_in_all
    if kept + max(1, size) > most * 10**6:
        what = _("This server keeps as much as it may. Delete what you do not need any more.")
        raise limits.over("megabytes_kept_in_all", most, what)
    if (free := free_percent()) < (least := allowed.disk_free_percent):
        what = _(
            "The disk of this server is nearly full: {free:.1f} % are free. Delete what you do not"
            " need any more, or tell who runs it.",
            free=free,
        )
        raise limits.over("disk_free_percent", least, what)

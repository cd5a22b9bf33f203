"""Whether the queue takes one more run: of this person, from their network, and in all.

A cookie costs nothing, and so does a network of IPv6 addresses: the last part of the queue is for
those who have nothing in it.
"""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from ae_core.accounts import limits
from ae_core.accounts.limits import Limits
from ae_core.database.schema import JOBS
from ae_core.jobs.states import QUEUED
from ae_core.texts import ngettext

FREE_SHARE = 4
"""One in so many places is for those from whose network nothing waits."""


def check(connection: Connection, owner: str, network: str, allowed: Limits) -> None:
    """Refuse one more run of an owner, in the transaction that would add it.

    Raises:
        UserError: a limit is reached, and which.
    """
    own = _waiting(connection, JOBS.c.owner == owner)
    if own >= allowed.jobs_waiting:
        raise limits.over(
            "jobs_waiting", allowed.jobs_waiting,
            ngettext(
                "You have {count:,} run waiting. Wait for one, or take one back.",
                "You have {count:,} runs waiting. Wait for one, or take one back.",
                own,
            ),
        )  # fmt: skip
    near = _waiting(connection, JOBS.c.network == network) if network else own
    if network and near >= allowed.jobs_waiting_of_address:
        raise limits.over(
            "jobs_waiting_of_address", allowed.jobs_waiting_of_address,
            ngettext(
                "{count:,} run from your network is waiting. Try again in some minutes.",
                "{count:,} runs from your network are waiting. Try again in some minutes.",
                near,
            ),
        )  # fmt: skip
    everybody = _waiting(connection)
    most = allowed.jobs_waiting_in_all
    if everybody >= (most - most // FREE_SHARE if near else most):
        raise limits.over(
            "jobs_waiting_in_all", most,
            ngettext(
                "This server has {count:,} run waiting. Try again in some minutes.",
                "This server has {count:,} runs waiting. Try again in some minutes.",
                everybody,
            ),
        )  # fmt: skip


def _waiting(connection: Connection, *whose: object) -> int:
    counted = select(func.count()).select_from(JOBS)
    return connection.scalar(counted.where(JOBS.c.state == QUEUED, *whose)) or 0  # type: ignore[arg-type]

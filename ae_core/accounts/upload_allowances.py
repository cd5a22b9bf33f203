"""How much each person, and everybody behind one address, has uploaded within the last hour."""

from __future__ import annotations

from ae_core.accounts import limits
from ae_core.accounts.hourly import Hourly
from ae_core.accounts.limits import Limits
from ae_core.accounts.person import Person
from ae_core.texts import _

MEGABYTE = 2**20
"""As the uploader on the pages counts."""

received = Hourly()
"""Bytes, by a person's id and by their network."""


def add(person: Person, size: int) -> None:
    """Count bytes that somebody has sent, whether or not they are used."""
    received.add(person.id, size)
    if person.network:
        received.add(person.network, size)


def within_hour(person: Person) -> int:
    """Bytes that somebody has sent within the last hour."""
    return received.sum(person.id)


def megabytes_left(person: Person, allowed: Limits) -> int:
    """Whole megabytes that somebody may still send within this hour."""
    return max(0, allowed.upload_megabytes_an_hour - -(-within_hour(person) // MEGABYTE))


def check(person: Person, more: int, allowed: Limits) -> None:
    """Refuse more bytes to somebody who has sent too many, or whose neighbours have.

    Raises:
        UserError: a limit is reached, and which.
    """
    most = allowed.upload_megabytes_an_hour
    if within_hour(person) + more > most * MEGABYTE:
        what = _(
            "You may upload {megabytes:,} MB more within this hour. Try again later.",
            megabytes=megabytes_left(person, allowed),
        )
        raise limits.over("upload_megabytes_an_hour", most, what)
    most = allowed.upload_megabytes_an_hour_of_address
    if person.network and received.sum(person.network) + more > most * MEGABYTE:
        what = _("Very much was uploaded from your network within this hour. Try again later.")
        raise limits.over("upload_megabytes_an_hour_of_address", most, what)

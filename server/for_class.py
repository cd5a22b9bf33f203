"""`python app.py --class`: the app for the network of a school, with a teacher's key."""

from __future__ import annotations

import argparse
import io
import os
import secrets

import segno

from ae_core.settings import TEACHER_KEY
from pages.ui.classroom import network_address

EVERYWHERE = "0.0.0.0"
KEY_LETTERS = 10


def prepare(arguments: argparse.Namespace) -> None:
    """Listen on the network, and make a key where there is none."""
    from ae_core.classroom.classes import LETTERS  # the database comes after the first page

    if network_address.is_this_machine(f"http://{network_address.named(arguments.host)}"):
        arguments.host = EVERYWHERE
    if not TEACHER_KEY.value:
        key = "".join(secrets.choice(LETTERS) for _ in range(KEY_LETTERS))
        os.environ[TEACHER_KEY.name] = key


def words(host: str, port: int) -> str:
    """The addresses at which the network reaches the app, the first as a QR code, and the key."""
    own = network_address.addresses() if host in network_address.EVERYWHERE else [host]
    addresses = [f"http://{network_address.named(each)}:{port}" for each in own]
    lines = [f"  Teacher's key: {TEACHER_KEY.value}    (enter it on the page Classroom)", ""]
    if not addresses:
        return "\n".join(
            [*lines, "  This machine has no address on a network: connect it first.", ""]
        )
    drawn = io.StringIO()
    segno.make(addresses[0], error="m").terminal(drawn, compact=True)
    reached = [f"  On your network: {each}" for each in addresses]
    return "\n".join([*reached, *lines, drawn.getvalue()])

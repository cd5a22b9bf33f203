"""The one kind of error that a person is meant to read."""

from __future__ import annotations

from ae_core.texts import Text


class UserError(Exception):
    """Something a person can cause and mend: what happened, to which thing, and what to do.

    The message is one or two plain sentences; the app and the command line show it as it is.
    """

    def __init__(self, text: Text) -> None:
        super().__init__(text)
        self.text = text
        """The message, which knows what it says in any language, to store it or to say more."""


class DiskError(UserError):
    """The disk does not take something now; once it does, the same can be done."""

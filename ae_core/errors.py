"""The one kind of error that a person is meant to read."""


class UserError(Exception):
    """Something a person can cause and mend: what happened, to which thing, and what to do.

    The message is one or two plain sentences; the app and the command line show it as it is.
    """

    @property
    def text(self) -> str:
        """The message, which knows what it says in any language, to store it or to say more."""
        message: str = self.args[0]
        return message

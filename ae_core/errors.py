"""The one kind of error that a person is meant to read."""


class UserError(Exception):
    """Something a person can cause and mend: what happened, to which thing, and what to do.

    The message is one or two plain sentences; the app and the command line show it as it is.
    """

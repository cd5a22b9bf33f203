"""Why a file cannot be read: as its reader says, or, where nobody thought of it, by its kind."""

from __future__ import annotations

import logging

from ae_core.errors import UserError
from ae_core.images.reading import quoted
from ae_core.texts import _

log = logging.getLogger(__name__)


def reason(failure: Exception, name: str) -> str:
    """The sentence for whoever brought the file; what nobody thought of is logged whole."""
    if isinstance(failure, UserError):
        return str(failure)
    log.error("A reader failed on %r", name, exc_info=failure)
    return _(
        "{file} could not be read ({kind}). Save it in another way and try again.",
        file=quoted(name), kind=type(failure).__name__,
    )  # fmt: skip

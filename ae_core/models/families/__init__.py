"""One family a file, found by its name: a new file is a new family.

`AE_FAMILIES` names a folder with more of them. Its files are run like those here, with all that the
app may do, so name no folder that others can write to.
"""

from __future__ import annotations

from pathlib import Path

from ae_core.errors import UserError
from ae_core.settings import FAMILIES
from ae_core.texts import _

if FAMILIES.value:
    own = Path(FAMILIES.value).expanduser().resolve()
    if not own.is_dir():
        raise UserError(
            _(
                "{setting} is {folder}, which is no folder. Make it, or leave it out.",
                setting=FAMILIES.name, folder=own,
            )
        )  # fmt: skip
    __path__.append(str(own))

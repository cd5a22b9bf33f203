"""One family a file, found by its name: a new file is a new family.

`AE_FAMILIES` names a folder with more of them. Its files are run like those here, with all that the
app may do, so name no folder that others can write to.
"""

from __future__ import annotations

from pathlib import Path

from ae_core.errors import UserError
from ae_core.settings import FAMILIES

if FAMILIES.value:
    own = Path(FAMILIES.value).expanduser().resolve()
    if not own.is_dir():
        raise UserError(f"{FAMILIES.name} is {own}, which is no folder. Make it, or leave it out.")
    __path__.append(str(own))

"""Who asks: made of a request, and given to whatever reads or changes what belongs to somebody.

That function checks; who calls it does not.
"""

from __future__ import annotations

from dataclasses import dataclass

from ae_core.errors import UserError
from ae_core.texts import N_, _

NOT_YOURS = N_("That is not yours.")


@dataclass(frozen=True)
class Person:
    """Somebody, by the `id` in their cookie.

    A teacher is who has shown the teacher's key; `opened` are names that came to them by a link;
    `network` is a mark of where they ask from, the same for all there, where it is known.
    """

    id: str
    is_teacher: bool = False
    opened: frozenset[str] = frozenset()
    network: str = ""

    def check_owns(self, owner: str, *, or_teaches: bool = False) -> None:
        """Let the owner of something pass; and teachers, where they may do it to what is others'.

        Raises:
            UserError: it is somebody else's.
        """
        if not (self.id and self.id == owner) and not (or_teaches and self.is_teacher):
            raise UserError(_(NOT_YOURS))

    def check_teaches(self) -> None:
        """Let teachers pass.

        Raises:
            UserError: they have not shown the teacher's key.
        """
        if not self.is_teacher:
            raise UserError(
                _("That is for teachers. Enter the teacher's key on the page Classroom.")
            )

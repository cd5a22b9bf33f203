"""What is said while something is computed that is then kept: in the language of who waits."""

from __future__ import annotations

from ae_core.texts import _


class Spinner(str):
    """A message that is translated whenever it is shown: `show_spinner=Spinner(N_("Encoding"))`.

    Streamlit takes the text when a module is imported, and makes it a `str` when somebody waits.
    """

    __slots__ = ()

    def __str__(self) -> str:
        return _(str.__str__(self))

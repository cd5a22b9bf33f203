"""What is shown while something takes its time: a progress bar, a sentence beside a spinner."""

from __future__ import annotations

import time
from typing import Any

import streamlit as st

from ae_core.texts import _, ngettext

EVERY = 0.2
"""Seconds between two updates."""


class Bar:
    """A progress bar that is not updated more often than anybody can see."""

    def __init__(self, text: str) -> None:
        self.shown = (0.0, text)
        self.bar = st.progress(*self.shown)
        self.last = time.monotonic()

    def tell(self, share: float, message: str, **values: Any) -> None:
        """Show the share that is done, in a message that holds it and these values."""
        if time.monotonic() - self.last >= EVERY:
            share = min(1.0, share)
            self.shown = share, _(message, share=share, **values)
            self.bar.progress(*self.shown)
            self.last = time.monotonic()

    def tell_place(self, ahead: int) -> None:
        """Show how many uploads come before this one; where there are none, what is shown stays.

        This too is where Streamlit ends the script of a page that somebody has left.
        """
        if ahead:
            before = ngettext(
                "{count:,} upload is before yours", "{count:,} uploads are before yours", ahead
            )
            self.bar.progress(0.0, text=before)
        else:
            self.bar.progress(*self.shown)


class Spinner(str):
    """A message that is translated whenever it is shown: `show_spinner=Spinner(N_("Encoding"))`.

    Streamlit takes the text when a module is imported, and makes it a `str` when somebody waits.
    """

    __slots__ = ()

    def __str__(self) -> str:
        return _(str.__str__(self))

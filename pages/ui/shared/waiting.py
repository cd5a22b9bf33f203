"""What is shown while something takes its time: a progress bar, a sentence beside a spinner."""

from __future__ import annotations

import time
from typing import Any

import streamlit as st

from ae_core.texts import _

EVERY = 0.2
"""Seconds between two updates."""


class Bar:
    """A progress bar that is not updated more often than anybody can see."""

    def __init__(self, text: str) -> None:
        self.bar = st.progress(0.0, text=text)
        self.last = time.monotonic()

    def tell(self, share: float, message: str, **values: Any) -> None:
        """Show the share that is done, in a message that holds it and these values."""
        if time.monotonic() - self.last >= EVERY:
            share = min(1.0, share)
            self.bar.progress(share, text=_(message, share=share, **values))
            self.last = time.monotonic()


class Spinner(str):
    """A message that is translated whenever it is shown: `show_spinner=Spinner(N_("Encoding"))`.

    Streamlit takes the text when a module is imported, and makes it a `str` when somebody waits.
    """

    __slots__ = ()

    def __str__(self) -> str:
        return _(str.__str__(self))

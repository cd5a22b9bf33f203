"""Fetching MNIST from the page: one download for all visitors, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from threading import Lock, Thread

import streamlit as st

from ae_core import image_sets
from ae_core.settings import ROOT, settings


class Download:
    """One run of `python -m ae_core fetch --json`, watched."""

    def __init__(self) -> None:
        self.share = 0.0
        self.error = ""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ae_core", "fetch", "--json"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        Thread(target=self._watch, daemon=True).start()

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def stop(self) -> None:
        self.process.terminate()

    def _watch(self) -> None:
        assert self.process.stdout is not None and self.process.stderr is not None
        for line in self.process.stdout:
            self.share = json.loads(line).get("share", 1.0)
        lines = self.process.stderr.read().strip().splitlines()
        if self.process.wait() == 2 and lines:
            self.error = lines[-1].removeprefix("Error: ")
        elif self.process.returncode:
            self.error = "The download was stopped."


_lock = Lock()
_downloads: list[Download] = []


def _start() -> None:
    with _lock:
        if not _downloads or not _downloads[-1].running:
            _downloads[:] = [Download()]


def offer_where_missing(name: str) -> None:
    """Where an image set is not here, say so, what is shown instead, and how to get it."""
    if name in image_sets.available():
        return
    st.info(
        "MNIST is not on this server, so the pictures here are the built-in digits; the model's"
        " own map, codes and walks are complete. To have MNIST, press the button, or set"
        f" `AE_DATA_DIR` to a folder that holds `MNIST/raw` (now `{settings().data}`).",
        icon=":material/download:",
    )
    _download_box()


@st.fragment(run_every=0.5)
def _download_box() -> None:
    download = _downloads[-1] if _downloads else None
    if download is not None and download.running:
        left, right = st.columns([5, 1], vertical_alignment="center")
        left.progress(download.share, text=f"Fetching MNIST, 12 MB: {download.share:.0%}")
        right.button("Stop", on_click=download.stop)
        return
    if download is not None and download.share >= 1.0 and not download.error:
        _downloads.clear()
        st.rerun()
    if download is not None and download.error:
        st.error(download.error, icon=":material/error:")
    st.button("Fetch MNIST (12 MB)", on_click=_start, type="primary")

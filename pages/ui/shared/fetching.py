"""Downloading MNIST from the page: once for all visitors, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from threading import Lock, Thread

import streamlit as st

from ae_core import image_sets
from ae_core.settings import ROOT
from ae_core.texts import N_, _


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
        self.watcher = Thread(target=self._watch, daemon=True)
        self.watcher.start()

    @property
    def running(self) -> bool:
        return self.watcher.is_alive()

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
            self.error = N_("The download was stopped.")


_lock = Lock()
_downloads: list[Download] = []


def _start() -> None:
    with _lock:
        if not _downloads or not _downloads[-1].running:
            _downloads[:] = [Download()]
    st.rerun()


def offer_where_missing(name: str) -> None:
    """Where MNIST is asked for and not here, say what is shown instead, and how to get it."""
    if name != "mnist" or name in image_sets.available():
        return
    with st.container(border=True):
        st.markdown(
            _(
                "**MNIST is not on this server.** Its models stay usable: maps, codes and walks are"
                " theirs, but the images to look at are the built-in digits. Whoever runs the"
                " server can fetch MNIST here, or set `AE_DATA_DIR` to a folder that holds"
                " `MNIST/raw`."
            )
        )
        running = bool(_downloads) and _downloads[-1].running
        # Only during a download: a timer for every visitor costs something.
        st.fragment(_download_box, run_every=0.5 if running else None)(watching=running)


def _download_box(*, watching: bool) -> None:
    download = _downloads[-1] if _downloads else None
    if download is not None and download.running:
        left, right = st.columns([5, 1], vertical_alignment="center")
        text = _("Fetching MNIST, 12 MB: {share:.0%}", share=download.share)
        left.progress(download.share, text=text)
        right.button(_("Stop"), on_click=download.stop)
        return
    if watching:
        st.rerun()
    if download is not None and download.error:
        st.error(_(download.error), icon=":material/error:")
    st.button(_("Fetch MNIST (12 MB)"), on_click=_start, icon=":material/download:")

"""The way from a test image to its place on the map."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
import torch

from ae_core import latent
from ae_core.checkpoints.cards import Card
from ae_core.image_sets import ImageSet
from ae_core.texts import _
from pages.ui.live_map import code_control
from pages.ui.shared import cached


def button(card: Card, z: torch.Tensor) -> None:
    """A button that opens the map at the code of an image."""
    if st.button(_("To its place on the map"), icon=":material/explore:", key="on-map"):
        _go(card, z)


def numbers(card: Card, images: ImageSet, rows: Sequence[int]) -> None:
    """The numbers of some test images, each of which opens the map at its code."""
    number = st.pills(_("To its place on the map: test image"), rows, key="on-map")
    if number is not None:
        _go(card, latent.encode(cached.load(card).model, images.test[[number]])[0])


def _go(card: Card, z: torch.Tensor) -> None:
    code_control.move(card, z)
    st.switch_page("../latent_space.py")

"""What can be taken of the code on the map: its picture, a walk as a film, a notebook."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import torch
from PIL import Image

from ae_core import latent
from ae_core.checkpoints.cards import Card
from ae_core.export import view_notebooks
from pages.ui.drawing import views
from pages.ui.shared import cached

SIDE = 280
"""Pixels of a picture, or the next multiple of its own side below."""

FRAMES = 24
FRAME_MS = 100

WALKS = {"straight-line": latent.straight_walk, "arc": latent.spherical_walk}


def picture(card: Card, z: Sequence[float]) -> Callable[[], bytes]:
    """Makes the image that a code decodes to, as PNG."""
    return partial(_png, card, tuple(z))


def is_walk(card: Card, walk: Sequence[float], curve: Sequence[float], way: str) -> bool:
    """Whether there is a walk between two codes that the server knows how to go."""
    return len(walk) == 2 * card.latent_dim and not curve and way in WALKS


def film(card: Card, walk: Sequence[float], way: str) -> Callable[[], bytes]:
    """Makes the walk as an animated GIF, there and back again."""
    return partial(_gif, card, tuple(walk), way)


def notebook(
    card: Card, z: Sequence[float], axes: Sequence[int], walk: Sequence[float], way: str, link: str
) -> Callable[[], bytes]:
    """Makes the notebook of the map."""
    return partial(view_notebooks.of_map, card, z, axes=axes, walk=walk, way=way, link=link)


def _png(card: Card, z: tuple[float, ...]) -> bytes:
    images = latent.decode(cached.load(card).model, torch.tensor([z]))
    written = io.BytesIO()
    _large(views.digits(images)[0]).save(written, "PNG")
    return written.getvalue()


def _gif(card: Card, walk: tuple[float, ...], way: str) -> bytes:
    model = cached.load(card).model
    start, end = torch.tensor(walk).reshape(2, -1)
    path = model.nearest_possible(WALKS[way](start, end, FRAMES))
    there = [_large(frame) for frame in views.digits(latent.decode(model, path))]
    first, *others = [*there, *there[-2:0:-1]]
    written = io.BytesIO()
    first.save(
        written, "GIF", save_all=True, append_images=others, duration=FRAME_MS, loop=0
    )  # fmt: skip
    return written.getvalue()


def _large(pixels: np.ndarray) -> Image.Image:
    found = Image.fromarray((255 * pixels.clip(0, 1)).round().astype(np.uint8))
    times = max(1, SIDE // max(found.size))
    return found.resize((times * found.width, times * found.height), Image.Resampling.NEAREST)

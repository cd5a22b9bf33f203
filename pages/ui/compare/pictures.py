"""The reconstructions of several models in rows, and their differences in colour."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from ae_core import latent, numerals, palette
from ae_core.checkpoints.cards import Card
from ae_core.evaluation import metrics
from ae_core.image_sets import ImageSet
from ae_core.texts import N_, _
from ae_core.types import Images, Pixels
from pages.ui.drawing import pictures, views
from pages.ui.drawing.pictures import Picture, Row
from pages.ui.shared import cached, card_text, widgets

_STOPS = [stop for stop, __ in palette.DIVERGING]
_COLOURS = [palette.rgb(colour) for __, colour in palette.DIVERGING]
_SCALE = np.stack(
    [
        np.interp(np.linspace(0, 1, 256), _STOPS, channel) / 255
        for channel in zip(*_COLOURS, strict=True)
    ],
    axis=1,
)
"""From blue, ink left out, over white to orange, ink drawn where there was none: (256, 3)."""

SIGNS = N_("In the difference, orange is ink drawn where there was none, blue is ink left out.")


def signed(x_hat: torch.Tensor, x: torch.Tensor) -> Picture:
    """Differences of images, (n, c, h, w), as colours, (n, h, w, 3); white is none."""
    error = (x_hat - x).mean(1).clamp(-1, 1)
    return _SCALE[((error + 1) * 127.5).round().long().numpy()]


def drawn(cards: Sequence[Card], images: Pixels) -> dict[str, Images]:
    """The reconstructions of each model; one that gives NaN is named, and left out."""
    found = {}
    for card in cards:
        with widgets.shown_errors():
            x_hat = latent.reconstruct(cached.load(card).model, images)
            metrics.check_numbers(x_hat, card_text.short_title(card))
            found[card.name] = x_hat
    return found


def names(found: ImageSet, indices: Sequence[int]) -> list[str]:
    """What each of some test images is called."""
    return [
        _("A {label}, test image {number}", label=found.classes[found.test_labels[i]], number=i)
        for i in indices
    ]


def side_by_side(
    cards: Sequence[Card], found: ImageSet, indices: Sequence[int], *, differences: bool
) -> None:
    """The same images through each model, the error of each below, and the differences."""
    chosen = found.test[list(indices)]
    reconstructed = drawn(cards, chosen)
    x = chosen.float().div(255)
    alts = names(found, indices)
    rows = [Row(_("Original"), views.digits(x), alts)]
    for card in cards:
        if (x_hat := reconstructed.get(card.name)) is None:
            continue
        title = card_text.short_title(card)
        texts = [numerals.written(error, ".4f") for error in metrics.mse(x_hat, x).tolist()]
        drawn_by = [_("{image}, reconstructed by {model}", image=alt, model=title) for alt in alts]
        rows.append(Row(title, views.digits(x_hat), drawn_by, texts))
        if differences:
            lost = [_("{image}, difference by {model}", image=alt, model=title) for alt in alts]
            rows.append(Row(_("difference"), signed(x_hat, x), lost))
    pictures.strip(rows)

"""Views of codes as numbers: sparse ones, whole steps, and codes that stay put."""

from __future__ import annotations

import numpy as np
import streamlit as st
import torch

from ae_core import latent, palette, wording
from ae_core.checkpoints.cards import Card
from ae_core.latent import code_views
from ae_core.models.base import Autoencoder
from pages.ui.drawing import pictures, views, wrapped_rows
from pages.ui.live_map import code_control
from pages.ui.shared import cached, cached_views


def sparse_numbers(card: Card, model: Autoencoder) -> None:
    """The numbers of the present code, and what each does at its largest."""
    z, found = code_control.current(card), cached.codes(card)[0]
    small = code_views.near_zero(z, found)
    views.title(
        f"The {len(z)} numbers of this code: {int(small.sum())} near zero",
        "Large numbers cost this model something, so it spends them where they count. Pale bars"
        f" are near zero: below {code_views.NEAR_ZERO:.0%} of the usual size.",
    )
    names = [f"z[{index}]" for index in range(len(z))]
    listed = ", ".join(wrapped_rows.short(value) for value in z.tolist())
    wrapped_rows.bars(
        z.tolist(), names, alt=f"The numbers of the code: {listed}", faint=small.tolist()
    )
    st.caption("**The mean code with one number at its maximum:** what that number draws.")
    extremes = code_views.each_at_maximum(found)
    alts = [f"The mean code with {name} at its maximum, decoded" for name in names]
    wrapped_rows.tiles(views.digits(latent.decode(model, extremes)), alts, names, per_row=8)


def levels(card: Card, model: Autoencoder) -> None:
    """The levels on which the numbers of the present code stand, and what that costs in bits."""
    z, count = code_control.current(card), model.code_levels
    assert count
    bits, raw = code_views.code_bits(model), code_views.image_bits(model)
    views.title(
        f"An image in {bits:.3g} bits instead of {raw:,}",
        f"Each number of the code stands on one of {count} levels, like a switch with {count}"
        f" positions. Together they make ${count}^{{{len(z)}}}$ images, and not one more.",
    )
    steps = code_views.level_numbers(model, z.unsqueeze(0))[0]
    listed = " ".join(str(step + 1) for step in steps.tolist())
    left, right = st.columns([1.5, 1], vertical_alignment="center")
    with left:
        pictures.wide(
            _switches(torch.arange(count).flip(0).unsqueeze(1) == steps),
            f"Levels of the {len(z)} numbers of the code, from 1 to {count}: {listed}",
        )
        st.caption(f"Levels of z[0] to z[{len(z) - 1}], 1 at the bottom: {listed}")
    with right:
        wrapped_rows.meters(
            [("Raw image", raw, palette.POSITIVE), ("This code", bits, palette.NEGATIVE)],
            alt=f"{raw} bits for the raw image, {bits:.3g} for this code",
        )
        st.caption(
            f"{len(z)} numbers of log₂ {count} bits make {bits:.3g}: **{wording.times(raw / bits)}"
            f" fewer** than {model.pixels} numbers of {code_views.BITS_A_NUMBER} bits."
        )


def _switches(on: torch.Tensor) -> pictures.Picture:
    """A table of yes and no, white and dark, with black lines between."""
    cell = np.pad(np.ones((7, 7), np.float32), ((1, 0), (1, 0)))
    return np.pad(np.kron(0.22 + 0.78 * on.numpy(), cell), ((0, 1), (0, 1)))


def contraction(card: Card, _: Autoencoder) -> None:
    """How far the code moves when the image changes a little, beside a plain model."""
    found = cached_views.images(card)
    plain = code_views.nearest_plain(card, cached.available()[0])
    rows, colours = (
        [card, *([plain] if plain else [])],
        (palette.NEGATIVE, palette.POSITIVE),
    )
    moved = [cached_views.movements(each, found.name) for each in rows]
    views.title(
        "How far the code moves when the image hardly changes",
        "This model was trained to keep its code still when any pixel changes a little. 1 is the"
        " usual way from one image's code to another's; shorter is steadier.",
    )
    x = found.test[:1]
    changes = (
        ("one pixel to the right", code_views.shifted(x)),
        (f"noise of {cached_views.NOISE:.2g}", cached_views.noisy(x)),
    )
    named = [each.title.partition(" · ")[0] for each in rows]
    for place, (column, (change, after)) in enumerate(zip(st.columns(2), changes, strict=True)):
        pair = views.digits(torch.cat([x, after]).float().div(255))
        alts = ["A test image", f"The same, {change}"]
        bars = [
            (name, both[place], colour)
            for name, both, colour in zip(named, moved, colours, strict=False)
        ]
        text = ", ".join(f"{name} {value:.3g}" for name, value, _ in bars)
        with column:
            st.markdown(f"**{change.capitalize()}**")
            seen, measured = st.columns([1, 1.5], vertical_alignment="center")
        with seen:
            wrapped_rows.tiles(pair, alts, ["before", "after"], per_row=2)
        with measured:
            wrapped_rows.meters(bars, alt=f"Movement of the code with {change}: {text}")

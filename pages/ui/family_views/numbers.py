"""Views of codes as numbers: sparse ones, whole steps, and codes that stay put."""

from __future__ import annotations

import numpy as np
import streamlit as st
import torch

from ae_core import latent, palette, wording
from ae_core.checkpoints.cards import Card
from ae_core.latent import code_views, sparsity
from ae_core.latent.sparsity import Sparsity
from ae_core.models.base import Autoencoder
from ae_core.types import Latents
from pages.ui.drawing import pictures, views, wrapped_rows
from pages.ui.live_map import code_control
from pages.ui.shared import cached, cached_views, card_text, widgets

MOST_NUMBERS = 12
"""Numbers of a code whose pictures are shown."""

EXCITING = 3
"""Test images shown that make a number largest."""


def sparse_numbers(card: Card, model: Autoencoder) -> None:
    """The numbers of the present code, how few are used, what each draws, and what excites it."""
    z, codes = code_control.current(card), cached.codes(card)[0]
    small = sparsity.near_zero(z.unsqueeze(0), codes)[0]
    plain = code_views.nearest_plain(card, cached.available()[0])
    views.title(
        f"The {len(z)} numbers of this code: {int(small.sum())} near zero",
        how_sparse(
            sparsity.sparsity(codes), sparsity.sparsity(cached.codes(plain)[0]) if plain else None,
            widgets.as_text(card_text.short_title(plain)) if plain else "",
            of=wording.counted(len(codes), "test image"),
        ),
    )  # fmt: skip
    listed = ", ".join(wrapped_rows.short(value) for value in z.tolist())
    wrapped_rows.bars(
        z.tolist(), [f"z[{index}]" for index in range(len(z))],
        alt=f"The numbers of the code: {listed}", faint=small.tolist(),
    )  # fmt: skip
    _what_each_draws(card, model, codes)


def how_sparse(ours: Sparsity, plain: Sparsity | None, name: str, *, of: str) -> str:
    """Whether a code is sparse, from what was measured of it and of a plain one."""
    is_sparse = ours.near_zero_of_alive > 0.5
    beside = f"; of the plain code of {name}, {plain.near_zero:.1%}" if plain else ""
    hoyer = f" and {plain.hoyer:.2f}" if plain else ""
    return (
        f"**This code is {'sparse' if is_sparse else 'not sparse'}:** over {of}"
        f" {ours.near_zero:.1%} of its numbers are near zero, below {sparsity.NEAR_ZERO:.0%} of the"
        f" largest that each becomes{beside}. {ours.alive:.0%} of them are ever used, and of these"
        f" {ours.near_zero_of_alive:.1%} are near zero. Hoyer's"
        f" measure: {ours.hoyer:.2f}{hoyer} (0: all of one size, 1: a single number). Pale bars are"
        " near zero."
    )


def _what_each_draws(card: Card, model: Autoencoder, codes: Latents) -> None:
    """Columns of the numbers used most often: their pictures, and the images behind them."""
    used = (~sparsity.near_zero(codes, codes)).float().mean(0)
    order = used.argsort(descending=True, stable=True)[:MOST_NUMBERS]
    order = order[used[order] > 0]
    if not len(order):
        st.caption("No number of the code is ever used: every image has the same code.")
        return
    names = [f"z[{index}]" for index in order.tolist()]
    shares = [
        f"{name} {share:.0%}" for name, share in zip(names, used[order].tolist(), strict=True)
    ]
    rows = [
        pictures.Row(
            label, views.digits(latent.decode(model, each(codes)[order])),
            [f"{text} {name} at its maximum, decoded" for name in names],
            shares if label == "Alone" else (),
        )
        for label, text, each in (
            ("Alone", "Zeros, and", code_views.each_alone),
            ("On the mean", "The mean code with", code_views.each_at_maximum),
        )
    ]  # fmt: skip
    images = cached.images_of_codes(card)
    if images:
        best = codes.topk(min(EXCITING, len(codes)), dim=0).indices[:, order]
        rows += [
            pictures.Row(
                f"Largest for, {place}", views.digits(images.test[which].float().div(255)),
                [f"Test image {index}, where {name} is large"
                 for index, name in zip(which.tolist(), names, strict=True)],
            )
            for place, which in enumerate(best, 1)
        ]  # fmt: skip
    number = (
        "each number" if len(names) == codes.shape[1] else f"the {len(names)} most used numbers"
    )
    st.caption(
        f"**What {number} says.** Under the first row: the share of test images that use it. Alone:"
        " all others are zero. On the mean: the mean code with this number at its maximum."
        + (" Then the test images for which it is largest." if images else "")
    )
    pictures.strip(rows)


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

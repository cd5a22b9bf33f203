"""Views of codes as numbers: sparse ones, whole steps, and codes that stay put."""

from __future__ import annotations

import numpy as np
import streamlit as st
import torch

from ae_core import latent, numerals, palette, wording
from ae_core.checkpoints.cards import Card
from ae_core.latent import code_views, sparsity
from ae_core.latent.sparsity import Sparsity
from ae_core.models.base import Autoencoder
from ae_core.texts import N_, _, joined, ngettext
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
        ngettext(
            "The {count} number of this code: {near_zero} near zero",
            "The {count} numbers of this code: {near_zero} near zero",
            len(z), near_zero=int(small.sum()),
        ),
        how_sparse(
            sparsity.sparsity(codes), sparsity.sparsity(cached.codes(plain)[0]) if plain else None,
            widgets.as_text(card_text.short_title(plain)) if plain else "",
            of=ngettext("{count:,} test image", "{count:,} test images", len(codes)),
        ),
    )  # fmt: skip
    listed = ", ".join(wrapped_rows.short(value) for value in z.tolist())
    wrapped_rows.bars(
        z.tolist(), [f"z[{index}]" for index in range(len(z))],
        alt=_("The numbers of the code: {listed}", listed=listed), faint=small.tolist(),
    )  # fmt: skip
    _what_each_draws(card, model, codes)


def how_sparse(ours: Sparsity, plain: Sparsity | None, name: str, *, of: str) -> str:
    """Whether a code is sparse, from what was measured of it and of a plain one."""
    near_zero = N_(
        "Over {images} {ours:.1%} of its numbers are near zero, below {limit:.0%} of the largest"
        " that each becomes."
    )
    hoyer = N_("Hoyer's measure: {ours:.2f} (0: all of one size, 1: a single number).")
    if plain:
        near_zero = N_(
            "Over {images} {ours:.1%} of its numbers are near zero, below {limit:.0%} of the"
            " largest that each becomes; of the plain code of {model}, {plain:.1%}."
        )
        hoyer = N_(
            "Hoyer's measure: {ours:.2f} and {plain:.2f} (0: all of one size, 1: a single number)."
        )
    sparse, dense = N_("**This code is sparse.**"), N_("**This code is not sparse.**")
    return joined(
        _(sparse if ours.near_zero_of_alive > 0.5 else dense),
        _(
            near_zero, images=of, ours=ours.near_zero, limit=sparsity.NEAR_ZERO, model=name,
            plain=plain and plain.near_zero,
        ),
        _(
            "{alive:.0%} of them are ever used, and of these {near_zero:.1%} are near zero.",
            alive=ours.alive, near_zero=ours.near_zero_of_alive,
        ),
        _(hoyer, ours=ours.hoyer, plain=plain and plain.hoyer),
        _("Pale bars are near zero."),
    )  # fmt: skip


def _what_each_draws(card: Card, model: Autoencoder, codes: Latents) -> None:
    """Columns of the numbers used most often: their pictures, and the images behind them."""
    used = (~sparsity.near_zero(codes, codes)).float().mean(0)
    order = used.argsort(descending=True, stable=True)[:MOST_NUMBERS]
    order = order[used[order] > 0]
    if not len(order):
        st.caption(_("No number of the code is ever used: every image has the same code."))
        return
    names = [f"z[{index}]" for index in order.tolist()]
    shares = [
        f"{name} {numerals.written(share, '.0%')}"
        for name, share in zip(names, used[order].tolist(), strict=True)
    ]
    rows = [
        pictures.Row(
            _("Alone"), views.digits(latent.decode(model, code_views.each_alone(codes)[order])),
            [_("Zeros, and {number} at its maximum, decoded", number=name) for name in names],
            shares,
        ),
        pictures.Row(
            _("On the mean"),
            views.digits(latent.decode(model, code_views.each_at_maximum(codes)[order])),
            [_("The mean code with {number} at its maximum, decoded", number=name)
             for name in names],
        ),
    ]  # fmt: skip
    images = cached.images_of_codes(card)
    if images:
        best = codes.topk(min(EXCITING, len(codes)), dim=0).indices[:, order]
        rows += [
            pictures.Row(
                _("Largest for, {place}", place=place),
                views.digits(images.test[which].float().div(255)),
                [_("Test image {index}, where {number} is large", index=index, number=name)
                 for index, name in zip(which.tolist(), names, strict=True)],
            )
            for place, which in enumerate(best, 1)
        ]  # fmt: skip
    heading = _("**What each number says.**")
    if len(names) < codes.shape[1]:
        heading = ngettext(
            "**What the {count} most used number says.**",
            "**What the {count} most used numbers say.**",
            len(names),
        )
    explained = _(
        "Under the first row: the share of test images that use it. Alone: all others are zero. On"
        " the mean: the mean code with this number at its maximum."
    )
    behind = _("Then the test images for which it is largest.") if images else ""
    st.caption(joined(heading, explained, behind))
    pictures.strip(rows)


def levels(card: Card, model: Autoencoder) -> None:
    """The levels on which the numbers of the present code stand, and what that costs in bits."""
    z, count = code_control.current(card), model.code_levels
    assert count
    bits, raw = code_views.code_bits(model), code_views.image_bits(model)
    images = f"${count}^{{{len(z)}}}$"
    views.title(
        _("An image in {bits:.3g} bits instead of {raw:,}", bits=bits, raw=raw),
        _(
            "Each number of the code stands on one of {levels} levels, like a switch with {levels}"
            " positions. Together they make {images} images, and not one more.",
            levels=count,
            images=images,
        ),
    )
    steps = code_views.level_numbers(model, z.unsqueeze(0))[0]
    listed = " ".join(str(step + 1) for step in steps.tolist())
    left, right = st.columns([1.5, 1], vertical_alignment="center")
    with left:
        pictures.wide(
            _switches(torch.arange(count).flip(0).unsqueeze(1) == steps),
            ngettext(
                "Level of the {count} number of the code, from 1 to {highest}: {listed}",
                "Levels of the {count} numbers of the code, from 1 to {highest}: {listed}",
                len(z),
                highest=count,
                listed=listed,
            ),
        )
        st.caption(
            _(
                "Levels of z[0] to z[{last}], 1 at the bottom: {listed}",
                last=len(z) - 1,
                listed=listed,
            )
        )
    with right:
        wrapped_rows.meters(
            [(_("Raw image"), raw, palette.POSITIVE), (_("This code"), bits, palette.NEGATIVE)],
            alt=_(
                "{raw} bits for the raw image, {bits:.3g} for this code",
                raw=raw,
                bits=bits,
            ),
        )
        st.caption(
            ngettext(
                "{count} number of log₂ {levels} bits makes {bits:.3g}: **{times} fewer** than"
                " {pixels} numbers of {bits_of_each} bits.",
                "{count} numbers of log₂ {levels} bits make {bits:.3g}: **{times} fewer** than"
                " {pixels} numbers of {bits_of_each} bits.",
                len(z),
                levels=count,
                bits=bits,
                times=wording.times(raw / bits),
                pixels=model.pixels,
                bits_of_each=code_views.BITS_A_NUMBER,
            )
        )


def _switches(on: torch.Tensor) -> pictures.Picture:
    """A table of yes and no, white and dark, with black lines between."""
    cell = np.pad(np.ones((7, 7), np.float32), ((1, 0), (1, 0)))
    return np.pad(np.kron(0.22 + 0.78 * on.numpy(), cell), ((0, 1), (0, 1)))


def contraction(card: Card, __: Autoencoder) -> None:
    """How far the code moves when the image changes a little, beside a plain model."""
    found = cached_views.images(card)
    plain = code_views.nearest_plain(card, cached.available()[0])
    rows, colours = (
        [card, *([plain] if plain else [])],
        (palette.NEGATIVE, palette.POSITIVE),
    )
    moved = [cached_views.movements(each, found.name) for each in rows]
    views.title(
        _("How far the code moves when the image hardly changes"),
        _(
            "This model was trained to keep its code still when any pixel changes a little. 1 is"
            " the usual way from one image's code to another's; shorter is steadier."
        ),
    )
    x, noise = found.test[:1], cached_views.NOISE
    changes = (
        (
            _("One pixel to the right"),
            _("The same, one pixel to the right"),
            code_views.shifted(x),
        ),
        (
            _("Noise of {noise:.2g}", noise=noise),
            _("The same, noise of {noise:.2g}", noise=noise),
            cached_views.noisy(x),
        ),
    )
    named = [each.title.partition(" · ")[0] for each in rows]
    for place, (column, change) in enumerate(zip(st.columns(2), changes, strict=True)):
        heading, alt, after = change
        pair = views.digits(torch.cat([x, after]).float().div(255))
        bars = [
            (name, both[place], colour)
            for name, both, colour in zip(named, moved, colours, strict=False)
        ]
        listed = ", ".join(f"{name} {numerals.written(value, '.3g')}" for name, value, __ in bars)
        with column:
            st.markdown(f"**{heading}**")
            seen, measured = st.columns([1, 1.5], vertical_alignment="center")
        with seen:
            wrapped_rows.tiles(pair, [_("A test image"), alt], [_("before"), _("after")], per_row=2)
        with measured:
            wrapped_rows.meters(
                bars,
                alt=_("{change}. Movement of the code: {listed}", change=heading, listed=listed),
            )

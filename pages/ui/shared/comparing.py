"""Which checkpoints are compared: chosen here or by a button elsewhere, kept in the address."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

import streamlit as st

from ae_core import image_sets, numerals, wording
from ae_core.checkpoints import groups, ladders
from ae_core.checkpoints.cards import Card
from ae_core.texts import _
from pages.ui.shared import cached, card_text, widgets
from pages.ui.state import current
from pages.ui.state.declared import Compare

MOST = 4
PAGE = "../compare.py"
PART = "side-by-side"

STYLE = """
.ae-compare { overflow-x: auto; }
.ae-compare table { border-collapse: collapse; font-size: .875rem; width: 100%;
  font-variant-numeric: tabular-nums; }
.ae-compare th, .ae-compare td { padding: .3rem .6rem; text-align: right; font-weight: 400;
  border-bottom: 1px solid color-mix(in srgb, currentColor 15%, transparent); }
.ae-compare th { text-align: left; }
.ae-compare thead th { text-align: right; font-weight: 600; min-width: 5.5rem; }
.ae-compare small { display: block; opacity: .7; }
.ae-compare td.ae-best { font-weight: 700; }
.ae-compare td.ae-best::before { content: "★ "; color: var(--ae-positive); }
"""


def open_with(names: Sequence[str]) -> None:
    """Go to the page where these models stand side by side."""
    current.change(Compare, models=tuple(names), part=PART)
    st.switch_page(PAGE)


def is_full(card: Card) -> bool:
    """Whether as many models as possible are compared, without this one."""
    compared = current.of(Compare).models or ()
    return card.name not in compared and len(compared) >= MOST


def add(card: Card) -> None:
    """Add one more to those that are compared, and go there."""
    kept = current.of(Compare).models or ()
    open_with(kept if card.name in kept else [*kept, card.name][:MOST])


def chosen(usual: Sequence[Card]) -> list[Card]:
    """The control for which models are compared, and these; `usual` until somebody chooses.

    Those that take images of another size than the first one are named and left out.
    """
    by_group = groups.grouped(cached.available()[0], sets_here=image_sets.available())
    cards = [card for group in by_group.values() for card in group]
    by_name = {card.name: card for card in cards}
    if current.of(Compare).models is None:
        names = [card.name for card in usual][:MOST]
    else:
        names = current.possible_ones(Compare, "models", by_name, MOST)
    st.multiselect(
        _("Models, two to four"), list(by_name), max_selections=MOST,
        format_func=widgets.labels(cards).__getitem__,
        placeholder=_("Choose two to four models"), label_visibility="collapsed",
        **current.widget(Compare, "models", names, per=tuple(by_name)),
    )  # fmt: skip
    compared = [by_name[name] for name in names]
    if not compared:
        st.info(_("Choose two to four models here, or press Compare on a model's card."))
    for card in compared:
        if card.image_shape != compared[0].image_shape:
            st.warning(
                _(
                    "{model} takes images of another size than the first one. It is left out.",
                    model=widgets.as_text(card_text.short_title(card)),
                )
            )
    return [card for card in compared if card.image_shape == compared[0].image_shape]


def alike(card: Card) -> list[Card]:
    """A model and those that it can fairly be compared with: each kind at the nearest size."""
    ladder = ladders.of(cached.available()[0], card.image_set)
    found = {card.name: card}
    for steps in ladder.values():
        if steps:
            near = steps[min(steps, key=lambda size: abs(size - card.latent_dim))]
            found.setdefault(near.name, near)
    return [each for each in found.values() if each.image_shape == card.image_shape][:MOST]


def table(cards: Sequence[Card]) -> str:
    """Figures and sizes as an HTML table; the best of each row has a star, where they differ.

    None for the figures of a model that has seen the images on which they were measured.
    """
    digits = wording.three_digits
    rows: list[tuple[str, str, Callable[[Card], float], Callable[[float], str], int, bool]] = [
        (_("MSE"), _("lower is better"), lambda card: card.metrics["mse"], digits, -1, True),
        (_("PSNR, dB"), _("higher is better"), lambda card: card.metrics["psnr"], digits, 1, True),
        (_("SSIM"), _("higher is better"), lambda card: card.metrics["ssim"], digits, 1, True),
        (_("Code"), _("numbers; fewer is harder"), lambda card: card.latent_dim, _whole, -1, False),
        (_("Weights"), _("fewer is smaller"), _weights, _whole, -1, False),
        (_("Training, s"), _("each on its own machine"), lambda card: card.seconds, digits, 0,
         False),
    ]  # fmt: skip
    head = "".join(f"<th scope='col'>{escape(card_text.short_title(card))}</th>" for card in cards)
    body = ""
    for name, way, value_of, text, better, is_measured in rows:
        values = [value_of(card) for card in cards]
        is_fair = [not (is_measured and card.has_seen_test_images) for card in cards]
        fair = [value for value, counts in zip(values, is_fair, strict=True) if counts]
        differ = better and len(set(fair)) > 1
        best = max(fair, key=lambda value: better * value) if differ else None
        cells = "".join(
            f"<td class='ae-best'>{text(value)}</td>" if counts and value == best
            else f"<td>{text(value)}</td>"
            for value, counts in zip(values, is_fair, strict=True)
        )  # fmt: skip
        body += f"<tr><th scope='row'>{escape(name)}<small>{escape(way)}</small></th>{cells}</tr>"
    return (
        f"<div class='ae-compare'><table><thead><tr><td></td>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table></div>"
    )


def _whole(value: float) -> str:
    return numerals.written(value, ",.0f")


def _weights(card: Card) -> float:
    return sum(layer.parameters for layer in cached.layers(card))

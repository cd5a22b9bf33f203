"""Controls and notices that several pages share."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import streamlit as st

from ae_core import image_sets, wording
from ae_core.checkpoints import groups
from ae_core.checkpoints.cards import Card
from ae_core.checkpoints.published import is_published
from ae_core.errors import UserError
from ae_core.image_sets import ImageSet
from ae_core.models import FAMILIES, FAMILY_OF
from pages.ui.shared import cached, card_text, fetching, links, script_turns

FIRST_PRESET = "vae-conv-2"
SHOWN_ERROR = "ae-error"


@contextmanager
def shown_errors() -> Iterator[None]:
    """Show an error that the user can fix as one sentence, and keep the rest of the page working.

    What is inside takes turns with the pages of other visitors.
    """
    try:
        with script_turns.TURNS.turn():
            yield
    except UserError as failure:
        st.error(str(failure), icon=":material/error:")


def as_text(name: str) -> str:
    """A name from outside, escaped so that Markdown shows it as it is."""
    return re.sub(r"([\\`*_{}\[\]()<>#+.!|~:$-])", r"\\\1", name)


def one_of(label: str, options: tuple[str, ...], *, key: str, **look: Any) -> str:
    """The option that is chosen from a row of them; it is kept in the address.

    An address that names the key without a value empties the row: the first option then counts.
    """
    chosen = st.segmented_control(
        label, options, default=options[0], required=True, key=key, bind="query-params", **look
    )
    return str(chosen or options[0])


def preset_picker(first: str) -> str:
    """The control for which network to train, by family; it is kept in the address."""
    names = sorted(FAMILY_OF, key=lambda name: (name != first, FAMILIES[FAMILY_OF[name]].title))
    if (asked := links.kept("preset")) in FAMILY_OF:
        st.session_state.preset = asked
    chosen = st.selectbox(
        "Model", names, key="preset",
        format_func=lambda name: f"{FAMILIES[FAMILY_OF[name]].title} · {name}",
    )  # fmt: skip
    links.write({"preset": str(chosen)})
    return str(chosen)


def picked_model() -> Card:
    """The checkpoint that is chosen in the sidebar, on every page the same, and in the address.

    Stops the page with a sentence when there is no checkpoint at all.
    """
    cards, broken = cached.available()
    if not cards:
        st.error(
            "There is no model to show. Train one: "
            "`python -m ae_core train dense-49 --set digits`, then reload the page."
        )
        st.stop()
    in_groups = groups.grouped(cards, sets_here=image_sets.available()).values()
    cards = [card for group in in_groups for card in group]
    with st.sidebar:
        by_name = {card.name: card for card in cards}
        _adopt_from_address(by_name)
        if st.session_state.get("model") not in by_name:
            first = next(filter(_comes_first, cards), cards[0])
            st.session_state.model = first.name
        # Streamlit drops the widget's value when the page changes; the session keeps it.
        st.session_state["model-box"] = st.session_state.model
        st.selectbox(
            "Model",
            list(by_name),
            format_func=labels(cards).__getitem__,
            key="model-box",
            on_change=_pick,
        )
        card = by_name[st.session_state.model]
        links.write({"model": card.name})
        _describe(card)
        for folder in broken:
            st.caption(f":material/warning: {folder.reason}")
    return card


def _comes_first(card: Card) -> bool:
    """The best map of two numbers there is: ours, where the published one ships beside it."""
    return card.preset == FIRST_PRESET and not is_published(card)


def labels(cards: Sequence[Card]) -> dict[str, str]:
    """A short label for each checkpoint's name; those that would look alike carry the name too."""
    titles = {card.name: card_text.short_title(card) for card in cards}
    count = Counter(titles.values())
    return {
        name: f"{title} ({name})" if count[title] > 1 else title for name, title in titles.items()
    }


def images_for(card: Card) -> ImageSet:
    """The images that a model was trained on; where they are missing, the built-in digits.

    Says so, with a button that downloads MNIST.

    Raises:
        UserError: the model does not fit the digits.
    """
    fetching.offer_where_missing(card.image_set)
    with shown_errors():
        if found := cached.own_images(card):
            return found
    digits = cached.image_set("digits")
    if digits.image_shape != card.image_shape:
        raise UserError(
            f"The images that {as_text(card_text.short_title(card))} was trained on are not here,"
            " or not yours. Its map and its codes are on the page Latent space."
        )
    return digits


def _pick() -> None:
    st.session_state.model = st.session_state["model-box"]


def _adopt_from_address(by_name: dict[str, Card]) -> None:
    asked = links.news("model")
    if asked in by_name:
        st.session_state.model = asked
    elif asked is not None:
        # Its name is not repeated: it would be read as Markdown, and could carry a link.
        st.warning("There is no model of the name in the address. This is another; choose yours.")


def _describe(card: Card) -> None:
    numbers = "number" if card.latent_dim == 1 else "numbers"
    noise = " and trained to remove noise" if card.noise else ""
    st.caption(
        f"Squeezes an image into **{card.latent_dim} {numbers}**, and draws it again from them."
        f" Trained on {as_text(card_text.set_title(card))}{noise}"
        f" for {wording.duration(card.seconds)}."
    )
    seen = ", from which it has learned too" if card.has_seen_test_images else ""
    st.caption(
        f"On test images{seen}: MSE {card.metrics['mse']:.4f} (lower is better),"
        f" PSNR {card.metrics['psnr']:.1f} dB (higher is better)."
    )

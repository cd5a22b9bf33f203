"""Controls and notices that several pages share."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import streamlit as st

from ae_core import image_sets, wording
from ae_core.accounts import ownership
from ae_core.checkpoints import choosing, groups
from ae_core.checkpoints.cards import Card
from ae_core.checkpoints.published import is_published
from ae_core.errors import UserError
from ae_core.image_sets import ImageSet
from ae_core.image_sets.catalogue import NAMES
from ae_core.storage import kept
from ae_core.texts import N_, _, joined, ngettext, with_values
from pages.ui import explained
from pages.ui.shared import cached, card_text, fetching, owner, script_turns, trained
from pages.ui.shared.labels import LABELS
from pages.ui.state import current
from pages.ui.state.declared import Code, Picked
from pages.ui.state.values import State

FIRST_PRESET = "vae-conv-2"
BOX, ALL = "model-box", "all-models"
NOT_SHARED = N_(
    "This model belongs to somebody else and is not shared. Ask them for its link, or choose"
    " another one in the sidebar."
)

EXPIRED = N_(
    "This model has passed its day. Bring it back on the page Train, or choose another one."
)


@contextmanager
def shown_errors() -> Iterator[None]:
    """Show an error that the user can fix as one sentence, and keep the rest of the page working.

    What is inside takes turns with the pages of other visitors.
    """
    try:
        with script_turns.TURNS.turn():
            yield
    except UserError as failure:
        st.error(sentence(failure), icon=":material/error:")


def done(change: Callable[[], object]) -> bool:
    """Make a change, or say why it failed; whether it succeeded. For callbacks."""
    try:
        change()
    except UserError as failure:
        st.toast(sentence(failure))
        return False
    return True


def sentence(failure: UserError) -> str:
    """What went wrong, as Markdown: names from outside are shown as they are."""
    return with_values(failure.text, as_text)


READ_AFTER_ESCAPES = re.compile(
    r":(?=material/|[\w+-]+:)"  # icons and emojis
    r"|\bhttps?(?=://)|\bwww(?=\.)|@(?=\w)"  # links
    r"|(?<!\S)[<>~-](?=(?:->|[->=])(?!\S))",  # arrows and dashes
    re.ASCII | re.IGNORECASE,
)
"""Where Streamlit looks for more than Markdown once it has taken the escapes away."""

WORD_JOINER = "\N{WORD JOINER}"
"""Is not seen, takes no room, and breaks no line."""


def as_text(name: str) -> str:
    """A name from outside, escaped so that Markdown shows it as it is."""
    apart = READ_AFTER_ESCAPES.sub(lambda found: found[0] + WORD_JOINER, name)
    return re.sub(r"([\\`*_{}\[\]()<>#+.!|~:$&-])", r"\\\1", apart)


def label_of(choice: str) -> str:
    """What a choice is called on the page."""
    return _(LABELS[choice])


def one_of(
    label: str, group: type[State], field: str, *, among: Sequence[str] = (), **look: Any
) -> str:
    """The control for a value that is one of some choices, or of those `among`; and the value."""
    choices = among or group.declaration(field).choices
    shown = current.possible(group, field, choices, choices[0])
    st.segmented_control(
        label, choices, required=True, format_func=label_of,
        **current.widget(group, field, shown, per=tuple(choices)), **look,
    )  # fmt: skip
    return str(shown)


def picked_model() -> Card:
    """The checkpoint that is chosen in the sidebar, on every page the same, and in the address.

    Stops the page with a sentence when there is no checkpoint at all, or when the chosen one is
    somebody else's.
    """
    cards, broken = cached.available()
    if not cards:
        st.error(
            _(
                "There is no model to show. Train one:"
                " `python -m ae_core train dense-49 --set digits`, then reload the page."
            )
        )
        st.stop()
    in_groups = groups.grouped(cards, sets_here=image_sets.available()).values()
    cards = [card for group in in_groups for card in group]
    by_name = {card.name: card for card in cards}
    trained.choose_where_opened(by_name)
    name = _known(by_name) or first_of(cards)
    is_here = name in by_name
    with st.sidebar:
        offered = choosing.offered(cards, name, sets_here=image_sets.available())
        box = st.container()
        if len(offered) < len(cards) and st.toggle(
            _("All {count:,} models", count=len(cards)), key=ALL, persist_state="session"
        ):
            offered += [card for card in cards if card not in offered]
        st.session_state[BOX] = name if is_here else None
        box.selectbox(
            _("Model"), [card.name for card in offered], 0 if is_here else None,
            format_func=labels(cards, _in_sidebar).__getitem__, key=BOX, on_change=_pick,
            placeholder=_("Choose a model"),
        )  # fmt: skip
        for folder in broken:
            st.caption(f":material/warning: {as_text(folder.reason)}")
    if not is_here:
        mine = ownership.get(owner.me(), name)
        if mine and mine.expired is not None:
            st.error(_(EXPIRED), icon=":material/hourglass_bottom:")
        else:
            st.error(_(NOT_SHARED), icon=":material/lock:")
        st.stop()
    if not current.of(Picked).model:
        current.change(Picked, model=name)
    with st.sidebar:
        _describe(by_name[name])
    return by_name[name]


def _pick() -> None:
    if name := st.session_state[BOX]:
        current.change(Picked, model=str(name))


def _known(by_name: Mapping[str, Card]) -> str:
    """The name of the chosen model, if it is here or somebody else's; what is gone is left out."""
    name = current.of(Picked).model
    if not name or name in by_name:
        return name
    try:
        if ownership.exists(name):
            return name
    except UserError:  # which the sidebar says; the choice stays, for when it is known again
        return ""
    current.leave_out(Code, "z")
    current.leave_out(Picked, "model")
    return ""


def first_of(cards: Sequence[Card]) -> str:
    """The name of the model that is shown where none was chosen, kept for the next start."""
    name = next(filter(_comes_first, cards), cards[0]).name
    if kept.ships(name):
        kept.keep(kept.FIRST_MODEL, name.encode())
    return name


def _comes_first(card: Card) -> bool:
    """The best map of two numbers there is: ours, where the published one ships beside it."""
    return card.preset == FIRST_PRESET and not is_published(card)


def _in_sidebar(card: Card) -> str:
    """Plain words before the name, and of a model that was trained here what it is called."""
    title = card_text.short_title(card)
    return title if groups.is_own(card) else f"{choosing.in_words(card)} · {title}"


def labels(
    cards: Sequence[Card], title_of: Callable[[Card], str] = card_text.short_title
) -> dict[str, str]:
    """A short label for each checkpoint's name; those that would look alike carry the name too."""
    titles = {card.name: title_of(card) for card in cards}
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
            if card_text.has_changed(card, found):
                st.caption(_("The images have changed since this model learned from them."))
            return found
    digits = cached.image_set("digits")
    if digits.image_shape != card.image_shape:
        raise UserError(
            _(
                "The images that {model} was trained on are not here, or not yours. Its map and its"
                " codes are on the page Latent space.",
                model=card_text.short_title(card),
            )
        )
    if card.image_set not in NAMES:
        st.caption(
            _(
                "The images that this model was trained on are not here, or not yours: the built-in"
                " digits stand in for them."
            )
        )
    return digits


def _describe(card: Card) -> None:
    images, time = as_text(card_text.set_title(card)), wording.duration(card.seconds)
    squeezes = ngettext(
        "Squeezes an image into **{count} number**, and draws it again from it.",
        "Squeezes an image into **{count} numbers**, and draws it again from them.",
        card.latent_dim,
    )
    trained = _("Trained on {images} for {time}.", images=images, time=time)
    if card.noise:
        trained = _(
            "Trained on {images} and trained to remove noise for {time}.", images=images, time=time
        )
    st.caption(as_text(card_text.short_title(card)))
    st.caption(joined(squeezes, trained))
    measured = N_(
        "On test images: MSE {mse:.4f} (lower is better), PSNR {psnr:.1f} dB (higher is better)."
    )
    if card.has_seen_test_images:
        measured = N_(
            "On test images, from which it has learned too: MSE {mse:.4f} (lower is better),"
            " PSNR {psnr:.1f} dB (higher is better)."
        )
    st.caption(_(measured, mse=card.metrics["mse"], psnr=card.metrics["psnr"]))
    explained.terms("autoencoder", "code", "mse", "psnr")

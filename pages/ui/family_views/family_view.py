"""What each model has of its own to show, by the names in its `views`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from ae_core import wording
from ae_core.checkpoints.cards import Card
from ae_core.errors import UserError
from ae_core.latent import code_views
from ae_core.models.base import Autoencoder
from ae_core.texts import _, ngettext
from pages.ui.family_views import clouds, numbers, pictures
from pages.ui.shared import cached, widgets


@dataclass(frozen=True)
class View:
    """How a view is drawn, on which page, and whether it shows the current code."""

    draw: Callable[[Card, Autoencoder], None]
    page: Literal["latent_space", "reconstruct"] = "latent_space"
    follows_code: bool = True


VIEWS: dict[str, View] = {
    "sparse_numbers": View(numbers.sparse_numbers),
    "levels": View(numbers.levels),
    "contraction": View(numbers.contraction, follows_code=False),
    "components": View(pictures.components),
    "code_image": View(pictures.code_image),
    "posterior": View(clouds.posterior, follows_code=False),
    "class_and_style": View(clouds.class_and_style),
    "digits_in_space": View(pictures.digits_in_space),
    "canvas": View(pictures.canvas, page="reconstruct", follows_code=False),
}


def are_some(card: Card) -> bool:
    """Whether this model's codes are special."""
    pages = [VIEWS[name].page for name in _names(card) if name in VIEWS]
    return "latent_space" in pages or len(pages) < len(_names(card))


def show(card: Card) -> None:
    """What is special about this model's codes; nothing for a model without."""
    st.fragment(_draw, key="own")(card, "latent_space")


def show_images(card: Card) -> None:
    """What is special about how this model's images are looked at."""
    st.fragment(_draw, key="own-images")(card, "reconstruct")


def squeeze(card: Card) -> str:
    """A sentence on how much smaller a code is than its image."""
    model = cached.load(card).model
    if model.code_levels:
        before, after = code_views.image_bits(model), code_views.code_bits(model)
        return ngettext(
            "{count:,} bit becomes {after:.3g}: {times} fewer.",
            "{count:,} bits become {after:.3g}: {times} fewer.",
            before,
            after=after,
            times=wording.times(before / after),
        )
    free = model.free_numbers
    if model.code_classes:
        return ngettext(
            "{count:,} number becomes {free} for the style and the name of a class.",
            "{count:,} numbers become {free} for the style and the name of a class.",
            model.pixels,
            free=free,
        )
    return ngettext(
        "{count:,} number becomes {free}: {times} fewer.",
        "{count:,} numbers become {free}: {times} fewer.",
        model.pixels,
        free=free,
        times=wording.times(model.pixels / free),
    )


def followers(card: Card) -> tuple[str, ...]:
    """The fragment to draw again once the current code has moved, where there is one."""
    follows = any(VIEWS[name].follows_code for name in _names(card) if name in VIEWS)
    return ("own",) if follows else ()


def _draw(card: Card, page: str) -> None:
    with widgets.shown_errors():
        for name in _names(card):
            if name not in VIEWS:
                raise UserError(
                    _(
                        "The family {family} names the view {view!r}. There are: {views}.",
                        family=card.family,
                        view=name,
                        views=", ".join(VIEWS),
                    )
                )
            if VIEWS[name].page == page:
                VIEWS[name].draw(card, cached.load(card).model)


def _names(card: Card) -> tuple[str, ...]:
    """The views that the family names; any code of three numbers is a cloud in space, too."""
    named = cached.load(card).model.views
    return (*named, "digits_in_space") if card.latent_dim == 3 else named

"""`ae_core` behind Streamlit's caches, which all visitors share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import streamlit as st
import torch
from torch import Tensor

from ae_core import checkpoints, classifiers, image_sets, latent
from ae_core.accounts import ownership
from ae_core.checkpoints import Broken, Checkpoint
from ae_core.checkpoints.cards import Card
from ae_core.classifiers.cards import ClassifierCard
from ae_core.errors import UserError
from ae_core.evaluation import architecture
from ae_core.evaluation.architecture import Layer
from ae_core.export import browser_models
from ae_core.image_sets import ImageSet, stored
from ae_core.settings import THREADS, settings
from ae_core.texts import N_, again
from ae_core.types import Latents
from pages.ui.shared import owner, torch_parts
from pages.ui.shared.waiting import Spinner

torch.set_num_threads(THREADS)

BY_CONTENT: dict[str | type[Any], Callable[[Any], Any]] = {
    Card: lambda card: (card.name, card.title, card.weights_sha256, card.image_set_sha256),
    ImageSet: lambda images: images.key,
}
"""How caches tell two checkpoints, or two image sets, apart."""


def available() -> tuple[list[Card], list[Broken]]:
    """Checkpoints that the visitor can choose, and broken folders.

    Where the database cannot say whose they are, those that are everybody's, and what is wrong.
    """
    cards, broken = checkpoints_here()
    names = [card.name for card in cards] + [folder.name for folder in broken]
    seen, failure = _seen(names)
    return (
        [card for card in cards if card.name in seen],
        [folder for folder in broken if folder.name in seen]
        + ([Broken("", failure)] if failure else []),
    )


def _seen(names: Iterable[str]) -> tuple[set[str], str]:
    """Which of these names the visitor may see, and why that is not known of private ones."""
    names = set(names)
    try:
        return ownership.visible(owner.me(), names), ""
    except UserError as failure:
        return {name for name in names if not ownership.is_private(name)}, str(failure)


def checkpoints_here() -> tuple[list[Card], list[Broken]]:
    """Everybody's checkpoints, at once also those that another process has just made."""
    cards, broken = _checkpoints_here(_last_written())
    return cards, _for_reader(broken)


@st.cache_resource(ttl=5, max_entries=2, show_spinner=False)
def _checkpoints_here(
    last_written: tuple[int, ...],  # noqa: ARG001 - the cache's key
) -> tuple[list[Card], list[Broken]]:
    return checkpoints.available()


def made_classifiers() -> list[ClassifierCard]:
    """Classifiers that the visitor can use."""
    cards = classifiers_here()[0]
    names = [card.name for card in cards]
    seen, _ = _seen(names)
    return [card for card in cards if card.name in seen]


def classifiers_here() -> tuple[list[ClassifierCard], list[Broken]]:
    """Everybody's classifiers, at once also those that another process has just made."""
    cards, broken = _classifiers_here(_last_written())
    return cards, _for_reader(broken)


@st.cache_resource(ttl=5, max_entries=2, show_spinner=False)
def _classifiers_here(
    last_written: tuple[int, ...],  # noqa: ARG001 - the cache's key
) -> tuple[list[ClassifierCard], list[Broken]]:
    return classifiers.available()


def _for_reader(broken: list[Broken]) -> list[Broken]:
    """The same in the language of this visitor."""
    return [replace(folder, reason=again(folder.reason)) for folder in broken]


def _last_written() -> tuple[int, ...]:
    """When something was put into the folders of checkpoints, or taken out."""
    roots = settings().checkpoint_roots
    return tuple(root.stat().st_mtime_ns for root in roots if root.is_dir())


def forget_what_is_here() -> None:
    """List checkpoints and classifiers anew: one was made, renamed or deleted."""
    _checkpoints_here.clear()
    _classifiers_here.clear()


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=BY_CONTENT)
def load(card: Card) -> Checkpoint:
    """The checkpoint of a card."""
    return checkpoints.load(card.name)


def image_set(name: str) -> ImageSet:
    """The image set of that name, where the visitor may see it.

    Raises:
        UserError: they may not, or it is missing or damaged.
    """
    ownership.check_sees(owner.me(), name)
    return _image_set(name, image_sets.version(name))


@st.cache_resource(max_entries=4, show_spinner=Spinner(N_("Reading the images")))
def _image_set(name: str, version: str) -> ImageSet:  # noqa: ARG001 - the cache's key
    return image_sets.load(name)


def forget_image_sets() -> None:
    """Let go of all of them: one was deleted."""
    _image_set.clear()


def image_shape(name: str) -> tuple[int, int, int]:
    """The shape of the images of a set that the visitor may see; without reading a stored one."""
    built_in = name in image_sets.NAMES
    return image_set(name).image_shape if built_in else stored.card(name).image_shape


def set_titles() -> dict[str, str]:
    """The image sets that the visitor can choose, by name."""
    names = image_sets.available()
    seen, _ = _seen(names)
    return image_sets.titles([name for name in names if name in seen])


def own_images(card: Card) -> ImageSet | None:
    """The images that a model was trained on, where they are here and the visitor may see them.

    Raises:
        UserError: they are damaged.
    """
    if card.image_set not in set_titles():
        return None
    return image_set(card.image_set)


def images_of_codes(card: Card) -> ImageSet | None:
    """The images whose test part `codes` are of, row by row, where the visitor may see them.

    Raises:
        UserError: they are damaged.
    """
    if card.only_classes or card.hold_out:
        return None
    found = own_images(card)
    return found if found is not None and found.sha256 == card.image_set_sha256 else None


def class_names(card: Card) -> tuple[str, ...]:
    """The classes of a model's images: as the set calls them, where it is still what the model
    learned from, else as the card does; their numbers where their names are unknown."""
    return browser_models.class_names(card, codes(card)[1])


@st.cache_resource(
    max_entries=32, show_spinner=Spinner(N_("Encoding the images")), hash_funcs=BY_CONTENT
)
def codes(card: Card) -> tuple[Latents, Tensor]:
    """Codes and labels of the test images: those that ship with the model, or encoded now."""
    return browser_models.codes_of(load(card))


@st.cache_resource(max_entries=32, show_spinner=False, hash_funcs=BY_CONTENT)
def usual_distance(card: Card) -> float | None:
    """Distance to the nearest other code that 99 % of the test codes stay below; None of few."""
    return latent.usual_distance(codes(card)[0])


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=BY_CONTENT)
def layers(card: Card) -> list[Layer]:
    """The layers of the network, from image to image."""
    return architecture.layers(load(card).model)


torch_parts.here.set()

"""The classifier that reads pictures: which one knows a set of images, and what it says of one."""

from __future__ import annotations

import streamlit as st

from ae_core import classifiers, image_sets, numerals
from ae_core.accounts import ownership
from ae_core.checkpoints.cards import Card
from ae_core.classifiers.cards import ClassifierCard
from ae_core.classifiers.network import Classifier
from ae_core.image_sets import ImageSet, ImageSetKey
from ae_core.models.base import ImageShape
from ae_core.texts import N_
from ae_core.types import Images
from pages.ui.shared import cached

MEASURED = 1000
"""Test images over which a classifier of other images is measured."""

EXPLAINED = N_("Under each decoded picture: what a classifier takes it for, and its confidence.")


def of_images(found: ImageSet) -> ClassifierCard | None:
    """A classifier that knows the classes of these images; None where there is none."""
    return next(iter(_fitting(found.key, found.classes, found.image_shape)), None)


def of_model(card: Card) -> ClassifierCard | None:
    """A classifier that knows what this model draws; None where there is none."""
    return next(iter(_of_the_set_of(card)), None)


def trained_on_images_of(card: Card) -> ClassifierCard | None:
    """A classifier that was trained on the very set of a model, for what is measured."""
    found = _of_the_set_of(card)
    same = (each for each in found if each.image_set_sha256 == card.image_set_sha256)
    return next(same, None)


def readings(card: ClassifierCard | None, x: Images) -> list[str]:
    """What it says of each image in [0, 1], "9, 98%"; nothing without a classifier, or of NaN."""
    if card is None or not bool(x.isfinite().all()):
        return []
    network = _network(card.name, card.weights_sha256)
    chosen, probabilities = network.predict(x)
    return [
        f"{card.classes[int(best)]}, {numerals.written(float(shares[best]), '.0%')}"
        for best, shares in zip(chosen, probabilities, strict=True)
    ]


def in_words(card: ClassifierCard | None, x: Images) -> str:
    """What it says of the first image; empty without a classifier."""
    return next(iter(readings(card, x[:1])), "")


def _of_the_set_of(card: Card) -> list[ClassifierCard]:
    key = ImageSetKey(card.image_set, card.image_set_sha256)
    classes = image_sets.class_names(key.name, key.sha256) or tuple(card.classes)
    return _fitting(key, classes, card.image_shape)


def _fitting(key: ImageSetKey, classes: tuple[str, ...], shape: ImageShape) -> list[ClassifierCard]:
    """Those of the same set, and of others those that are nobody's own; the most accurate first.

    Last those whose encoder had learned from the images on which their accuracy was measured.
    """
    cards = [
        card
        for card in cached.made_classifiers()
        if (tuple(card.classes) == classes or card.image_set_sha256 == key.sha256)
        and card.image_shape == shape
        and (card.image_set == key.name or not ownership.is_private(card.name))
    ]  # fmt: skip
    if len(cards) < 2:  # nothing to measure first
        return cards
    return sorted(
        cards, key=lambda card: (card.encoder_has_seen_test_images, -_accuracy(card, key.name))
    )


def _accuracy(card: ClassifierCard, name: str) -> float:
    """On the test images of that set; less than that of any of the set where they are not here."""
    if card.image_set == name:
        return card.metrics["accuracy"]
    if name not in cached.set_titles():
        return card.metrics["accuracy"] - 1
    return _measured(card.name, card.weights_sha256, cached.image_set(name))


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=cached.BY_CONTENT)
def _measured(name: str, sha256: str, images: ImageSet) -> float:
    some = slice(MEASURED)
    return classifiers.accuracy(_network(name, sha256), images.test[some], images.test_labels[some])


@st.cache_resource(max_entries=4, show_spinner=False)
def _network(name: str, sha256: str) -> Classifier:  # noqa: ARG001 - the cache's key
    return classifiers.load(name).classifier

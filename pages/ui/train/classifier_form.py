"""What a classifier is asked for: on which encoder, from which labelled images, how long."""

from __future__ import annotations

import streamlit as st

from ae_core import checkpoints, image_sets
from ae_core.checkpoints import groups
from ae_core.checkpoints.cards import Card
from ae_core.classifiers import runs
from ae_core.classifiers.runs import ClassifierSpec
from ae_core.errors import UserError
from ae_core.image_sets import ImageSet
from ae_core.texts import _
from ae_core.training.specs import Spec
from pages.ui.shared import cached, card_text, forms, widgets
from pages.ui.state import current
from pages.ui.state.declared import Picked, Train
from pages.ui.train import controls

ASKED_APART = {each.name for each in Spec.declared()} | {
    "checkpoint", "image_set", "labels", "threads",
}  # fmt: skip


def asked(most: int) -> tuple[ClassifierSpec, ImageSet, str]:
    """What the form asks for, of at most so many seconds; the images, and the device."""
    encoder = _encoder()
    st.caption(
        _("Its encoder gets a head that names the class, and both learn from labelled images.")
    )
    images = controls.image_set(encoder.image_set)
    left, right = st.columns(2, vertical_alignment="bottom")
    with left:
        labels = ClassifierSpec.declaration("labels")
        count = controls.whole_number(_("Labelled images, 0 for all"), labels, "labels")
    with right:
        seconds = controls.seconds(most)
    declared = ClassifierSpec.declared()
    with st.expander(_("More: encoder, head, steps, seed, device")):
        options = forms.options(
            declared, {each.name: each.default for each in declared}, Train, "head_options",
            leave_out=ASKED_APART,
        )  # fmt: skip
        seed = controls.whole_number(_("Seed"), ClassifierSpec.declaration("seed"), "seed")
        on = controls.device()
    usual: str = _("Classifier on {model}", model=card_text.short_title(encoder))
    if images.name != encoder.image_set:
        usual = f"{usual} · {images.title}"
    spec = ClassifierSpec(
        checkpoint=encoder.name, image_set=images.name, labels=count, seconds=seconds, seed=seed,
        title=controls.title(usual), threads=1, **options,
    )  # fmt: skip
    return spec, images, on


def labelled_images(spec: ClassifierSpec, images: ImageSet) -> int:
    """From how many images it learns.

    Raises:
        UserError: it cannot learn from these images; why, and what to do.
    """
    return runs.labelled_images(spec, checkpoints.card(spec.checkpoint), images)


def _encoder() -> Card:
    """The control for the encoder: that of the chosen model at first. It brings its images."""
    cards = cached.available()[0]
    if not cards:
        raise UserError(_("There is no encoder to start from. Train an autoencoder first."))
    in_groups = groups.grouped(cards, sets_here=image_sets.available()).values()
    by_name = {card.name: card for group in in_groups for card in group}
    name = current.possible(Train, "encoder", by_name, "")
    shown = next(
        each for each in (name, current.of(Picked).model, *by_name) if each in by_name
    )  # fmt: skip
    st.selectbox(
        _("Encoder of"), list(by_name),
        format_func=widgets.labels(list(by_name.values())).__getitem__,
        **current.widget(Train, "encoder", shown, per=tuple(by_name), resets=("image_set",)),
    )  # fmt: skip
    return by_name[shown]

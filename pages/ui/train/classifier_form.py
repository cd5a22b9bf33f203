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
from ae_core.training.specs import Spec
from pages.ui.shared import cached, card_text, forms, links, widgets
from pages.ui.train import controls

ASKED_APART = {each.name for each in Spec.declared()} | {
    "checkpoint", "image_set", "labels", "threads",
}  # fmt: skip


def asked(most: int) -> tuple[ClassifierSpec, ImageSet, str]:
    """What the form asks for, of at most so many seconds; the images, and the device."""
    encoder = _encoder()
    st.caption("Its encoder gets a head that names the class, and both learn from labelled images.")
    images = controls.image_set()
    left, right = st.columns(2, vertical_alignment="bottom")
    with left:
        labels = ClassifierSpec.declaration("labels")
        count = controls.whole_number("Labelled images, 0 for all", labels, 0, key="labels")
    with right:
        seconds = controls.seconds(most)
    declared = ClassifierSpec.declared()
    with st.expander("More: encoder, head, steps, seed, device"):
        options = forms.options(
            declared, {each.name: each.default for each in declared}, key="classifier",
            leave_out=ASKED_APART,
        )  # fmt: skip
        seed = controls.whole_number("Seed", ClassifierSpec.declaration("seed"), 0, key="seed")
        on = controls.device()
    other = f" · {images.title}" if images.name != encoder.image_set else ""
    title = controls.title(f"Classifier on {card_text.short_title(encoder)}{other}")
    spec = ClassifierSpec(
        checkpoint=encoder.name, image_set=images.name, labels=count, seconds=seconds, seed=seed,
        title=title, threads=1, **options,
    )  # fmt: skip
    return spec, images, on


def labelled_images(spec: ClassifierSpec, images: ImageSet) -> int:
    """From how many images it learns.

    Raises:
        UserError: it cannot learn from these images; why, and what to do.
    """
    return runs.labelled_images(spec, checkpoints.card(spec.checkpoint), images)


def _encoder() -> Card:
    """The control for the encoder; it is kept in the address. Another one brings its images."""
    cards = cached.available()[0]
    if not cards:
        raise UserError("There is no encoder to start from. Train an autoencoder first.")
    in_groups = groups.grouped(cards, sets_here=image_sets.available()).values()
    by_name = {card.name: card for group in in_groups for card in group}
    if (asked := links.kept("encoder")) in by_name:
        st.session_state.encoder = asked
    if st.session_state.get("encoder") not in by_name:
        chosen = st.session_state.get("model")
        st.session_state.encoder = chosen if chosen in by_name else next(iter(by_name))
        if not links.has("set"):
            _take_its_images(by_name)
    name = st.selectbox(
        "Encoder of", list(by_name), key="encoder", on_change=_take_its_images, args=(by_name,),
        format_func=widgets.labels(list(by_name.values())).__getitem__,
    )  # fmt: skip
    links.write({"encoder": str(name)})
    return by_name[str(name)]


def _take_its_images(by_name: dict[str, Card]) -> None:
    st.session_state.set = by_name[st.session_state.encoder].image_set

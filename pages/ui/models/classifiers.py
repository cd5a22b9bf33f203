"""The classifiers trained from a checkpoint: accuracy, confusion matrix, the way to train one."""

from __future__ import annotations

from html import escape

import plotly.graph_objects as go
import streamlit as st
import torch

from ae_core import classifiers, palette, wording
from ae_core.checkpoints.cards import Card
from ae_core.classifiers.cards import ClassifierCard
from ae_core.texts import _, joined, ngettext
from ae_core.training.on_the_way.changes import in_words
from pages.ui.drawing import plotted
from pages.ui.shared import cached, card_text, classifier, widgets
from pages.ui.state import address
from pages.ui.state.declared import Picked, Train

MOST_CLASSES = 30
"""Most classes of which a confusion matrix can be read."""


def show(card: Card) -> None:
    """Everything about the classifiers that started from this checkpoint, and how to train one."""
    reads = classifier.of_model(card)
    st.markdown(_("**Classifiers on this encoder**"))
    for each in cached.made_classifiers():
        if each.started_from == card.name and each.image_shape == card.image_shape:
            with widgets.shown_errors():
                _show(each, reads)
    images = card.image_set if card.image_set in cached.set_titles() else ""
    asked = Train(what="classifier", encoder=card.name, image_set=images)
    st.page_link(
        "../train.py", label=_("Train a classifier on this encoder"), icon=":material/label:",
        query_params=address.to_query([Picked(card.name), asked]),
        help=_("Opens Train: the encoder gets a head that names the class of an image."),
    )  # fmt: skip


def _reader(card: ClassifierCard, reads: ClassifierCard | None) -> str:
    """Whether this classifier reads the pictures of the model, or which one does."""
    if reads is None:
        return ""
    if reads.name == card.name:
        return _("This one reads the pictures of this model on every page.")
    return _(
        "Another one reads the pictures of this model: *{classifier}*.",
        classifier=widgets.as_text(reads.title),
    )


def _show(card: ClassifierCard, reads: ClassifierCard | None) -> None:
    counts = classifiers.kept_confusion(card)
    recognised = ngettext(
        "**It can read, too: {accuracy:.2%} of {count:,} image recognised.**",
        "**It can read, too: {accuracy:.2%} of {count:,} images recognised.**",
        int(counts.sum()),
        accuracy=card.metrics["accuracy"],
    )
    seen = ""
    if card.encoder_has_seen_test_images:
        seen = _("Its encoder had learned from them too, so that this says little of new images.")
    finding = widgets.as_text(_finding(card, counts))
    st.markdown(
        f"{joined(recognised, seen)}\n\n{joined(_training(card), finding, _reader(card, reads))}"
    )
    if changes := in_words(card.changes, card.steps):
        st.caption(_("Changed on the way: {changes}.", changes=widgets.as_text(changes)))
    if len(card.classes) <= MOST_CLASSES:
        plotted.show(
            _mistakes(card, counts), key=f"mistakes:{card.name}", config={"displayModeBar": False},
            alt=joined(
                _("Table of the images of each class and what they were taken for."),
                _finding(card, counts),
            ),
        )  # fmt: skip
    if command := card_text.command(card):
        st.caption(_("Train the same classifier on your own computer:"))
        st.code(command, language="bash", wrap_lines=True)


def _training(card: ClassifierCard) -> str:
    """How it was trained, in a sentence."""
    values = {
        "title": widgets.as_text(card.title),
        "labelled": ngettext("{count:,} labelled image", "{count:,} labelled images", card.labels),
        "images": widgets.as_text(card_text.set_title(card)),
        "time": wording.duration(card.seconds),
    }
    if card.scratch:
        return _(
            "{title}: a classifier, trained from scratch with {labelled} of {images} in {time}.",
            **values,
        )
    return _(
        "{title}: a classifier, trained on what this encoder had learned with {labelled} of"
        " {images} in {time}.",
        **values,
    )


def _finding(card: ClassifierCard, counts: torch.Tensor) -> str:
    """The commonest mistake in a sentence."""
    wrong = counts.clone().fill_diagonal_(0)
    if not int(wrong.sum()):
        return _("It made no mistake.")
    row, column = divmod(int(wrong.argmax()), len(counts))
    return _(
        "Its commonest mistake: {label} taken for {other}, {count} of {all:,}.",
        label=card.classes[row],
        other=card.classes[column],
        count=int(wrong[row, column]),
        all=int(counts[row].sum()),
    )


def _mistakes(card: ClassifierCard, counts: torch.Tensor) -> go.Figure:
    """A row for each class and a column for what it was taken for; mistakes are coloured."""
    names = [escape(name[:20]) for name in card.classes]
    wrong = counts.clone().fill_diagonal_(0)
    figure = go.Figure(
        go.Heatmap(
            z=wrong.tolist(), x=names, y=names, text=counts.tolist(), texttemplate="%{text}",
            colorscale=palette.SEQUENTIAL, showscale=False, xgap=1, ygap=1,
            hovertemplate=_("%{text} of class %{y} taken for %{x}") + "<extra></extra>",
        )
    )  # fmt: skip
    figure.update_layout(height=90 + 26 * len(names), margin={"l": 0, "r": 0, "t": 8, "b": 8})
    figure.update_xaxes(title_text=_("taken for"), type="category", constrain="domain")
    figure.update_yaxes(title_text=_("class"), type="category", autorange="reversed")
    return figure

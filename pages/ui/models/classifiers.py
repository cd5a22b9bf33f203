"""The classifiers trained from a checkpoint: accuracy, confusion matrix, the way to train one."""

from __future__ import annotations

from html import escape

import plotly.graph_objects as go
import streamlit as st
import torch

from ae_core import classifiers, palette, wording
from ae_core.checkpoints.cards import Card
from ae_core.classifiers.cards import ClassifierCard
from pages.ui.shared import cached, card_text, classifier, widgets
from pages.ui.state import address
from pages.ui.state.declared import Picked, Train

MOST_CLASSES = 30
"""Most classes of which a confusion matrix can be read."""


def show(card: Card) -> None:
    """Everything about the classifiers that started from this checkpoint, and how to train one."""
    reads = classifier.of_model(card)
    st.markdown("**Classifiers on this encoder**")
    for each in cached.made_classifiers():
        if each.started_from == card.name and each.image_shape == card.image_shape:
            with widgets.shown_errors():
                _show(each, reads)
    images = card.image_set if card.image_set in cached.set_titles() else ""
    asked = Train(what="classifier", encoder=card.name, image_set=images)
    st.page_link(
        "../train.py", label="Train a classifier on this encoder", icon=":material/label:",
        query_params=address.to_query([Picked(card.name), asked]),
        help="Opens Train: the encoder gets a head that names the class of an image.",
    )  # fmt: skip


def _reader(card: ClassifierCard, reads: ClassifierCard | None) -> str:
    """Whether this classifier reads the pictures of the model, or which one does."""
    if reads is None:
        return ""
    if reads.name == card.name:
        return "This one reads the pictures of this model on every page."
    return f"Another one reads the pictures of this model: *{widgets.as_text(reads.title)}*."


def _show(card: ClassifierCard, reads: ClassifierCard | None) -> None:
    counts = classifiers.kept_confusion(card)
    seen = " Its encoder had learned from them too, so that this says little of new images."
    known = "from scratch" if card.scratch else "on what this encoder had learned"
    st.markdown(
        f"**It can read, too: {card.metrics['accuracy']:.2%} of {int(counts.sum()):,} images"
        f" recognised.**{seen if card.encoder_has_seen_test_images else ''}"
        f"\n\n{widgets.as_text(card.title)}: a classifier, trained {known} with"
        f" {card.labels:,} labelled images of {widgets.as_text(card_text.set_title(card))} in"
        f" {wording.duration(card.seconds)}. {widgets.as_text(_finding(card, counts))}"
        f" {_reader(card, reads)}"
    )
    if len(card.classes) <= MOST_CLASSES:
        st.plotly_chart(
            _mistakes(card, counts), key=f"mistakes:{card.name}", config={"displayModeBar": False},
            alt=f"Table of the images of each class and what they were taken for."
            f" {_finding(card, counts)}",
        )  # fmt: skip
    if command := card_text.command(card):
        st.caption("Train the same classifier on your own computer:")
        st.code(command, language="bash", wrap_lines=True)


def _finding(card: ClassifierCard, counts: torch.Tensor) -> str:
    """The commonest mistake in a sentence."""
    wrong = counts.clone().fill_diagonal_(0)
    if not int(wrong.sum()):
        return "It made no mistake."
    row, column = divmod(int(wrong.argmax()), len(counts))
    return (
        f"Its commonest mistake: {card.classes[row]} taken for {card.classes[column]},"
        f" {int(wrong[row, column])} of {int(counts[row].sum()):,}."
    )


def _mistakes(card: ClassifierCard, counts: torch.Tensor) -> go.Figure:
    """A row for each class and a column for what it was taken for; mistakes are coloured."""
    names = [escape(name[:20]) for name in card.classes]
    wrong = counts.clone().fill_diagonal_(0)
    figure = go.Figure(
        go.Heatmap(
            z=wrong.tolist(), x=names, y=names, text=counts.tolist(), texttemplate="%{text}",
            colorscale=palette.SEQUENTIAL, showscale=False, xgap=1, ygap=1,
            hovertemplate="%{text} of class %{y} taken for %{x}<extra></extra>",
        )
    )  # fmt: skip
    figure.update_layout(height=90 + 26 * len(names), margin={"l": 0, "r": 0, "t": 8, "b": 8})
    figure.update_xaxes(title_text="taken for", type="category", constrain="domain")
    figure.update_yaxes(title_text="class", type="category", autorange="reversed")
    return figure

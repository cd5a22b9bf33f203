"""Classifiers trained on few labels, with a pretrained encoder and from scratch."""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st
import torch

from ae_core import palette, wording
from ae_core.analyses import Answer
from ae_core.checkpoints.cards import Card
from ae_core.image_sets import ImageSet
from pages.ui.codes import confusion, data
from pages.ui.drawing import figures
from pages.ui.shared import analysis_results, cached, choosing, widgets
from pages.ui.state.declared import Codes

COUNTS = (10, 100, 1000)
STARTS = ("pretrained", "from scratch")


@st.fragment(key="labels")
def show(card: Card) -> None:
    """Two curves over the number of labels, and the table of mistakes of one of the classifiers."""
    with widgets.shown_errors():
        images = widgets.images_for(card)
        st.subheader("A teacher with few labels", anchor=False)
        st.caption(
            "A small head is put on the encoder and both learn to name the class. Once the encoder"
            " begins with what it learned by drawing digits again, once from nothing."
        )
        least, most = len(images.classes), len(images.train)
        counts = [count for count in COUNTS if least <= count < most]
        few = analysis_results.kept("few_labels", _asked(card, images, counts)) if counts else None
        whole = analysis_results.kept("few_labels", _asked(card, images, [0]))
        if few or whole:
            _draw(card, images, [each for each in (few, whole) if each])
        if counts and not few:
            analysis_results.show(
                "few_labels", _asked(card, images, counts), lambda _: None,
                words=f"Classifiers on {', '.join(f'{count:,}' for count in counts)} labels",
            )  # fmt: skip
        if not whole:
            analysis_results.show(
                "few_labels", _asked(card, images, [0]), lambda _: None, at_once=not counts,
                words=f"Classifiers on all {most:,} labels",
            )  # fmt: skip
        _shipped(card)


def _asked(card: Card, images: ImageSet, labels: list[int]) -> dict[str, object]:
    return data.asked(card, images, labels=labels)


def _draw(card: Card, images: ImageSet, found: list[Answer]) -> None:
    taken = torch.cat([each.tensors["taken"] for each in found]).long()
    counts = [count for each in found for count in each.values["counts"]]
    truth = images.test_labels[: taken.shape[2]]
    right = (taken == truth).float().mean(2)
    figure = go.Figure()
    for column, start in enumerate(STARTS):
        figure.add_scatter(
            x=counts, y=right[:, column].tolist(), name=start, mode="lines+markers+text",
            line={"color": palette.MODELS[column], "dash": ("solid", "dot")[column]},
            text=[f"{value:.1%}" for value in right[:, column].tolist()],
            textposition=("top center", "bottom center")[column],
            hovertemplate=f"%{{x:,}} labels, {start}: %{{y:.2%}}<extra></extra>",
        )  # fmt: skip
    figure.update_xaxes(type="log", title_text="labelled images", tickvals=counts,
                        ticktext=[f"{count:,}" for count in counts])  # fmt: skip
    figure.update_yaxes(title_text="recognised (higher is better)", tickformat=".0%",
                        range=[0, 1.08])  # fmt: skip
    figure.update_layout(legend={"orientation": "h", "y": -0.22})
    gain = right[:, 0] - right[:, 1]
    best = int(gain.abs().argmax())
    finding = (
        f"With {counts[best]:,} labels the pretrained encoder reaches {right[best, 0]:.1%}, one"
        f" from scratch {right[best, 1]:.1%}"
    )
    left, side = st.columns(2)
    with left:
        figures.show(
            figure, finding,
            {"labels": counts, **{s: right[:, i].tolist() for i, s in enumerate(STARTS)}},
            key=f"few-labels-{card.name}", height=400,
            alt=f"Share recognised against the number of labels, for both. {finding}",
        )  # fmt: skip
        st.caption(f"Over {len(truth):,} test images, with one draw of labelled images.")
    with side:
        names = [f"{count:,} labels, {start}" for count in counts for start in STARTS]
        chosen = choosing.class_of(names, Codes, "mistakes", "Mistakes of", len(names) - 2)
        which, start_ = divmod(names.index(chosen), 2)
        confusion.show(card, images, truth, taken[which, start_], chosen)


def _shipped(card: Card) -> None:
    """A classifier that is kept beside the checkpoints and began with this encoder."""
    for each in cached.made_classifiers():
        ours = (each.started_from, each.image_set) == (card.name, card.image_set)
        if ours and each.image_shape == card.image_shape:
            known = "from scratch" if each.scratch else "pretrained"
            st.caption(
                f"Kept with this model: a classifier, {known}, trained with {each.labels:,} labels"
                f" in {wording.duration(each.seconds)}. It recognises"
                f" **{each.metrics['accuracy']:.2%}** of the test images."
            )

"""Classifiers trained on few labels, with a pretrained encoder and from scratch."""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st
import torch

from ae_core import numerals, palette, wording
from ae_core.analyses import Answer
from ae_core.checkpoints.cards import Card
from ae_core.image_sets import ImageSet
from ae_core.texts import N_, _, joined, ngettext
from pages.ui.codes import confusion, data
from pages.ui.drawing import figures
from pages.ui.shared import analysis_results, cached, widgets
from pages.ui.state import current
from pages.ui.state.declared import Codes

COUNTS = (10, 100, 1000)
STARTS = {"pretrained": N_("pretrained"), "from-scratch": N_("from scratch")}


@st.fragment(key="labels")
def show(card: Card) -> None:
    """Two curves over the number of labels, and the mistakes of one of the classifiers.

    None is trained until somebody asks for it.
    """
    with widgets.shown_errors():
        images = widgets.images_for(card)
        st.header(_("A teacher with few labels"), anchor=False)
        st.caption(
            _(
                "A small head is put on the encoder and both learn to name the class. Once the"
                " encoder begins with what it learned by drawing images again, once from nothing."
            )
        )
        least, most = len(images.classes), len(images.train)
        counts = [count for count in COUNTS if least <= count < most]
        few = analysis_results.kept("few_labels", _asked(card, images, counts)) if counts else None
        whole = analysis_results.kept("few_labels", _asked(card, images, [0]))
        if few or whole:
            _draw(card, images, [each for each in (few, whole) if each])
        if counts and not few:
            listed = ", ".join(numerals.written(count, ",") for count in counts)
            analysis_results.show(
                "few_labels", _asked(card, images, counts), lambda __: None, at_once=False,
                words=_("Classifiers on {counts} labels", counts=listed),
            )  # fmt: skip
        if not whole:
            analysis_results.show(
                "few_labels", _asked(card, images, [0]), lambda __: None, at_once=False,
                words=ngettext(
                    "Classifiers on all {count:,} label",
                    "Classifiers on all {count:,} labels",
                    most,
                ),
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
    starts = [_(start) for start in STARTS.values()]
    for column, start in enumerate(starts):
        figure.add_scatter(
            x=counts, y=right[:, column].tolist(), name=start, mode="lines+markers+text",
            line={"color": palette.MODELS[column], "dash": ("solid", "dot")[column]},
            text=[numerals.written(value, ".1%") for value in right[:, column].tolist()],
            textposition=("top center", "bottom center")[column],
            hovertemplate=_(
                "{count} labels, {start}: {share}", count="%{x:,}", start=start, share="%{y:.2%}"
            ) + "<extra></extra>",
        )  # fmt: skip
    figure.update_xaxes(type="log", title_text=_("labelled images"), tickvals=counts,
                        ticktext=[numerals.written(count, ",") for count in counts])  # fmt: skip
    figure.update_yaxes(title_text=_("recognised (higher is better)"), tickformat=".0%",
                        range=[0, 1.08])  # fmt: skip
    figure.update_layout(legend={"orientation": "h", "y": -0.22})
    gain = right[:, 0] - right[:, 1]
    best = int(gain.abs().argmax())
    finding = ngettext(
        "With {count:,} label the pretrained encoder reaches {pretrained:.1%}, one from scratch"
        " {scratch:.1%}",
        "With {count:,} labels the pretrained encoder reaches {pretrained:.1%}, one from scratch"
        " {scratch:.1%}",
        counts[best],
        pretrained=float(right[best, 0]),
        scratch=float(right[best, 1]),
    )
    left, side = st.columns(2)
    with left:
        figures.show(
            figure, finding,
            {_("labels"): counts, **{s: right[:, i].tolist() for i, s in enumerate(starts)}},
            key=f"few-labels-{card.name}", height=400,
            alt=joined(_("Share recognised against the number of labels, for both."), finding),
        )  # fmt: skip
        st.caption(
            ngettext(
                "Over {count:,} test image, with one draw of labelled images.",
                "Over {count:,} test images, with one draw of labelled images.",
                len(truth),
            )
        )
    with side:
        row, column = _chosen(counts)
        name = _name(counts[row], list(STARTS)[column])
        confusion.show(card, images, truth, taken[row, column], name)


def _chosen(counts: list[int]) -> tuple[int, int]:
    """The control for one of the classifiers: the place of its count, and that of its start."""
    names = {f"{count}-{start}": _name(count, start) for count in counts for start in STARTS}
    ids = list(names)
    chosen = current.possible(Codes, "mistakes", ids, ids[-2])
    st.selectbox(
        _("Mistakes of"), ids, format_func=names.__getitem__,
        **current.widget(Codes, "mistakes", chosen, per=tuple(ids), resets=("mistake",)),
    )  # fmt: skip
    return divmod(ids.index(chosen), len(STARTS))


def _name(count: int, start: str) -> str:
    return ngettext(
        "{count:,} label, {start}", "{count:,} labels, {start}", count, start=_(STARTS[start])
    )


def _shipped(card: Card) -> None:
    """A classifier that is kept beside the checkpoints and began with this encoder."""
    for each in cached.made_classifiers():
        ours = (each.started_from, each.image_set) == (card.name, card.image_set)
        if ours and each.image_shape == card.image_shape:
            labels = ngettext("{count:,} label", "{count:,} labels", each.labels)
            kept = (
                _(
                    "Kept with this model: a classifier, from scratch, trained with {labels} in"
                    " {time}.",
                    labels=labels,
                    time=wording.duration(each.seconds),
                )
                if each.scratch
                else _(
                    "Kept with this model: a classifier, pretrained, trained with {labels} in"
                    " {time}.",
                    labels=labels,
                    time=wording.duration(each.seconds),
                )
            )
            recognises = _(
                "It recognises **{share:.2%}** of the test images.", share=each.metrics["accuracy"]
            )
            st.caption(joined(kept, recognises))

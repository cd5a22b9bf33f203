"""Anomalies: how unusual images are to a model, and how many lie beyond a threshold."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import plotly.graph_objects as go
import streamlit as st
import torch

from ae_core import analyses, image_sets, languages, numerals, palette
from ae_core.analyses import Answer
from ae_core.analyses.anomaly_scores import pixels
from ae_core.checkpoints.cards import Card
from ae_core.evaluation import anomalies
from ae_core.image_sets import ImageSet
from ae_core.texts import _, joined, ngettext
from pages.ui.codes import scored as new_scores
from pages.ui.codes.scored import Scored
from pages.ui.drawing import figures, views, wrapped_rows
from pages.ui.shared import analysis_results, cached, widgets
from pages.ui.state import current
from pages.ui.state.declared import Anomalies

LISTED = 24
BINS = 40

FEW = 20
"""Test images beyond the threshold below which the share of false alarms is rough."""


@st.fragment(key="anomalies")
def show(card: Card) -> None:
    """Which images, which score, and where the threshold lies; what is beyond it."""
    with widgets.shown_errors():
        images = widgets.images_for(card)
        way = widgets.one_of(_("Look at"), Anomalies, "looked_at")
        looked_at, part = images, "test"
        if way == "training-images":
            part = "train"
        if way == "another-set":
            part, other = "both", _other(images)
            if other is None:
                st.info(_("There is no other set with images of this size here."))
                return
            looked_at = other
        asked = {
            "model": analyses.of(card), "images": images.key.to_dict(),
            "looked_at": looked_at.key.to_dict(), "part": part,
        }  # fmt: skip

        def draw(answer: Answer) -> None:
            if way == "new-pictures":
                scored = new_scores.scored(card, images, answer.tensors["known"])
            else:
                scored = _of_set(card, looked_at, part, answer)
                if (count := answer.values["count"]) > len(answer.tensors["number"]):
                    some = len(answer.tensors["number"])
                    st.caption(
                        _("{some:,} of {count:,} images, evenly spread.", some=some, count=count)
                    )
            if scored is not None:
                _draw(card, images, scored, answer)

        analysis_results.show("anomaly_scores", asked, draw, words=_("How unusual the images are"))


def _other(images: ImageSet) -> ImageSet | None:
    """The control for another set with images of the same shape, and that set."""
    titles = {
        name: title for name, title in cached.set_titles().items()
        if name != images.name and cached.image_shape(name) == images.image_shape
    }  # fmt: skip
    if not titles:
        return None
    name = current.possible(Anomalies, "other", list(titles), next(iter(titles)))
    st.selectbox(
        _("Image set"), list(titles), format_func=titles.__getitem__,
        **current.widget(Anomalies, "other", name, per=tuple(titles)),
    )  # fmt: skip
    return cached.image_set(name)


def _of_set(card: Card, images: ImageSet, part: str, answer: Answer) -> Scored:
    """The images of a set with their scores."""
    if part == "train":
        images = image_sets.select(
            images.name, part=card.part, hold_out=card.hold_out, classes=card.only_classes
        )
    labels, first = torch.cat([images.train_labels, images.test_labels]), len(images.train)
    numbers = answer.tensors["number"]

    def name(row: int) -> str:
        number = int(numbers[row])
        if number < first:
            return _("training image {number}", number=number)
        return _("test image {number}", number=number - first)

    return Scored(
        {"error": answer.tensors["error"], "distance": answer.tensors["distance"]},
        lambda rows: pixels(images, numbers[rows]),
        name,
        lambda row: images.classes[int(labels[numbers[row]])],
    )


def _draw(card: Card, images: ImageSet, scored: Scored, answer: Answer) -> None:
    left, right = st.columns(2, vertical_alignment="bottom")
    with left:
        kind = widgets.one_of(_("Unusual by"), Anomalies, "score")
    share = float(current.of(Anomalies).threshold)
    right.slider(
        _("Threshold: share of the test images below it"), 0.5, 0.999, step=0.001, format="percent",
        **current.widget(Anomalies, "threshold"),
    )  # fmt: skip
    normal, found = answer.tensors[f"normal_{kind}"], scored.scores[kind]
    limit = anomalies.threshold(normal, share)
    beyond = int((found > limit).sum())
    finding = ngettext(
        "{beyond:,} of {count:,} image lies beyond the threshold",
        "{beyond:,} of {count:,} images lie beyond the threshold ({part:.1%})",
        len(found), beyond=beyond, part=beyond / len(found),
    )  # fmt: skip
    chart, words = st.columns([3, 2], vertical_alignment="center")
    with chart:
        _histogram(normal, found, limit, finding, kind)
    with words:
        st.caption(_false_alarms(card, images, normal, share, limit))
        st.caption(_meaning(kind))
        st.download_button(
            _("Names and scores (CSV)"),
            languages.kept_for(partial(_table, scored, limit, kind)),
            file_name="anomalies.csv", mime="text/csv", icon=":material/download:",
            on_click="ignore",
        )  # fmt: skip
    _list(scored, found, limit)


def _false_alarms(
    card: Card, images: ImageSet, normal: torch.Tensor, share: float, limit: float
) -> str:
    """What the threshold means for images like those that the model learned from."""
    beyond = int((normal > limit).sum())
    by_construction = ngettext(
        "By construction {beyond:,} of {count:,} test image of {images} lies beyond it"
        " ({part:.1%}): that many false alarms, as these are what the model is meant for.",
        "By construction {beyond:,} of {count:,} test images of {images} lie beyond it"
        " ({part:.1%}): that many false alarms, as these are what the model is meant for.",
        len(normal), beyond=beyond, part=beyond / len(normal),
        images=widgets.as_text(images.shown_title),
    )  # fmt: skip
    counted = _(
        "With the threshold set on one half of them and counted on the other, it is {part:.1%}.",
        part=anomalies.false_alarms(normal, share) if len(normal) > 1 else 0.0,
    )
    rough = _("So few say little of how many false alarms to expect.") if beyond < FEW else ""
    seen = ""
    if card.has_seen_test_images:
        seen = _("The model has learned from them, too: expect more of new images.")
    return joined(by_construction, counted, rough, seen)


def _meaning(kind: str) -> str:
    if kind == "error":
        return _(
            "The error is the MSE of the reconstruction: large where the model cannot draw what it"
            " sees. Plain images, almost empty ones, have small errors whatever they show."
        )
    return _(
        "The distance is that from an image's code to the fifth nearest code of a training image:"
        " large where the encoder has put nothing like it. What it has not learned to tell apart"
        " may still land among them."
    )


def _histogram(
    normal: torch.Tensor, found: torch.Tensor, limit: float, finding: str, kind: str
) -> None:
    """How many of the images looked at have which score, over the test images, and the limit."""
    every = torch.cat([normal, found])
    low, high = 0.0, float(every.quantile(0.999)) * 1.05
    high = max(high, limit * 1.1, 1e-9)
    edges = torch.linspace(low, high, BINS + 1)
    middle = ((edges[1:] + edges[:-1]) / 2).tolist()
    figure, table = go.Figure(), {str(_("score")): middle}
    shown = [(normal, _("test images"), palette.REFERENCE)]
    if not torch.equal(normal, found):
        shown.append((found, _("looked at"), palette.BLUE))
    for scores, name, colour in shown:
        clamped = scores.clamp(low, high)  # what lies farther out stands in the last bar
        shares = (torch.histogram(clamped, edges).hist / len(scores)).tolist()
        table[str(name)] = shares
        figure.add_bar(
            x=middle, y=shares, name=name, marker={"color": colour}, opacity=0.65,
            hovertemplate="%{x:.4g}: %{y:.1%}<extra></extra>",
        )  # fmt: skip
    figure.add_vline(
        limit, line={"dash": "dash", "width": 2, "color": palette.LIMIT},
        annotation={"text": _("threshold {limit:.4g}", limit=limit), "yref": "paper", "y": 1},
    )  # fmt: skip
    figure.update_layout(barmode="overlay", bargap=0, legend=figures.LEGEND, showlegend=True)
    axis = _("MSE of an image") if kind == "error" else _("distance in code")
    figure.update_xaxes(title_text=axis)
    figure.update_yaxes(title_text=_("share of the images"), tickformat=".0%")
    figures.show(
        figure, finding, table, key=f"anomalies-{kind}",
        alt=_("Histogram of the scores, with the threshold at {limit:.4g}. {finding}.",
              limit=limit, finding=finding),
    )  # fmt: skip


def _list(scored: Scored, found: torch.Tensor, limit: float) -> None:
    """The most unusual images, the worst one first."""
    rows = found.topk(min(LISTED, len(found))).indices
    names: Sequence[str] = [
        _("{label}, {name}", label=scored.label(row), name=scored.name(row))
        if scored.label(row) else scored.name(row)
        for row in rows.tolist()
    ]  # fmt: skip
    st.markdown(_("**The most unusual ones**"))
    captions = [
        " · ".join(filter(None, (scored.label(row)[:12], numerals.written(found[row], ".3g"))))
        + " ▲" * bool(found[row] > limit)
        for row in rows.tolist()
    ]
    wrapped_rows.tiles(
        views.digits(scored.pixels(rows).float().div(255)), names, captions, per_row=12
    )
    st.caption(_("▲ beyond the threshold."))


def _table(scored: Scored, limit: float, kind: str) -> str:
    """Every image with its name, its class and its scores, the most unusual first, as CSV."""
    found = scored.scores[kind]
    order = found.argsort(descending=True).tolist()
    return figures.csv_of(
        {
            _("name"): [str(scored.name(row)) for row in order],
            _("class"): [scored.label(row) for row in order],
            _("error (MSE)"): [float(scored.scores["error"][row]) for row in order],
            _("distance in code"): [float(scored.scores["distance"][row]) for row in order],
            _("beyond the threshold"): [int(found[row] > limit) for row in order],
        }
    )

"""Few images learned by heart, and what helps: the same run with each remedy."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import streamlit as st

from ae_core import palette, wording
from ae_core.analyses import Answer
from ae_core.analyses.overfitting import MORE_IMAGES, REMEDIES, SHOWN
from ae_core.image_sets import ImageSet
from pages.ui.drawing import pictures, views
from pages.ui.drawing.pictures import Row
from pages.ui.shared import analysis_results, widgets
from pages.ui.state import current
from pages.ui.state.declared import Train
from pages.ui.train import controls, error_curves
from pages.ui.train.error_curves import Line

KIND = "overfitting"
NONE, *OTHERS = REMEDIES
COUNTS = (100, 500, 2000)
LEVEL = 0.02
"""Errors that differ by less than this share count as equal."""


@st.fragment
def show() -> None:
    """The choice of remedies; the curves of those that are trained, the progress of the others."""
    with widgets.shown_errors():
        left, right = st.columns([1, 2], vertical_alignment="bottom")
        with left:
            images = controls.image_set()
        with right:
            count = _count(len(images.train))
        chosen = list(current.of(Train).remedies)
        st.pills(
            "Remedies", OTHERS, selection_mode="multi", format_func=widgets.label_of,
            **current.widget(Train, "remedies"),
        )  # fmt: skip
        if len(images.train) <= count and MORE_IMAGES in chosen:
            st.caption("All training images are learned from already: there are no more.")
            chosen.remove(MORE_IMAGES)
        asked = {
            remedy: {"images": images.key.to_dict(), "count": count, "remedy": remedy}
            for remedy in (NONE, *(each for each in OTHERS if each in chosen))
        }
        found = {
            remedy: answer
            for remedy, question in asked.items()
            if (answer := analysis_results.kept(KIND, question))
        }
        if NONE in found:
            _draw(images, found)
        else:
            st.caption("First the run without a remedy, to compare with; then the chosen ones.")
        # Of one person the latest question is answered first: the run to compare with.
        for remedy, question in reversed(asked.items()):
            if remedy not in found:
                words = "Without a remedy" if remedy == NONE else _name(remedy).capitalize()
                analysis_results.show(KIND, question, partial(_again), words=words)


def _count(most: int) -> int:
    """The control for how many of so many images to learn from."""
    counts = [count for count in COUNTS if count < most] or [most]
    shown = current.possible(Train, "few", counts, counts[0])
    st.segmented_control(
        "Images to learn from", counts, required=True, format_func="{:,}".format,
        **current.widget(Train, "few", shown, per=tuple(counts)),
    )  # fmt: skip
    return int(shown)


def _again(_: Answer) -> None:
    st.rerun()


def _draw(images: ImageSet, found: Mapping[str, Answer]) -> None:
    lines = [
        Line(
            _name(remedy),
            kind,
            _colour(remedy),
            answer.tensors["steps"],
            answer.tensors[part],
            dash,
        )
        for remedy, answer in found.items()
        for kind, part, dash in (("test", "test", "solid"), ("training", "train", "dot"))
    ]
    error_curves.show(
        lines, finding(found), key="overfitting",
        alt=f"Errors on training and test images while {wording.counted(len(found), 'model')}"
        f" learned. {finding(found)}",
    )  # fmt: skip
    images_then = found[MORE_IMAGES].values["count"] if MORE_IMAGES in found else 0
    more = f" *More images* are {images_then:,}." if images_then else ""
    st.caption(
        "Solid: test images; dotted: images that were learned from. Where the dotted line falls and"
        " the solid one does not, a model learns by heart. The errors are means over"
        f" {found[NONE].values['measured']:,} images of each kind, or all there are. But for the"
        f" remedy all runs are of the same network, optimiser and number of steps.{more} *At best*"
        " is the smallest test error on the way: stopping there is one more remedy."
    )
    st.markdown(
        "| | training error | test error | ratio | at best |\n|---|---:|---:|---:|---:|\n"
        + "\n".join(_line(remedy, answer) for remedy, answer in found.items())
    )
    x = views.digits(images.test[:SHOWN].float().div(255))
    classes = [f"test image {number}" for number in range(len(x))]
    pictures.strip(
        [Row("Test image", x, classes)]
        + [
            Row(_name(remedy), views.digits(answer.tensors["drawn"].float().div(255)),
                [f"{each}, {_name(remedy)}" for each in classes])
            for remedy, answer in found.items()
        ]
    )  # fmt: skip


def _colour(remedy: str) -> str:
    return palette.REFERENCE if remedy == NONE else palette.MODELS[OTHERS.index(remedy)]


def _name(remedy: str) -> str:
    return "no remedy" if remedy == NONE else widgets.label_of(remedy)


def _line(remedy: str, answer: Answer) -> str:
    learned, tested = (float(answer.tensors[kind][-1]) for kind in ("train", "test"))
    least, place = answer.tensors["test"].min(0)
    step = int(answer.tensors["steps"][place])
    return (
        f"| {_name(remedy)} | {learned:.4f} | {tested:.4f} | {tested / learned:.2f} |"
        f" {least:.4f}, step {step:,} |"
    )


def finding(found: Mapping[str, Answer]) -> str:
    """How much the run without a remedy learned by heart, and which remedy helps most."""
    last = {remedy: float(answer.tensors["test"][-1]) for remedy, answer in found.items()}
    plain = found[NONE]
    ratio = last[NONE] / float(plain.tensors["train"][-1])
    said = (
        f"Learned from {plain.values['count']:,} images without a remedy, the error on test images"
        f" is {wording.times(ratio)} that on training images"
    )
    change = {remedy: error / last[NONE] - 1 for remedy, error in last.items() if remedy != NONE}
    if not change:
        return said
    best, worst = min(change, key=change.__getitem__), max(change, key=change.__getitem__)
    helps = f"with {_name(best)} it is {-change[best]:.0%} smaller" if change[best] < -LEVEL else (
        "none of these remedies makes it smaller"
    )  # fmt: skip
    harm = f", with {_name(worst)} {change[worst]:.0%} larger" if change[worst] > LEVEL else ""
    return f"{said}; {helps}{harm}"

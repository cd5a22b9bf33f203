"""Trainings that go wrong in known ways: the symptom, and the cure, measured."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from ae_core import numerals, palette
from ae_core.analyses import Answer
from ae_core.texts import N_, _, joined, ngettext
from pages.ui.drawing import pictures, views
from pages.ui.drawing.pictures import Row
from pages.ui.shared import analysis_results, widgets
from pages.ui.state.declared import Train
from pages.ui.train import controls, error_curves
from pages.ui.train.error_curves import Line

KIND = "broken_run"
SIDES = {"shown": N_("Test image"), "broken": N_("Broken"), "fixed": N_("Fixed")}
IN_A_SENTENCE = {"shown": N_("test image"), "broken": N_("broken"), "fixed": N_("fixed")}
COLOURS = {"broken": palette.RED, "fixed": palette.BLUE}


@dataclass(frozen=True)
class Words:
    """What is done; why it goes wrong; and a sentence of the figure of the broken model, that of
    the fixed one, and the answer's values."""

    done: str
    why: str
    symptom: Callable[[float, float, Mapping[str, Any]], str]


def _error(value: float) -> str:
    return "NaN" if math.isnan(value) else numerals.written(value, ".3f")


def _errors(broken: float, fixed: float, _values: Mapping[str, Any]) -> str:
    return _(
        "The error on test images is {broken}; fixed, {fixed}.",
        broken=_error(broken), fixed=_error(fixed),
    )  # fmt: skip


WORDS = {
    "posterior-collapse": Words(
        N_(
            "A variational autoencoder with 8 numbers learns with a weight of 50 on the pull"
            " towards its prior; the fixed one with 1."
        ),
        N_(
            "Where the pull costs more than a number can save, the best code says nothing: the"
            " decoder draws the mean image, whatever the image. **Cure:** a smaller weight, or one"
            " that grows from zero while the model learns."
        ),
        lambda broken, fixed, __: ngettext(
            "{count} number of 8 says something of the image; fixed, {fixed}.",
            "{count} numbers of 8 say something of the image; fixed, {fixed}.",
            int(broken), fixed=int(fixed),
        ),
    ),
    "dead-relus": Words(
        N_("A network whose code is 49 ReLUs learns with steps of 0.05; the fixed one of 0.001."),
        N_(
            "One step too long puts a ReLU where every image gives it a negative number: its output"
            " is 0, its gradient is 0, and training no longer moves it. **Cure:** smaller steps, or"
            " an activation with a slope on both sides, as SiLU."
        ),
        lambda broken, fixed, values: ngettext(
            "{count} of 49 numbers is 0 for each of {measured:,} test images; fixed, {fixed}.",
            "{count} of 49 numbers are 0 for each of {measured:,} test images; fixed, {fixed}.",
            int(broken), fixed=int(fixed), measured=values["measured"],
        ),
    ),
    "rate-too-high": Words(
        N_("A network learns with steps of 0.3; the fixed one of 0.001."),
        N_(
            "Each step jumps over the valley that it should go down into, and the loss stays where"
            " it is, leaps or becomes NaN. **Cure:** a tenth of the rate, and again, until the"
            " curve falls; clipping the gradients helps, too."
        ),
        _errors,
    ),
    "another-scale": Words(
        N_(
            "A network learned from images in [0, 1], and is shown images in [-1, 1]; fixed, it is"
            " shown what it learned from."
        ),
        N_(
            "Nothing fails, and no line of the training is wrong: the codes lie somewhere else, and"
            " what is drawn is not what was shown. **Cure:** one function that prepares images,"
            " used for training and afterwards."
        ),
        _errors,
    ),
    "one-class-only": Words(
        N_("A network learns from the images of one class alone; the fixed one from all."),
        N_(
            "It draws everything with the strokes it knows: its loss is small, and says nothing of"
            " other images. **Cure:** training images of all that it will meet, and test images of"
            " each class."
        ),
        lambda broken, fixed, values: _(
            "Learned from {only} alone, the error on test images of other classes is {broken};"
            " fixed, {fixed}.",
            only=values["only"], broken=_error(broken), fixed=_error(fixed),
        ),
    ),
}  # fmt: skip


@st.fragment
def show() -> None:
    """The choice of what to break; both runs, once they are trained."""
    with widgets.shown_errors():
        left, right = st.columns([1, 3], vertical_alignment="bottom")
        with left:
            images = controls.image_set()
        with right:
            fault = widgets.one_of(_("What to break"), Train, "fault")
        st.markdown(_(WORDS[fault].done))
        classes = [images.classes[int(label)] for label in images.test_labels.unique()]
        analysis_results.show(
            KIND, {"images": images.key.to_dict(), "fault": fault},
            partial(_draw, fault, classes), words=_("Both runs, 1,000 steps each"),
        )  # fmt: skip


def _draw(fault: str, classes: Sequence[str], answer: Answer) -> None:
    said = widgets.as_text(finding(fault, answer))
    st.markdown(joined(f"**{said}**", _(WORDS[fault].why)))
    x = answer.tensors["shown"]
    names = [
        _("a {name}", name=classes[place]) if place < len(classes)
        else _("test image {number}", number=place)
        for place in range(len(x))
    ]  # fmt: skip
    with st.container(key="broken-pictures"):
        pictures.strip(
            [
                Row(_(label), views.digits(answer.tensors[side].float().div(255)),
                    [f"{name}, {_(IN_A_SENTENCE[side])}" for name in names])
                for side, label in SIDES.items()
            ]
        )  # fmt: skip
    lines = [
        Line(_(IN_A_SENTENCE[side]), "training", colour, answer.tensors[f"{side}_steps"],
             answer.tensors[f"{side}_error"])
        for side, colour in COLOURS.items()
    ]  # fmt: skip
    error_curves.show(
        lines, _("Errors on training images while both learned"), key="broken-run",
        alt=_("Errors on training images of the broken run and of the fixed one, against steps."),
    )  # fmt: skip


def finding(fault: str, answer: Answer) -> str:
    """The symptom in figures, a sentence."""
    symptom = answer.values["symptom"]
    return WORDS[fault].symptom(symptom["broken"], symptom["fixed"], answer.values)

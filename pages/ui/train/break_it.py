"""Trainings that go wrong in known ways: the symptom, and the cure, measured."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from ae_core import palette
from ae_core.analyses import Answer
from ae_core.wording import counted
from pages.ui.drawing import pictures, views
from pages.ui.drawing.pictures import Row
from pages.ui.shared import analysis_results, widgets
from pages.ui.state.declared import Train
from pages.ui.train import controls, error_curves
from pages.ui.train.error_curves import Line

KIND = "broken_run"
SIDES = {"shown": "Test image", "broken": "Broken", "fixed": "Fixed"}
COLOURS = {"broken": palette.RED, "fixed": palette.BLUE}


@dataclass(frozen=True)
class Words:
    """What is done; why it goes wrong; and a sentence of the figure of the broken model, that of
    the fixed one, and the answer's values."""

    done: str
    why: str
    symptom: Callable[[float, float, Mapping[str, Any]], str]


def _error(value: float) -> str:
    return "NaN" if math.isnan(value) else f"{value:.3f}"


WORDS = {
    "posterior-collapse": Words(
        "A variational autoencoder with 8 numbers learns with a weight of 50 on the pull towards"
        " its prior; the fixed one with 1.",
        "Where the pull costs more than a number can save, the best code says nothing: the decoder"
        " draws the mean image, whatever the image. **Cure:** a smaller weight, or one that grows"
        " from zero while the model learns.",
        lambda broken, fixed, _: (
            f"{counted(int(broken), 'number')} of 8 say something of the image; fixed, {int(fixed)}"
        ),
    ),
    "dead-relus": Words(
        "A network whose code is 49 ReLUs learns with steps of 0.05; the fixed one of 0.001.",
        "One step too long puts a ReLU where every image gives it a negative number: its output is"
        " 0, its gradient is 0, and training no longer moves it. **Cure:** smaller steps, or an"
        " activation with a slope on both sides, as SiLU.",
        lambda broken, fixed, values: (
            f"{int(broken)} of 49 numbers are 0 for each of {values['measured']:,} test images;"
            f" fixed, {int(fixed)}"
        ),
    ),
    "rate-too-high": Words(
        "A network learns with steps of 0.3; the fixed one of 0.001.",
        "Each step jumps over the valley that it should go down into, and the loss stays where it"
        " is, leaps or becomes NaN. **Cure:** a tenth of the rate, and again, until the curve"
        " falls; clipping the gradients helps, too.",
        lambda broken, fixed, _: (
            f"The error on test images is {_error(broken)}; fixed, {_error(fixed)}"
        ),
    ),
    "another-scale": Words(
        "A network learned from images in [0, 1], and is shown images in [-1, 1]; fixed, it is"
        " shown what it learned from.",
        "Nothing fails, and no line of the training is wrong: the codes lie somewhere else, and"
        " what is drawn is not what was shown. **Cure:** one function that prepares images, used"
        " for training and afterwards.",
        lambda broken, fixed, _: (
            f"The error on test images is {_error(broken)}; fixed, {_error(fixed)}"
        ),
    ),
    "one-class-only": Words(
        "A network learns from the images of one class alone; the fixed one from all.",
        "It draws everything with the strokes it knows: its loss is small, and says nothing of"
        " other images. **Cure:** training images of all that it will meet, and test images of"
        " each class.",
        lambda broken, fixed, values: (
            f"Learned from {values['only']} alone, the error on test images of other classes is"
            f" {_error(broken)}; fixed, {_error(fixed)}"
        ),
    ),
}


@st.fragment
def show() -> None:
    """The choice of what to break; both runs, once they are trained."""
    with widgets.shown_errors():
        left, right = st.columns([1, 3], vertical_alignment="bottom")
        with left:
            images = controls.image_set()
        with right:
            fault = widgets.one_of("What to break", Train, "fault")
        st.markdown(WORDS[fault].done)
        classes = [images.classes[int(label)] for label in images.test_labels.unique()]
        analysis_results.show(
            KIND, {"images": images.key.to_dict(), "fault": fault},
            partial(_draw, fault, classes), words="Both runs, 1,000 steps each",
        )  # fmt: skip


def _draw(fault: str, classes: Sequence[str], answer: Answer) -> None:
    said = finding(fault, answer)
    st.markdown(f"**{widgets.as_text(said)}.** {WORDS[fault].why}")
    x = answer.tensors["shown"]
    names = [
        f"a {classes[place]}" if place < len(classes) else f"test image {place}"
        for place in range(len(x))
    ]
    pictures.strip(
        [
            Row(label, views.digits(answer.tensors[side].float().div(255)),
                [f"{name}, {label.lower()}" for name in names])
            for side, label in SIDES.items()
        ]
    )  # fmt: skip
    lines = [
        Line(SIDES[side].lower(), "training", colour, answer.tensors[f"{side}_steps"],
             answer.tensors[f"{side}_error"])
        for side, colour in COLOURS.items()
    ]  # fmt: skip
    error_curves.show(
        lines, "Errors on training images while both learned", key="broken-run",
        alt="Errors on training images of the broken run and of the fixed one, against steps.",
    )  # fmt: skip


def finding(fault: str, answer: Answer) -> str:
    """The symptom in figures."""
    symptom = answer.values["symptom"]
    return WORDS[fault].symptom(symptom["broken"], symptom["fixed"], answer.values)

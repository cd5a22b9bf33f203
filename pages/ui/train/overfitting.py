"""Few images learned by heart, and what helps: the same run with each remedy."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from ae_core import numerals, palette, wording
from ae_core.analyses import Answer
from ae_core.analyses.overfitting import MORE_IMAGES, REMEDIES, SHOWN
from ae_core.image_sets import ImageSet
from ae_core.texts import _, joined, ngettext
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
            _("Remedies"), OTHERS, selection_mode="multi", format_func=widgets.label_of,
            **current.widget(Train, "remedies"),
        )  # fmt: skip
        if len(images.train) <= count and MORE_IMAGES in chosen:
            st.caption(_("All training images are learned from already: there are no more."))
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
            with st.container(key="learned-by-heart"):
                _draw(images, found)
        else:
            st.caption(_("First the run without a remedy, to compare with; then the chosen ones."))
        # Of one person the latest question is answered first: the run to compare with.
        for remedy, question in reversed(asked.items()):
            if remedy not in found:
                name = _name(remedy)
                words = _("Without a remedy") if remedy == NONE else name[:1].upper() + name[1:]
                analysis_results.show(KIND, question, _again, words=words)


def _count(most: int) -> int:
    """The control for how many of so many images to learn from."""
    counts = [count for count in COUNTS if count < most] or [most]
    shown = current.possible(Train, "few", counts, counts[0])
    st.segmented_control(
        _("Images to learn from"), counts, required=True, format_func="{:,}".format,
        **current.widget(Train, "few", shown, per=tuple(counts)),
    )  # fmt: skip
    return int(shown)


def _again(__: Answer) -> None:
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
    said = ngettext(
        "Errors on training and test images while {count} model learned.",
        "Errors on training and test images while {count} models learned.",
        len(found),
    )
    error_curves.show(lines, finding(found), key="overfitting", alt=joined(said, finding(found)))
    st.caption(_explanation(found))
    columns = " | ".join(
        [_("remedy"), _("training error"), _("test error"), _("ratio"), _("at best")]
    )
    st.markdown(
        f"| {columns} |\n|---|---:|---:|---:|---:|\n"
        + "\n".join(_line(remedy, answer) for remedy, answer in found.items())
    )
    x = views.digits(images.test[:SHOWN].float().div(255))
    names = [_("test image {number}", number=number) for number in range(len(x))]
    pictures.strip(
        [Row(_("Test image"), x, names)]
        + [
            Row(_name(remedy), views.digits(answer.tensors["drawn"].float().div(255)),
                [f"{each}, {_name(remedy)}" for each in names])
            for remedy, answer in found.items()
        ]
    )  # fmt: skip


def _explanation(found: Mapping[str, Answer]) -> str:
    """What the curves and the columns of the table are."""
    more = found[MORE_IMAGES].values["count"] if MORE_IMAGES in found else 0
    return joined(
        _(
            "Solid: test images; dotted: images that were learned from. Where the dotted line falls"
            " and the solid one does not, a model learns by heart."
        ),
        ngettext(
            "The errors are means over {count:,} image of each kind, or all there are.",
            "The errors are means over {count:,} images of each kind, or all there are.",
            found[NONE].values["measured"],
        ),
        _("But for the remedy all runs are of the same network, optimiser and number of steps."),
        _("*More images* are {count:,}.", count=more) if more else "",
        _("*At best* is the smallest test error on the way: stopping there is one more remedy."),
    )


def _colour(remedy: str) -> str:
    return palette.REFERENCE if remedy == NONE else palette.MODELS[OTHERS.index(remedy)]


def _name(remedy: str) -> str:
    return _("no remedy") if remedy == NONE else widgets.label_of(remedy)


def _line(remedy: str, answer: Answer) -> str:
    learned, tested = (float(answer.tensors[kind][-1]) for kind in ("train", "test"))
    least, place = answer.tensors["test"].min(0)
    step = int(answer.tensors["steps"][place])
    best = _("{error:.4f}, step {step:,}", error=float(least), step=step)
    ratio = numerals.written(tested / learned, ".2f")
    errors = (numerals.written(error, ".4f") for error in (learned, tested))
    return f"| {' | '.join((_name(remedy), *errors, ratio, best))} |"


def finding(found: Mapping[str, Answer]) -> str:
    """How much the run without a remedy learned by heart, and which remedy helps most."""
    last = {remedy: float(answer.tensors["test"][-1]) for remedy, answer in found.items()}
    plain = found[NONE]
    ratio = last[NONE] / float(plain.tensors["train"][-1])
    said = ngettext(
        "Learned from {count:,} image without a remedy, the error on test images is {times} that"
        " on training images",
        "Learned from {count:,} images without a remedy, the error on test images is {times} that"
        " on training images",
        plain.values["count"], times=wording.times(ratio),
    )  # fmt: skip
    change = {remedy: error / last[NONE] - 1 for remedy, error in last.items() if remedy != NONE}
    if not change:
        return said
    best, worst = min(change, key=change.__getitem__), max(change, key=change.__getitem__)
    helps, harms = change[best] < -LEVEL, change[worst] > LEVEL
    smaller, larger = numerals.written(-change[best], ".0%"), numerals.written(change[worst], ".0%")
    if helps and harms:
        effect = _(
            "with {best} it is {smaller} smaller, with {worst} {larger} larger",
            best=_name(best), smaller=smaller, worst=_name(worst), larger=larger,
        )  # fmt: skip
    elif helps:
        effect = _("with {best} it is {smaller} smaller", best=_name(best), smaller=smaller)
    elif harms:
        effect = _(
            "none of these remedies makes it smaller, with {worst} {larger} larger",
            worst=_name(worst), larger=larger,
        )  # fmt: skip
    else:
        effect = _("none of these remedies makes it smaller")
    return _("{said}; {effect}", said=said, effect=effect)

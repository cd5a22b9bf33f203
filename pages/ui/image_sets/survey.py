"""What is in an upload, shown before anything is saved."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from ae_core import numerals, wording
from ae_core.accounts.limits import Limits
from ae_core.image_sets import saving
from ae_core.images.form import Form, formed
from ae_core.texts import N_, _, ngettext
from ae_core.uploads.collection import PictureCollection, Survey
from ae_core.uploads.overview import Overview
from ae_core.uploads.separate.bundle import Bundle
from pages.ui.drawing import pictures
from pages.ui.drawing.pictures import Row
from pages.ui.shared import card_text

MOST_LISTED = 200
MOST_CLASSES = 12
MOST_TWINS = 8
PREVIEWED = 24


@dataclass(frozen=True)
class UploadDraft:
    """The pictures read from an upload, how they were read, and the proposed title of the set."""

    files: Bundle
    overview: Overview
    allowed: Limits
    has_header: bool | None
    collection: PictureCollection
    survey: Survey
    title: str


def show_survey(survey: Survey) -> None:
    """What was found in the files."""
    st.html(f'<div class="ae-found">{card_text.table(_in_words(survey))}</div>')
    if survey.refused_count:
        with st.expander(
            _("{count:,} could not be used: which, and why", count=survey.refused_count)
        ):
            lines = [f"<dt>{escape(name)}</dt><dd>{escape(reason)}</dd>"
                     for name, reason in survey.refused[:MOST_LISTED]]  # fmt: skip
            more = survey.refused_count - len(lines)
            rest = _("and {count:,} more", count=more)
            lines += [f"<dt>{escape(rest)}</dt>"] * (more > 0)
            st.html(f'<dl class="ae-refused">{"".join(lines)}</dl>')
    if set(survey.classes) == {""}:
        st.caption(
            _(
                "No labels: all are one class, “image”. For classes, put the pictures into one"
                " folder a class and zip the folders, or give a table a column `label`."
            )
        )
    else:
        st.html(_balance(survey.classes))


def show_twins(draft: UploadDraft) -> None:
    """Pictures that look like an earlier one, below it."""
    some = draft.survey.twins[:MOST_TWINS]
    if not some:
        return
    with st.expander(_("{count:,} look like another one", count=len(draft.survey.twins))):
        form = Form(size=64, colour=True, fit="pad")
        rows = []
        for label, place in ((_("Picture"), 0), (_("Looks like it"), 1)):
            shown = [_shown(draft, pair[place], form) for pair in some]
            names = [draft.collection.names[pair[place]] for pair in some]
            rows.append(Row(label, shown, names))
        pictures.strip(rows)


def preview(draft: UploadDraft, form: Form) -> None:
    """Some of the pictures, of every class, in the chosen format."""
    some = _some_of_each(draft)
    names = list(draft.survey.classes)
    labels = draft.collection.labels
    tiles = "".join(
        pictures.img(
            _shown(draft, index, form), names[labels[index]] or draft.collection.names[index]
        )
        for index in some
    )
    st.html(f'<div class="ae-tiles" style="--tile:{form.size}px">{tiles}</div>')


def spread(labels: NDArray[Any], count: int) -> list[int]:
    """The places of `count` labels, as evenly spread over the classes as possible, in order."""
    turn = np.zeros(len(labels), np.int64)
    for label in np.unique(labels):
        mine = np.flatnonzero(labels == label)
        turn[mine] = np.arange(len(mine))
    some = np.lexsort((labels, turn))[:count]
    return [int(place) for place in some[np.argsort(labels[some], kind="stable")]]


def drawn(image: pictures.Picture) -> pictures.Picture:
    """An image of a set, (c, h, w), as the page draws it: (h, w) or (h, w, 3)."""
    return image[0] if len(image) == 1 else image.transpose(1, 2, 0)


def _in_words(survey: Survey) -> list[card_text.Row]:
    """The survey in words."""
    sizes = _("all {size}", size=wording.shape(survey.usual))
    if survey.smallest != survey.largest:
        sizes = _(
            "from {smallest} to {largest}, most often {usual}",
            smallest=wording.shape(survey.smallest),
            largest=wording.shape(survey.largest),
            usual=wording.shape(survey.usual),
        )
    in_colour = _share(
        survey.colourful, survey.count, N_("all in colour"), N_("all grey"),
        N_("{some:,} in colour, {others:,} grey"),
    )  # fmt: skip
    on_light = _share(
        survey.inverted, survey.count, N_("all dark on light"), N_("all light on dark"),
        N_("{some:,} dark on light, {others:,} light on dark"),
    )  # fmt: skip
    found: list[card_text.Row] = [
        (_("Pictures"), numerals.written(survey.count, ",")),
        (_("Sizes"), sizes),
        (_("Colour"), in_colour),
        (_("Ground"), on_light),
        (_("Copies"), _copies(survey)),
        (_("Look alike"), numerals.written(len(survey.twins), ",") if survey.twins else _("none")),
        (
            _("Not usable"),
            numerals.written(survey.refused_count, ",") if survey.refused_count else _("none"),
        ),
    ]
    if survey.left_out:
        hidden = _("{count:,} that the system put beside them", count=survey.left_out)
        found.append((_("Left out"), hidden))
    return found


def _copies(survey: Survey) -> str:
    if not survey.repeated:
        return _("none")
    if not survey.contradicted:
        return _("{count:,}, left out", count=survey.repeated)
    return _(
        "{count:,}, left out; {contradicted:,} of them in two classes: the first one counts",
        count=survey.repeated,
        contradicted=survey.contradicted,
    )


def _share(some: int, whole: int, every: str, none: str, mixed: str) -> str:
    if some in (0, whole):
        return _(every if some else none)
    return _(mixed, some=some, others=whole - some)


def _balance(classes: dict[str, int]) -> str:
    """A bar for each class, as long as it has images."""
    most = max(classes.values())
    largest = sorted(classes, key=lambda name: -classes[name])[:MOST_CLASSES]
    bars = "".join(
        f"<dt>{escape(name or _(saving.UNSORTED))}</dt>"
        f'<dd><i style="width:{80 * classes[name] / most:.1f}%"></i>'
        f" {numerals.written(classes[name], ',')}</dd>"
        for name in sorted(largest, key=saving.in_order)
    )
    more = len(classes) - len(largest)
    rest = ngettext("and {count:,} smaller class", "and {count:,} smaller classes", more)
    return f'<dl class="ae-balance">{bars}</dl>' + f"<small>{escape(rest)}</small>" * (more > 0)


def _some_of_each(draft: UploadDraft) -> list[int]:
    """Pictures of every class without near duplicates, always the same ones."""
    chosen = saving.kept(draft.survey, without_twins=True)
    return [int(chosen[place]) for place in spread(draft.collection.labels[chosen], PREVIEWED)]


def _shown(draft: UploadDraft, index: int, form: Form) -> pictures.Picture:
    """One picture in the chosen format, as the page draws it: (h, w) or (h, w, 3)."""
    return drawn(formed(draft.collection.picture(index), form))

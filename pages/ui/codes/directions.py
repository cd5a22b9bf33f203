"""Directions in the latent space: from thin to bold, from one class to another."""

from __future__ import annotations

import streamlit as st
import torch

from ae_core import languages, latent
from ae_core.checkpoints.cards import Card
from ae_core.errors import UserError
from ae_core.image_sets import ImageSet
from ae_core.latent import directions, image_moments
from ae_core.latent.coded_images import Coded
from ae_core.latent.directions import Direction
from ae_core.latent.groups import Group
from ae_core.texts import N_, _, joined
from pages.ui.codes import data
from pages.ui.drawing import pictures, views, wrapped_rows
from pages.ui.live_map import chosen_groups
from pages.ui.shared import cached, choosing, widgets
from pages.ui.shared.waiting import Spinner
from pages.ui.state import current
from pages.ui.state.declared import Codes

WAYS = {
    "thin-to-bold": ("ink", N_("The thin tenth"), N_("The bold tenth")),
    "upright-to-slanted": (
        "slant", N_("The leaning left tenth"), N_("The leaning right tenth")
    ),
    "narrow-to-wide": ("width", N_("The narrow tenth"), N_("The wide tenth")),
    "short-to-tall": ("height", N_("The short tenth"), N_("The tall tenth")),
}  # fmt: skip
"""Of each direction the measure, and what the images with the least and the most of it are."""

CLASSES = "class-to-class"
COUNT = 9

RELIABLE = N_("**{direction}: reliable.**")
FAIR = N_("**{direction}: fair.**")
SHAKY = N_("**{direction}: shaky.**")


@st.cache_resource(
    max_entries=8, show_spinner=Spinner(N_("Measuring the images")), hash_funcs=cached.BY_CONTENT
)
def _moments(images: ImageSet) -> torch.Tensor:
    x = images.test[:10_000]
    return torch.cat([image_moments.moments(data.floats(part)) for part in x.split(1000)])


@st.cache_data(max_entries=128, show_spinner=False, hash_funcs=cached.BY_CONTENT)
def _direction(
    card: Card,
    images: ImageSet,
    way: str,
    ends: tuple[str | Group, ...],
    language: str,  # noqa: ARG001 - the cache's key
) -> Direction:
    found = data.coded(card, images)
    if way == CLASSES:
        names = tuple(
            _("The class {name}", name=end) if isinstance(end, str)
            else _("The group {name}", name=end.name)
            for end in ends
        )  # fmt: skip
        groups = [
            found.z[
                found.labels == images.classes.index(end) if isinstance(end, str)
                else chosen_groups.rows_of(card, end, found.z, found.labels)
            ]
            for end in ends
        ]  # fmt: skip
    else:
        measure, less, more = WAYS[way]
        column = image_moments.NAMES.index(measure)
        try:
            low, high = directions.extremes(_moments(images)[found.rows, column])
        except UserError as failure:
            raise UserError(
                _(
                    "There is no way by {measure}: {reason}",
                    measure=_(data.MEASURES[measure]),
                    reason=failure.text,
                )
            ) from failure
        names = (_(less), _(more))
        groups = [found.z[low], found.z[high]]
    free = cached.load(card).model.free_numbers
    cut = [group[:, :free] for group in groups]
    return directions.between(cut[0], cut[1], names=(names[0], names[1]))


@st.fragment(key="directions")
def show(card: Card) -> None:
    """A direction, put onto any image with a strength."""
    with widgets.shown_errors():
        images = widgets.images_for(card)
        found = data.coded(card, images)
        place = st.container(key="direction-place")
        model = cached.load(card).model
        kept = chosen_groups.kept(card)
        choices = (*([] if len(images.classes) < 2 else images.classes), *kept)
        several = len(choices) > 1 and not model.takes_labels
        ways = (*WAYS, *([CLASSES] if several else []))
        way = widgets.one_of(_("Direction"), Codes, "direction", among=ways)
        ends: tuple[str | Group, ...] = ()
        if way == CLASSES:
            left, right = st.columns(2)
            with left:
                first = choosing.class_of(choices, Codes, "source", _("From class"), 3)
            with right:
                second = choosing.class_of(choices, Codes, "target", _("to class"), 8)
            ends = tuple(kept.get(each, each) for each in (first, second))
        st.slider(
            _("How far, in steps from the one group to the other"), -3.0, 3.0, step=0.1,
            **current.widget(Codes, "strength"),
        )  # fmt: skip
        strength = current.of(Codes).strength
        row = data.picked(card, images, found)
        with place:
            step = _direction(card, images, way, ends, languages.current())
            _apply(card, found, row, step, widgets.label_of(way), strength)


def _apply(
    card: Card, found: Coded, row: int, direction: Direction, way: str, strength: float
) -> None:
    model = cached.load(card).model
    step = found.z.new_zeros(found.z.shape[1])
    step[: len(direction.step)] = direction.step
    amounts = torch.linspace(-abs(strength), abs(strength), COUNT)
    z = torch.cat([found.z[row] + strength * step[None], found.z[row] + amounts[:, None] * step])
    decoded = latent.decode(model, model.nearest_possible(z))
    x = data.floats(found.x[row : row + 1])
    left, right = st.columns([1, 2.6], vertical_alignment="center")
    with left:
        wrapped_rows.tiles(
            views.digits(torch.cat([x, decoded[:1]])),
            [_("The image"), _("The image, {direction}", direction=way)],
            [_("before"), _("{steps:+.1f} steps", steps=strength)], per_row=2,
        )  # fmt: skip
    with right:
        sheet = pictures.montage(views.digits(decoded[1:]), COUNT)
        low, high = -abs(strength), abs(strength)
        pictures.wide(sheet, _("The image from {low:.1f} to {high:.1f} steps", low=low, high=high))
        st.caption(
            _(
                "From {low:.1f} to {high:+.1f} steps, {direction}.",
                low=low,
                high=high,
                direction=way,
            )
        )
    trust = RELIABLE if direction.low >= 0.8 else SHAKY if direction.low < 0.5 else FAIR
    keeps = _(
        "Drawn again from other images of the same kind, the direction keeps a cosine of"
        " **{cosine:.2f}**, 95% {low:.2f} to {high:.2f} (1 is the very same direction).",
        cosine=direction.cosine,
        low=direction.low,
        high=direction.high,
    )
    st.markdown(joined(_(trust, direction=way[:1].upper() + way[1:]), keeps))

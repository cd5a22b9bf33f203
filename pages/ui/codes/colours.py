"""What the points of a map are coloured by: their classes, or a factor that is known of them."""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st
import torch

from ae_core.image_sets import Factor, ImageSet
from ae_core.texts import _
from pages.ui.drawing import charts
from pages.ui.state import current
from pages.ui.state.declared import Colours


def chosen(images: ImageSet) -> str:
    """The control for it, where there is a choice: the id of a factor, or nothing for classes."""
    if images.factors is None:
        return ""
    ids = ["", *(each.id for each in images.factors.each)]
    colour = str(current.possible(Colours, "colour", ids, ""))
    st.selectbox(
        _("Coloured by"), ids, format_func=lambda each: name_of(images, each),
        **current.widget(Colours, "colour", colour, per=tuple(ids)),
    )  # fmt: skip
    return colour


def name_of(images: ImageSet, colour: str) -> str:
    """What it is called."""
    factor = _factor(images, colour)[0]
    return _(factor.name) if factor else _("class")


def points(
    figure: go.Figure, images: ImageSet, colour: str, places: torch.Tensor, rows: torch.Tensor
) -> None:
    """Add the test images of these numbers at these places, (n, 2), in their colours."""
    factor, column = _factor(images, colour)
    hover, numbers = _("image {number}", number="%{customdata}"), rows.numpy()
    if factor is None or images.factors is None:
        labels, names = images.test_labels[rows].numpy(), list(images.classes)
    elif factor.is_discrete:
        labels = images.factors.test[rows, column].long().numpy()
        names = [_(value) for value in factor.values]
    else:
        amounts = images.factors.test[rows, column].numpy()
        title = f"{_(factor.name)} ({factor.unit})" if factor.unit else _(factor.name)
        ends = (factor.low, factor.high)
        charts.by_amount(figure, places.numpy(), amounts, title, ends, hover=hover, numbers=numbers)
        return
    charts.by_class(figure, places.numpy(), labels, names, hover=hover, numbers=numbers)


def _factor(images: ImageSet, colour: str) -> tuple[Factor | None, int]:
    for column, each in enumerate(images.factors.each if images.factors else ()):
        if each.id == colour:
            return each, column
    return None, 0

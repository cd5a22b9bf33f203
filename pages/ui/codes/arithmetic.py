"""a + b - c with codes: digits, or the mean of a group that was lassoed on the map."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go
import streamlit as st
import torch

from ae_core import latent
from ae_core.checkpoints.cards import Card
from ae_core.image_sets import ImageSet
from ae_core.latent import directions
from ae_core.latent.coded_images import Coded
from ae_core.texts import _, joined, ngettext
from pages.ui.codes import data, equation
from pages.ui.codes import directions as code_directions
from pages.ui.drawing import charts, figures, views
from pages.ui.live_map import chosen_groups
from pages.ui.shared import cached, widgets
from pages.ui.state import current
from pages.ui.state.declared import Codes

SUM = "a-b-c"
SLOTS = ("a", "b", "c")
START = (1, 4, 7)
"""Classes in the slots at first."""


def show(card: Card) -> None:
    """A sum of three codes, or a direction added to one."""
    with widgets.shown_errors():
        images, found = data.images_and_codes(card)
        if widgets.one_of(_("Compute"), Codes, "compute", label_visibility="collapsed") == SUM:
            _sum(card, images, found)
        else:
            code_directions.show(card)


@st.fragment(key="sum")
def _sum(card: Card, images: ImageSet, found: Coded) -> None:
    with widgets.shown_errors():
        place, below = st.container(), st.container()
        lassoing = st.toggle(_("Lasso a group on the map"), **current.widget(Codes, "lasso"))
        active = int(st.session_state.setdefault("slot", 0))
        if lassoing:
            numbers = []
            _lasso(card, images, found, SLOTS[active])
        else:
            with below:
                numbers = data.chosen(card, images, found)
                _offer_groups(card, active)
        with place:
            _equation(card, images, found, numbers, active)


def _equation(
    card: Card, images: ImageSet, found: Coded, numbers: Sequence[int], active: int
) -> None:
    model = cached.load(card).model
    operands = [_operand(each, card, found) for each in SLOTS]
    a, b, c = (found.z[rows].mean(0) for rows in operands)
    codes = model.nearest_possible(torch.stack([a, b, c, a + b - c]))
    decoded = views.digits(latent.decode(model, codes))
    names = [_name(each, images, found, rows) for each, rows in zip(SLOTS, operands, strict=True)]
    slots = [
        (picture, _("{slot}, decoded: {name}", slot=slot, name=name), f"{slot}: {name}")
        for picture, slot, name in zip(decoded, SLOTS, names, strict=False)
    ]
    tests = views.digits(data.floats(images.test[list(numbers)]))
    digits = [
        (picture, data.alt_of(images, number), "")
        for picture, number in zip(tests, numbers, strict=True)
    ]

    def fill(slot: int, digit: int) -> None:
        _put(SLOTS[slot], (numbers[digit],))
        choose((slot + 1) % len(SLOTS))

    def choose(slot: int) -> None:
        st.session_state["slot"] = slot

    equation.show(
        slots, (decoded[3], _("The code a + b minus c, decoded"), "a + b \N{MINUS SIGN} c"), digits,
        key="equation", active=active, fill=fill, choose=choose,
        label=_("Put an image into {slot}", slot=SLOTS[active]),
    )  # fmt: skip
    if numbers:
        st.caption(
            _("Drag an image into a slot, or tap it: it goes into **{slot}**.", slot=SLOTS[active])
        )
    where = _where(card, float((codes[3] - found.z).norm(dim=1).min()))
    st.caption(
        joined(_("Their codes are added and taken away number by number, then decoded."), where)
    )
    crowds = [rows for rows in operands if 1 < len(rows) < directions.LEAST]
    if crowds:
        st.caption(
            joined(
                _(
                    ":material/warning: A group of {count} is a small one: its mean still looks"
                    " like its members.",
                    count=len(crowds[0]),
                ),
                ngettext(
                    "{count} more makes it steady.",
                    "{count} more make it steady.",
                    directions.LEAST - len(crowds[0]),
                ),
            )
        )


def _where(card: Card, distance: float) -> str:
    """Where a sum lies that is so far from the nearest code; nothing where too few are known."""
    usual = cached.usual_distance(card)
    if usual is None:
        return ""
    far = distance / max(usual, 1e-9)
    if far <= 1:
        return _("The sum lies among the codes of real images.")
    return _(
        "The sum lies {times:.1f} times farther from every real code than usual: the decoder makes"
        " something up.",
        times=far,
    )


def _lasso(card: Card, images: ImageSet, found: Coded, slot: str) -> None:
    centre, axes, low, high = views.map_axes(card)
    every = max(1, len(found.z) // charts.MAX_POINTS)
    rows = torch.arange(0, len(found.z), every)
    points = ((found.z[rows] - centre) @ axes[:2].T).numpy()
    labels = found.labels[rows]
    figure = go.Figure()
    charts.by_class(
        figure, points, labels.numpy(), images.classes,
        numbers=found.rows[rows].numpy(), hover=_("image {number}", number="%{customdata}"),
    )  # fmt: skip
    names = views.axis_names(card)
    figure.update_layout(dragmode="lasso", legend={"orientation": "h", "y": -0.16})
    figure.update_xaxes(range=[low[0], high[0]], title_text=names[0])
    figure.update_yaxes(range=[low[1], high[1]], title_text=names[1])
    key = f"group-{card.name}"

    def lassoed() -> None:
        numbers = []
        for point in st.session_state[key].selection.points:
            number = point.get("customdata")
            numbers.append(number[0] if isinstance(number, list) else number)
        if numbers:
            _put(slot, tuple(numbers))

    figures.show(
        figure, _("Draw a line around some codes: their mean goes into {slot}", slot=slot),
        {
            _("test image"): found.rows[rows].tolist(), "x": points[:, 0].tolist(),
            "y": points[:, 1].tolist(), _("class"): [images.classes[i] for i in labels.tolist()],
        },
        key=key, height=430, on_select=lassoed, selection_mode="lasso",
        alt=ngettext(
            "Map of {count:,} code by class, to lasso a group on",
            "Map of {count:,} codes by class, to lasso a group on",
            len(points),
        ),
    )  # fmt: skip


def _offer_groups(card: Card, active: int) -> None:
    """A button for each group that was kept: its mean code goes into the slot."""
    with st.container(horizontal=True):
        for name in chosen_groups.kept(card):
            st.button(
                widgets.as_text(name), key=f"group-{name}", icon=":material/bookmark:",
                on_click=_put_group, args=(active, name),
                help=_("Put its mean code into {slot}", slot=SLOTS[active]),
            )  # fmt: skip


def _put_group(active: int, name: str) -> None:
    slot = SLOTS[active]
    current.change(Codes, **{slot: (), f"group_{slot}": name})
    st.session_state["slot"] = (active + 1) % len(SLOTS)


def _put(slot: str, numbers: tuple[int, ...]) -> None:
    current.change(Codes, **{slot: numbers, f"group_{slot}": ""})


def _operand(slot: str, card: Card, found: Coded) -> list[int]:
    """The rows whose mean code is in a slot."""
    kept = chosen_groups.kept(card)
    name = current.possible(Codes, f"group_{slot}", ("", *kept), "")
    if name:
        rows = chosen_groups.rows_of(card, kept[name], found.z, found.labels).tolist()
        if rows:
            return rows
    rows = [
        row
        for number in getattr(current.of(Codes), slot)
        if (row := found.place(number)) is not None
    ]
    if rows:
        return rows
    kinds = found.labels.unique()
    label = kinds[START[SLOTS.index(slot)] % len(kinds)]
    own = (found.labels == label).nonzero()[:, 0].tolist()
    return [own[SLOTS.index(slot) % len(own)]]


def _name(slot: str, images: ImageSet, found: Coded, rows: list[int]) -> str:
    if (group := getattr(current.of(Codes), f"group_{slot}")) and len(rows) > 1:
        return _("mean of {group}", group=group[:14])
    if len(rows) == 1:
        return _("a {name}", name=images.classes[int(found.labels[rows[0]])][:14])
    return _("mean of {count}", count=len(rows))

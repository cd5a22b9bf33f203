"""Which numbers of a code are used: KL, variance, and the error without each of them."""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st

from ae_core import palette
from ae_core.analyses import Answer
from ae_core.checkpoints.cards import Card
from ae_core.latent import code_views, traversals
from pages.ui.codes import data
from pages.ui.drawing import figures
from pages.ui.shared import analysis_results, widgets

MOST_BARS = 64
USED, DEAD = palette.BLUE, palette.GREY


@st.fragment(key="losses")
def show(card: Card) -> None:
    """Bars for each number, the largest first."""
    with widgets.shown_errors():
        images = widgets.images_for(card)

        def draw(answer: Answer) -> None:
            data.say_left_out(answer.values["left_out"])
            left, right = st.columns(2)
            with left:
                if "kl" in answer.tensors:
                    _kl(card, answer)
                else:
                    _variance(card, answer)
            with right:
                _ablation(card, answer)
            st.caption(
                f"Over {answer.values['images']:,} test images of {widgets.as_text(images.title)}."
                " Grey bars do next to nothing; the dashed line is the error with the whole code."
            )

        analysis_results.show(
            "dimensions", data.asked(card, images), draw,
            words="The error without each number",
        )  # fmt: skip


def _kl(card: Card, answer: Answer) -> None:
    kl = answer.tensors["kl"].tolist()
    dead = [value < code_views.DEAD_NATS for value in kl]
    count = sum(dead)
    words = "is dead: it says" if count == 1 else "are dead: they say"
    finding = (
        f"{count} of {len(kl)} numbers {words} less than {code_views.DEAD_NATS} nats of an image"
        if count
        else f"None of the {len(kl)} numbers is dead: the quietest says {min(kl):.2g} nats"
    )
    _bars(kl, dead, finding, key=f"kl-{card.name}", axis="KL from the prior, nats",
          column="KL (nats)")  # fmt: skip


def _variance(card: Card, answer: Answer) -> None:
    variance = answer.tensors["variance"].tolist()
    still = [value < traversals.CONSTANT**2 for value in variance]
    top = sum(sorted(variance, reverse=True)[: max(1, len(variance) // 4)])
    share = top / max(sum(variance), 1e-12)
    finding = (
        f"{sum(still)} of {len(variance)} numbers never move, whatever the image"
        if any(still)
        else f"All {len(variance)} numbers move: the liveliest quarter holds {share:.0%} of the"
        " variance"
    )
    _bars(variance, still, finding, key=f"variance-{card.name}", axis="variance", column="variance")


def _ablation(card: Card, answer: Answer) -> None:
    error, without = float(answer.values["error"]), answer.tensors["without"].tolist()
    useless = [value < 1.01 * error for value in without]
    worst = max(range(len(without)), key=without.__getitem__)
    times = without[worst] / max(error, 1e-12)
    finding = (
        f"Without z[{worst}] the error is {times:.3g} times as large ({without[worst]:.4f}, and"
        f" {error:.4f} with all)"
    )
    if any(useless):
        finding += f"; {sum(useless)} of {len(without)} can go for less than 1%"
    _bars(without, useless, finding, key=f"ablation-{card.name}",
          axis="MSE when set to its mean (lower is better)", column="MSE without it",
          line=error)  # fmt: skip


def _bars(
    values: list[float],
    faint: list[bool],
    finding: str,
    *,
    key: str,
    axis: str,
    column: str,
    line: float | None = None,
) -> None:
    order = sorted(range(len(values)), key=values.__getitem__, reverse=True)
    names = [f"z[{index}]" for index in order]
    shown = order[:MOST_BARS]
    figure = go.Figure(
        go.Bar(
            x=names[:MOST_BARS], y=[values[index] for index in shown],
            marker={"color": [DEAD if faint[index] else USED for index in shown]},
            hovertemplate="%{x}: %{y:.4g}<extra></extra>",
        )
    )  # fmt: skip
    if line is not None:
        figure.add_hline(line, line={"dash": "dash", "width": 1.5, "color": palette.LIMIT})
    figure.update_yaxes(title_text=axis, rangemode="tozero")
    figure.update_xaxes(type="category")
    largest = ", ".join(f"{names[i]} {values[order[i]]:.3g}" for i in range(min(5, len(order))))
    figures.show(
        figure, finding, {"number": names, column: [values[index] for index in order]},
        key=key, alt=f"Bars, largest first. {finding}. Largest: {largest}.",
    )  # fmt: skip
    if len(order) > MOST_BARS:
        st.caption(f"The first {MOST_BARS} of {len(order)}; the CSV has all.")

"""Which numbers of a code are used: KL, variance, and the error without each of them."""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st

from ae_core import numerals, palette
from ae_core.analyses import Answer
from ae_core.checkpoints.cards import Card
from ae_core.latent import code_views, traversals
from ae_core.texts import _, joined, ngettext
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
                joined(
                    ngettext(
                        "Over {count:,} test image of {images}.",
                        "Over {count:,} test images of {images}.",
                        answer.values["images"],
                        images=widgets.as_text(images.shown_title),
                    ),
                    _(
                        "Grey bars do next to nothing; the dashed line is the error with the whole"
                        " code."
                    ),
                )
            )

        analysis_results.show(
            "dimensions", data.asked(card, images), draw,
            words=_("The error without each number"),
        )  # fmt: skip


def _kl(card: Card, answer: Answer) -> None:
    kl = answer.tensors["kl"].tolist()
    dead = [value < code_views.DEAD_NATS for value in kl]
    count = sum(dead)
    finding = (
        ngettext(
            "{count} of {all} numbers is dead: it says less than {limit} nats of an image",
            "{count} of {all} numbers are dead: they say less than {limit} nats of an image",
            count,
            all=len(kl),
            limit=code_views.DEAD_NATS,
        )
        if count
        else _(
            "None of the {all} numbers is dead: the quietest says {nats:.2g} nats",
            all=len(kl),
            nats=min(kl),
        )
    )
    _bars(kl, dead, finding, key=f"kl-{card.name}", axis=_("KL from the prior, nats"),
          column=_("KL (nats)"))  # fmt: skip


def _variance(card: Card, answer: Answer) -> None:
    variance = answer.tensors["variance"].tolist()
    still = [value < traversals.CONSTANT**2 for value in variance]
    top = sum(sorted(variance, reverse=True)[: max(1, len(variance) // 4)])
    share = top / max(sum(variance), 1e-12)
    finding = (
        ngettext(
            "{count} of {all} numbers never moves, whatever the image",
            "{count} of {all} numbers never move, whatever the image",
            sum(still),
            all=len(variance),
        )
        if any(still)
        else ngettext(
            "All {count} number move: the liveliest quarter holds {share:.0%} of the variance",
            "All {count} numbers move: the liveliest quarter holds {share:.0%} of the variance",
            len(variance),
            share=share,
        )
    )
    _bars(variance, still, finding, key=f"variance-{card.name}", axis=_("variance"),
          column=_("variance"))  # fmt: skip


def _ablation(card: Card, answer: Answer) -> None:
    error, without = float(answer.values["error"]), answer.tensors["without"].tolist()
    useless = [value < 1.01 * error for value in without]
    worst = max(range(len(without)), key=without.__getitem__)
    times = without[worst] / max(error, 1e-12)
    values = {"number": f"z[{worst}]", "times": times, "without": without[worst], "error": error}
    finding = (
        ngettext(
            "Without {number} the error is {times:.3g} times as large ({without:.4f}, and"
            " {error:.4f} with all); {count} of {all} can go for less than 1%",
            "Without {number} the error is {times:.3g} times as large ({without:.4f}, and"
            " {error:.4f} with all); {count} of {all} can go for less than 1%",
            sum(useless),
            all=len(without),
            **values,
        )
        if any(useless)
        else _(
            "Without {number} the error is {times:.3g} times as large ({without:.4f}, and"
            " {error:.4f} with all)",
            **values,
        )
    )
    _bars(without, useless, finding, key=f"ablation-{card.name}",
          axis=_("MSE when set to its mean (lower is better)"), column=_("MSE without it"),
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
    largest = ", ".join(
        f"{names[i]} {numerals.written(values[order[i]], '.3g')}" for i in range(min(5, len(order)))
    )
    figures.show(
        figure, finding, {_("number"): names, column: [values[index] for index in order]},
        key=key,
        alt=_(
            "Bars, largest first. {finding}. Largest: {values}.", finding=finding, values=largest
        ),
    )  # fmt: skip
    if len(order) > MOST_BARS:
        st.caption(
            _("The first {count} of {all}; the CSV has all.", count=MOST_BARS, all=len(order))
        )

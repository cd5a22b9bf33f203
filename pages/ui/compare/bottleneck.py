"""The bottleneck: the same ten digits through codes of every size, and the error of each size."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from ae_core import latent, numerals, palette
from ae_core.checkpoints import ladders
from ae_core.checkpoints.cards import Card
from ae_core.checkpoints.ladders import PCA, PLAIN, VARIATIONAL, Ladder
from ae_core.errors import UserError
from ae_core.evaluation import metrics
from ae_core.image_sets import ImageSet
from ae_core.models import FAMILIES
from ae_core.texts import N_, _, joined, ngettext
from ae_core.wording import times
from pages.ui.browser import built
from pages.ui.compare import dial
from pages.ui.drawing import figures, pictures, places, views
from pages.ui.shared import cached, card_text, choosing, widgets
from pages.ui.state import current
from pages.ui.state.declared import Picked

NAMES = {PCA: N_("PCA"), PLAIN: N_("Autoencoder"), VARIATIONAL: N_("Variational")}
SPOKEN = {PCA: N_("PCA"), PLAIN: N_("the autoencoder"), VARIATIONAL: N_("the variational one")}
COLOURS = {PCA: palette.REFERENCE, PLAIN: palette.MODELS[0], VARIATIONAL: palette.MODELS[1]}

TWO_KINDS = {
    "level": N_("At {numbers} {model} is level with {other}"),
    "less": N_("At {numbers} {model} makes {share:.0%} less error than {other}"),
    "more": N_("At {numbers} {model} makes {share:.0%} more error than {other}"),
    "times": N_("At {numbers} {model} makes {ratio:.1f} times the error of {other}"),
}
TO_THE_PLAIN_ONE = {
    "level": N_("the variational one is level with the plain one"),
    "less": N_("the variational one makes {share:.0%} less error than the plain one"),
    "more": N_("the variational one makes {share:.0%} more error than the plain one"),
    "times": N_("the variational one makes {ratio:.1f} times the error of the plain one"),
}
"""How an error compares with another one."""

LEVEL = 0.05
"""Errors that differ by less than this share count as equal."""

GROWTH = 0.1
"""By which share a KL divergence may grow and count as the same."""


@st.fragment
def show(card: Card) -> None:
    """The dial over the sizes of a code, the curves, and the bytes."""
    with widgets.shown_errors():
        ladder = _ladder(card)
        sizes = ladders.sizes(ladder)
        first = next(iter(card for steps in ladder.values() for card in steps.values()))
        found = widgets.images_for(first)
        place = places.kept("dial-place")
        indices = choosing.choose(found, first)
        rows = _rows(tuple(_flat(ladder, sizes)), found, tuple(indices))
        classes = [found.classes[found.test_labels[i]] for i in indices]
        words = [in_words(first.image_shape, size) for size in sizes]
        with place:
            if built.files():
                label = _("the test images {classes}", classes=", ".join(classes))
                more = {"label": label, "words": words}
                dial.show(sizes, {**_for_browser(rows, sizes, ladder), **more})
            else:
                strip, size = st.container(), dial.by_server(sizes)
                st.markdown(words[sizes.index(size)])
                with strip:
                    _strip(rows, size, classes)
    _curves(ladder)


def _ladder(card: Card) -> Ladder:
    """The models of the chosen one's images, or MNIST's where there are no two sizes."""
    cards = cached.available()[0]
    own = ladders.of(cards, card.image_set)
    if card.image_set == "mnist":
        return own
    title, count = widgets.as_text(card_text.set_title(card)), len(ladders.sizes(own))
    if count > 1:
        left, right = st.columns([3, 1], vertical_alignment="center")
        own_sizes = ngettext(
            "{title}: models of {count} size are here.",
            "{title}: models of {count} sizes are here.", count, title=title,
        )  # fmt: skip
        left.caption(joined(own_sizes, _("MNIST has nine of three kinds.")))
        right.button(_("Show MNIST's nine"), on_click=_to_mnist, width="stretch")
        return own
    mnist = ladders.of(cards, "mnist")
    if len(ladders.sizes(mnist)) < 2:
        raise UserError(
            _("A dial needs models of two sizes. Train a second one, with another size.")
        )
    st.info(
        _(
            "There is only one size of code for {title}, so these are MNIST's models. Train another"
            " size to dial between your own.",
            title=title,
        )
    )
    return mnist


def _to_mnist() -> None:
    current.change(Picked, model="mnist-ae-8")
    st.rerun()  # the whole page, not only this part of it


def _flat(ladder: Ladder, sizes: Sequence[int]) -> list[tuple[str, int, Card]]:
    return [
        (kind, size, steps[size])
        for kind, steps in ladder.items()
        for size in sizes
        if size in steps
    ]


Rows = dict[tuple[str, int], tuple[str, float]]
"""By kind and size: the strip as a data URI, and its error; the originals have size 0."""


@st.cache_data(max_entries=12, show_spinner=False, hash_funcs=cached.BY_CONTENT)
def _rows(
    steps: tuple[tuple[str, int, Card], ...],
    images: ImageSet,
    indices: tuple[int, ...],
) -> Rows:
    """The images through every model of the ladder."""
    chosen = images.test[list(indices)]
    x = chosen.float().div(255)
    found = {("", 0): (_address(views.digits(x)), 0.0)}
    for kind, size, card in steps:
        x_hat = latent.reconstruct(cached.load(card).model, chosen)
        error = float(metrics.mse(x_hat, x).mean())
        found[kind, size] = (_address(views.digits(x_hat)), error)
    return found


def _address(images: pictures.Picture) -> str:
    return pictures.data_uri(np.concatenate(list(images), axis=1))


def _for_browser(rows: Rows, sizes: Sequence[int], ladder: Ladder) -> dict[str, Any]:
    kinds = [kind for kind, steps in ladder.items() if steps]
    return {
        "original": rows["", 0][0],
        "rows": [
            {
                "name": _(NAMES[kind]),
                "strips": [rows.get((kind, size), ("", 0.0))[0] for size in sizes],
                "texts": [
                    _error(rows[kind, size][1]) if (kind, size) in rows
                    else _("no model of {size}", size=size)
                    for size in sizes
                ],
            }
            for kind in kinds
        ],
    }  # fmt: skip


def _strip(rows: Rows, size: int, classes: Sequence[str]) -> None:
    """The present size as rows of pictures, where the browser's part is not built."""
    original = _("Original")
    shown: list[tuple[str, str, str]] = [(original, original, rows["", 0][0])]
    for kind in ladders.KINDS:
        if (kind, size) in rows:
            address, error = rows[kind, size]
            shown.append((_(NAMES[kind]), f"{_(NAMES[kind])}, {_error(error)}", address))
    for name, caption, address in shown:
        label = _("{model}: the test images {classes}", model=name, classes=", ".join(classes))
        st.html(f'<img class="ae-pixel ae-wide" src="{address}" alt="{escape(label)}">')
        st.caption(caption)


def _error(mse: float) -> str:
    return (
        f"MSE {numerals.written(mse, '.4f')}"
        if math.isfinite(mse)
        else _("NaN: damaged, or trained too fast")
    )


def _numbers(size: int) -> str:
    return ngettext("{count:,} number", "{count:,} numbers", size)


def in_words(image_shape: tuple[int, int, int], size: int) -> str:
    """What a size means, in numbers and in bytes."""
    channels, height, width = image_shape
    pixels = channels * height * width
    return joined(
        _(
            "{pixels} become {code}: {factor} fewer.",
            pixels=_numbers(pixels), code=_numbers(size), factor=times(pixels / size),
        ),
        _(
            "In bytes: {pixels:,} for the image; {code:,} for the code as float32, {factor} fewer;"
            " {small:,} as uint8, {small_factor} fewer.",
            pixels=pixels, code=4 * size, factor=times(pixels / (4 * size)),
            small=size, small_factor=times(pixels / size),
        ),
    )  # fmt: skip


@st.fragment(key=dial.FOLLOWER)
def _curves(ladder: Ladder) -> None:
    with widgets.shown_errors():
        size = dial.size(ladders.sizes(ladder))
        _draw_curves(ladder, size)


def _draw_curves(ladder: Ladder, size: int) -> None:
    """Error against the size of the code, the present size marked."""
    curves = {
        kind: {step: card.metrics["mse"] for step, card in steps.items()
               if step in ladders.sizes(ladder)}
        for kind, steps in ladder.items() if steps
    }  # fmt: skip
    figure = go.Figure()
    for kind, curve in curves.items():
        hover = _("{model}, {size} numbers: {error}",
                  model=_(NAMES[kind]), size="%{x}", error="MSE %{y:.4f}")  # fmt: skip
        figure.add_scatter(
            x=list(curve), y=list(curve.values()), name=_(NAMES[kind]), mode="lines+markers",
            line={"color": COLOURS[kind], "width": 2},
            marker={"size": [13 if step == size else 6 for step in curve]},
            hovertemplate=f"{hover}<extra></extra>",
        )  # fmt: skip
    figure.add_vline(x=size, line={"color": palette.HERE, "width": 2, "dash": "dot"})
    figure.update_xaxes(
        type="log", tickvals=ladders.sizes(ladder), title={"text": _("numbers in the code")}
    )
    figure.update_yaxes(
        type="log", title={"text": _("MSE on test images")}, dtick="D2", tickformat="~g"
    )
    figure.update_layout(legend=figures.LEGEND)
    figures.show(
        figure, finding(curves, size),
        {"kind": [_(NAMES[kind]) for kind, curve in curves.items() for __ in curve],
         "numbers": [step for curve in curves.values() for step in curve],
         "mse": [error for curve in curves.values() for error in curve.values()]},
        key="bottleneck",
        alt=_("MSE against the size of the code for {models}; {size} is marked",
              models=", ".join(_(NAMES[kind]) for kind in curves), size=size),
    )  # fmt: skip
    about = _(
        "Mean squared error over all test images, lower is better; both axes are logarithmic."
    )
    st.caption(joined(about, plateau(ladder.get(VARIATIONAL, {}))))
    rows = what_else_differs(ladder)
    if len({row[2:] for row in rows}) > 1:
        head = ("", _("numbers"), _("layers"), _("loss"), _("steps"))
        with st.expander(_("Not only the size of the code differs")):
            st.markdown(
                _(
                    "These models were not all made alike, so a step of the curves is not the"
                    " code's alone: layers, loss and length of the training differ, too."
                )
            )
            st.markdown(
                f"| {' | '.join(head)} |\n|---|---|---|---|---:|\n"
                + "\n".join(f"| {' | '.join(row)} |" for row in rows)
            )


def what_else_differs(ladder: Ladder) -> list[tuple[str, str, str, str, str]]:
    """Kind and sizes of the models that were made alike, their layers, loss and steps."""
    alike: dict[tuple[str, str, str, str], list[int]] = {}
    for kind, steps in ladder.items():
        for size, card in steps.items():
            if size not in ladders.sizes(ladder) or FAMILIES[card.family].model.solved_at_once:
                continue
            widths = ", ".join(map(str, card.config.get("widths", ())))
            made = (
                kind,
                widths,
                str(card.config["loss"]).upper(),
                numerals.written(card.steps, ","),
            )
            alike.setdefault(made, []).append(size)
    return [
        (_(NAMES[kind]), ", ".join(map(str, sizes)), widths, loss, steps)
        for (kind, widths, loss, steps), sizes in alike.items()
    ]


def finding(curves: dict[str, dict[int, float]], size: int) -> str:
    """What the curves show at a size, in one sentence."""
    here = {kind: curve[size] for kind, curve in curves.items() if size in curve}
    if len(here) < 2:
        best = min(here, key=here.__getitem__)
        return _(
            "At {numbers} {model} makes an error of {error:.4f}",
            numbers=_numbers(size), model=_(SPOKEN[best]), error=here[best],
        )  # fmt: skip
    other, kind = (PCA, PLAIN) if PCA in here and PLAIN in here else list(here)
    way, values = _against(here[kind], here[other])
    said = _(
        TWO_KINDS[way],
        numbers=_numbers(size), model=_(SPOKEN[kind]), other=_(SPOKEN[other]), **values,
    )  # fmt: skip
    if len(here) == 2:
        return said
    way, values = _against(here[VARIATIONAL], here[PLAIN])
    return _("{finding}; {more}", finding=said, more=_(TO_THE_PLAIN_ONE[way], **values))


def _against(error: float, other: float) -> tuple[str, dict[str, float]]:
    """Which of the sentences says how an error compares with another one, and its values."""
    ratio = error / max(other, 1e-12)
    values = {"share": abs(ratio - 1), "ratio": ratio}
    if abs(ratio - 1) < LEVEL:
        return "level", values
    if ratio < 1:
        return "less", values
    return "more" if ratio < 2 else "times", values


def plateau(steps: Mapping[int, Card]) -> str:
    """From which size on a kind gains nothing, and whether its codes say more of an image then."""
    if len(steps) < 3:
        return ""
    last, largest = (
        ladders.gains_until({n: card.metrics["mse"] for n, card in steps.items()}),
        max(steps),
    )
    if last == largest:
        return ""
    first, then = (_kl(steps[size]) for size in (last, largest))
    if not first or then > (1 + GROWTH) * first:
        return _(
            "Beyond {numbers} the variational autoencoder gains nothing more.",
            numbers=_numbers(last),
        )
    return _(
        "Beyond {numbers} the variational autoencoder gains nothing more: its KL divergence,"
        " {first:.0f} nats, is {then:.0f} with {most}.",
        numbers=_numbers(last), first=first, then=then, most=_numbers(largest),
    )  # fmt: skip


def _kl(card: Card) -> float:
    """The KL divergence of the codes from the prior, nats an image; 0 where it is not known."""
    beta = card.config.get("beta", 0.0)
    return card.metrics.get("loss_kl", 0.0) / beta if beta else 0.0

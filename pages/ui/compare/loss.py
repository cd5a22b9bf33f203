"""Loss arithmetic: what each pixel and each number of the code adds to the loss of one image."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go
import streamlit as st
from plotly.subplots import make_subplots
from torch import Tensor

from ae_core import numerals, palette, wording
from ae_core.checkpoints.cards import Card
from ae_core.evaluation import loss_maps, metrics
from ae_core.image_sets import ImageSet
from ae_core.models.base import Autoencoder
from ae_core.texts import N_, _, ngettext
from pages.ui.drawing import figures, pictures, views
from pages.ui.shared import cached, card_text, choosing, image_errors, widgets
from pages.ui.state.declared import Compare

three = wording.three_digits

FIRST = (1, 10, 100, 1_000)

TITLES = {
    "cross-entropy": N_("cross-entropy"),
    "entropy": N_("= entropy"),
    "missed": N_("+ missed"),
    "squared-error": N_("squared error"),
}
"""What is over each map of the pixels."""


@st.fragment
def show(card: Card) -> None:
    """One image, its loss maps, and the sum from its pixels to the figure on the card."""
    with widgets.shown_errors():
        found = widgets.images_for(card)
        model = cached.load(card).model
        left, right = st.columns([1, 3.4])
        with left:
            number = choosing.image_number(Compare, "image", _("Test image"), len(found.test))
            x = found.test[number : number + 1].float().div(255)
            x_hat = model(x)
            label = found.classes[found.test_labels[number]]
            alt = _("A {label}, test image {number}", label=label, number=number)
            pictures.big(views.digits(x)[0], alt)
            metrics.check_numbers(x_hat, card_text.short_title(card))
            pictures.big(views.digits(x_hat)[0], _("{image}, reconstructed", image=alt))
        with right:
            _cross_entropy(x_hat, x)
        left, right = st.columns(2)
        with left:
            _squared(x_hat, x)
        with right:
            kl = _kl(model, x)
        _sums(card, found, x_hat, x, kl)
        _to_the_figure(card, found)


def _map(pixels: Tensor) -> list[list[float]]:
    """One image's pixels, (1, c, h, w), summed over the colours, rows from the top."""
    summed: list[list[float]] = pixels[0].sum(0).tolist()
    return summed


def _cross_entropy(x_hat: Tensor, x: Tensor) -> None:
    """Cross-entropy as the sum of the entropy, which is unavoidable, and what the model missed."""
    maps = {
        "cross-entropy": loss_maps.cross_entropy(x_hat, x),
        "entropy": loss_maps.entropy(x),
        "missed": loss_maps.missed(x_hat, x),
    }
    sums = {name: float(each.sum()) for name, each in maps.items()}
    figure = make_subplots(1, 3, horizontal_spacing=0.02)
    for column, (name, each) in enumerate(maps.items(), 1):
        nats = _("{nats} nats", nats=three(sums[name]))
        _heat(figure, _map(each), column, f"{_(TITLES[name])}<br>{nats}")
    figure.update_layout(
        coloraxis={"colorscale": palette.SEQUENTIAL, "cmin": 0,
                   "colorbar": {"thickness": 10, "title": {"text": _("nats")}}},
    )  # fmt: skip
    whole = sums["cross-entropy"]
    figures.show(
        figure,
        _("{pixels} x mean {mean:.4f} = {whole} nats: {entropy} that no model can avoid, {missed}"
          " missed",
          pixels=_pixels(x), mean=whole / x.numel(), whole=three(whole),
          entropy=three(sums["entropy"]), missed=three(sums["missed"])),
        _table(maps), key="bce-maps", height=350,
        alt=_("Cross-entropy of each pixel, {nats} nats in all: its entropy, and what the model"
              " misses", nats=three(whole)),
    )  # fmt: skip
    st.caption(
        _(
            "Why a perfect reconstruction is not free: cross-entropy reads a grey of 0.5 as ink"
            " half of the time, and nobody can guess which half. That is the entropy of the pixel;"
            " black and white have none. The model answers only for the rest."
        )
    )


def _pixels(x: Tensor) -> str:
    return ngettext("{count:,} pixel", "{count:,} pixels", x.numel())


def _heat(figure: go.Figure, rows: list[list[float]], column: int, name: str) -> None:
    hover = _("row {row}, column {column}: {error}", row="%{y}", column="%{x}", error="%{z:.3f}")
    figure.add_heatmap(
        z=rows, coloraxis="coloraxis", row=1, col=column, hovertemplate=f"{hover}<extra></extra>",
    )  # fmt: skip
    figure.update_yaxes(
        autorange="reversed", scaleanchor=f"x{column if column > 1 else ''}", visible=False,
        constrain="domain", row=1, col=column,
    )  # fmt: skip
    figure.update_xaxes(
        title={"text": name}, showticklabels=False, showgrid=False, zeroline=False,
        constrain="domain", row=1, col=column,
    )  # fmt: skip


def _table(maps: Mapping[str, Tensor]) -> dict[str, list[float]]:
    """A line for each pixel, row by row from the top."""
    first = _map(next(iter(maps.values())))
    places = [(row, column) for row in range(len(first)) for column in range(len(first[0]))]
    found: dict[str, list[float]] = {
        "row": [row for row, _ in places], "column": [column for _, column in places]
    }  # fmt: skip
    for name, each in maps.items():
        found[name] = [value for row in _map(each) for value in row]
    return found


def _squared(x_hat: Tensor, x: Tensor) -> None:
    squared = loss_maps.squared(x_hat, x)
    figure = make_subplots(1, 1)
    _heat(figure, _map(squared), 1, _(TITLES["squared-error"]))
    figure.update_layout(
        coloraxis={"colorscale": palette.SEQUENTIAL, "cmin": 0, "colorbar": {"thickness": 10}}
    )
    whole = float(squared.sum())
    figures.show(
        figure,
        _("{pixels} x mean {mean:.5f} = squared error {whole}",
          pixels=_pixels(x), mean=whole / x.numel(), whole=three(whole)),
        _table({"squared-error": squared}), key="mse-map", height=300,
        alt=_("Squared error of each pixel, {whole} in all", whole=three(whole)),
    )  # fmt: skip
    st.caption(_("Squared error hardly minds a faint grey, and has no floor: perfect is zero."))


def _kl(model: Autoencoder, x: Tensor) -> float | None:
    """KL of each number of the code; None for a model without a prior."""
    if not model.has_posterior:
        st.info(
            _(
                "This model has no KL: nothing pulls its code towards a prior. Choose a variational"
                " model to see what each number of its code costs."
            )
        )
        return None
    kl = loss_maps.kl_of(model, x)
    if not bool(kl.isfinite().all()):
        st.error(
            _(
                "The cloud of this image is infinitely far from the prior. The model is damaged, or"
                " was trained too fast: choose another one, or train it again."
            )
        )
        return None
    each = kl.tolist()
    names = [f"z[{i}]" for i in range(len(each))]
    figure = go.Figure()
    figure.add_bar(x=names, y=each, marker={"color": palette.MODELS[1]})
    figure.update_yaxes(title={"text": _("KL, nats")})
    finding = ngettext(
        "The code of this image costs {nats} nats in {count} number",
        "The code of this image costs {nats} nats in {count} numbers",
        len(each), nats=three(sum(each)),
    )  # fmt: skip
    figures.show(
        figure, finding, {"number": names, "kl": each}, key="kl-bars", height=300,
        alt=_("KL of each number of the code, {nats} nats in all", nats=three(sum(each))),
    )  # fmt: skip
    st.caption(
        _("KL: how far the cloud of this image is from the prior, N(0, 1), number by number.")
    )
    return sum(each)


def _sums(card: Card, found: ImageSet, x_hat: Tensor, x: Tensor, kl: float | None) -> None:
    """This image beside the figures on the card."""
    bce, mse = loss_maps.cross_entropy(x_hat, x), loss_maps.squared(x_hat, x)
    rows = [
        (_("BCE, mean of the pixels"), float(bce.mean()), card.metrics["bce"]),
        (_("MSE, mean of the pixels"), float(mse.mean()), card.metrics["mse"]),
    ]
    if kl is not None and {"loss_bce", "loss_kl"} <= card.metrics.keys():
        beta = float(card.config.get("beta", 1.0))
        parts = card.metrics["loss_bce"], card.metrics["loss_kl"]
        kl_name = _("KL, sum of the code")
        if beta != 1:
            kl_name = _("KL x {beta:g}, sum of the code", beta=beta)
        rows += [
            (_("BCE, sum of the pixels"), float(bce.sum()), parts[0]),
            (kl_name, beta * kl, parts[1]),
            (_("**Loss: both**"), float(bce.sum()) + beta * kl, sum(parts)),
        ]
    lines = "\n".join(f"| {name} | {three(here)} | {three(mean)} |" for name, here, mean in rows)
    head = " | ".join(["", _("this image"), _("the card: mean")])
    st.markdown(f"| {head} |\n|---|---:|---:|\n{lines}")
    if kl is not None:
        st.caption(
            _(
                "On the card, and on the chart of the training, the code is drawn from its cloud,"
                " once an image; here it is the middle of the cloud. The card's sums are a little"
                " larger."
            )
        )
    if found.name != card.image_set:
        st.caption(_("The card was measured on other images, which are not here."))


def _to_the_figure(card: Card, found: ImageSet) -> None:
    """From one image over ten and a hundred to the mean over all."""
    if not (known := image_errors.of([card], found)):
        return
    errors = known[card.name].tensors
    bce, floor = errors["bce"], float(errors["entropy"].mean())
    counts = [count for count in (*FIRST, len(bce)) if count <= len(bce)]
    means = [float(bce[:count].mean()) for count in counts]
    figure = go.Figure()
    figure.add_scatter(
        x=counts, y=means, mode="lines+markers+text", line={"color": palette.MODELS[0], "width": 2},
        text=[numerals.written(mean, ".4f") for mean in means],
        textposition="top center", cliponaxis=False,
    )  # fmt: skip
    figure.add_hline(
        y=floor,
        line={"color": palette.LIMIT, "dash": "dash"},
        annotation={"text": _("entropy of the images {entropy:.4f}", entropy=floor)},
    )
    figure.update_xaxes(
        type="log",
        title={"text": _("images")},
        tickvals=counts,
        ticktext=[numerals.written(count, ",") for count in counts],
    )
    low, high = min([floor, *means]), max(means)
    figure.update_yaxes(
        title={"text": _("BCE, nats a pixel")}, range=[low - 0.1 * (high - low), high * 1.04]
    )
    finding = ngettext(
        "The mean over {count:,} test image is {mean:.4f}, and no model gets below {floor:.4f}",
        "The mean over {count:,} test images is {mean:.4f}, and no model gets below {floor:.4f}",
        len(bce), mean=means[-1], floor=floor,
    )  # fmt: skip
    figures.show(
        figure, finding, {"images": counts, "bce": means}, key="to-the-figure", height=300,
        alt=_("Mean cross-entropy over the first {counts} images, and their entropy as a line",
              counts=", ".join(map(str, counts))),
    )  # fmt: skip

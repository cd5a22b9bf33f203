"""Views of codes that are drawn from a cloud: variational models, and those told the class."""

from __future__ import annotations

import streamlit as st
import torch

from ae_core import latent
from ae_core.checkpoints.cards import Card
from ae_core.image_sets import ImageSet
from ae_core.latent import code_views
from ae_core.models.base import Autoencoder
from pages.ui.drawing import pictures, views, wrapped_rows
from pages.ui.drawing.pictures import Row
from pages.ui.family_views import charts
from pages.ui.live_map import code_control
from pages.ui.shared import cached_views, choosing, classifier
from pages.ui.state import current
from pages.ui.state.declared import Cloud

DRAWS = 8
TABLE = 4
"""Numbers of a code up to which mean and sigma are written, and not drawn."""

HALF, COUNT = 2.0, 30
"""The published grid: 30 x 30 codes over [-2, 2] x [-2, 2]."""

STYLES = 6, 12


def posterior(card: Card, model: Autoencoder) -> None:
    """The cloud of one image, draws from it and from the prior, and what each number says."""
    found = cached_views.images(card)
    views.title(
        "Every image is a cloud of codes",
        "The encoder gives a mean and a standard deviation, sigma, and the code is drawn:"
        " z = mean + sigma \N{MULTIPLICATION SIGN} epsilon, with epsilon from the prior,"
        " N(0,\N{NO-BREAK SPACE}I).",
    )
    left, middle, _ = st.columns([1, 1, 2], vertical_alignment="bottom")
    with left:
        number = choosing.image_number(Cloud, "image", "Test image", len(found.test))
    with middle:
        choosing.draw_button("Draw again", Cloud, "draws")
    seed = current.of(Cloud).draws
    x = found.test[number : number + 1].float().div(255)
    mean, log_variance = (each[0] for each in model.posterior(x))
    generator = torch.Generator().manual_seed(seed)
    own = code_views.draws(mean, log_variance, DRAWS, generator)
    prior = torch.randn(DRAWS + 2, len(mean), generator=generator)
    decoded = latent.decode(model, torch.cat([mean.unsqueeze(0), own, prior]))
    near = torch.cat([x, decoded[: DRAWS + 1]])
    drawn = [f"draw {index + 1}" for index in range(DRAWS + 2)]
    readings = classifier.readings(classifier.of_model(card), decoded)
    read = readings or ["", *drawn[:DRAWS], *drawn]
    label = found.classes[found.test_labels[number]]
    pictures.strip(
        [
            Row(
                "Its cloud",
                views.digits(near),
                [f"A {label}, test image {number}", "Its mean, decoded"]
                + [f"Its cloud, {text}, decoded" for text in drawn[:DRAWS]],
                ["image", f"mean {read[0]}", *read[1 : DRAWS + 1]],
            ),
            Row(
                "The prior",
                views.digits(decoded[DRAWS + 1 :]),
                [f"The prior, {text}, decoded" for text in drawn],
                read[DRAWS + 1 :],
            ),
        ]
    )
    if readings:
        st.caption(classifier.EXPLAINED)
    left, right = st.columns(2)
    with left:
        _mean_and_sigma(card, mean, (0.5 * log_variance).exp(), own[0])
    with right:
        _what_each_says(card, found)
    if card.latent_dim == 2:
        _published_square(card)


def _mean_and_sigma(card: Card, mean: torch.Tensor, sigma: torch.Tensor, z: torch.Tensor) -> None:
    st.markdown("**How draw 1 was made** (the prior has mean 0 and sigma 1)")
    epsilon = (z - mean) / sigma
    if len(mean) <= TABLE:
        head = "".join(f" z[{index}] |" for index in range(len(mean)))
        parts = (("mean", mean), ("sigma", sigma), ("epsilon", epsilon), ("z", z))
        rows = "\n".join(
            f"| {name} |" + "".join(f" {wrapped_rows.short(value)} |" for value in values.tolist())
            for name, values in parts
        )
        st.markdown(f"| |{head}\n|---|{'---:|' * len(mean)}\n{rows}")
        return
    st.plotly_chart(
        charts.cloud(mean.tolist(), sigma.tolist(), z.tolist()), key=f"cloud:{card.name}",
        config={"displaylogo": False},
        alt="Mean of each number of the code, with a bar of one sigma, and the draw; the band is"
        " the prior's",
    )  # fmt: skip


def _what_each_says(card: Card, images: ImageSet) -> None:
    kl = cached_views.kl_of_each(card, images.name)
    count = min(len(images.test), cached_views.MAX_IMAGES)
    dead = kl < code_views.DEAD_NATS
    st.markdown(f"**What each number says about the image: {kl.sum():.3g} nats in all**")
    names = [f"z[{index}]" for index in range(len(kl))]
    listed = ", ".join(
        f"{n} {wrapped_rows.short(v)}" for n, v in zip(names, kl.tolist(), strict=True)
    )
    wrapped_rows.bars(kl.tolist(), names, alt=f"KL in nats: {listed}", faint=dead.tolist())
    asleep = [name for name, is_dead in zip(names, dead.tolist(), strict=True) if is_dead]
    st.caption(
        f"KL from the prior in nats, mean over {count} test images of {images.title}. "
        + (
            f"Dead, below {code_views.DEAD_NATS} nats: **{', '.join(asleep)}**. Move them: nothing"
            " happens."
            if asleep
            else f"None is dead (below {code_views.DEAD_NATS} nats)."
        )
    )


def _published_square(card: Card) -> None:
    text = f"{COUNT} x {COUNT} decoded codes over [-{HALF:g}, {HALF:g}] x [-{HALF:g}, {HALF:g}]"
    square = st.expander(text, on_change="rerun", key="square")
    if not square.open:
        return
    images = cached_views.decoded_square(card, HALF, COUNT)
    sheet = pictures.montage(views.digits(images), COUNT)
    with square:
        st.plotly_chart(
            charts.published_square(sheet, HALF, views.axis_names(card)),
            key=f"square:{card.name}", config={"displaylogo": False},
            alt=f"{text}, z[0] to the right and z[1] upwards",
        )  # fmt: skip


def class_and_style(card: Card, model: Autoencoder) -> None:
    """All classes in the present style, and the present class in many styles."""
    z, classes = code_control.current(card).unsqueeze(0), model.code_classes
    label = int(model.class_of(z))
    views.title(
        "One handwriting, every class",
        "The style stays, the class changes. Pick a class above, or move the style: slant, width"
        " and weight change in all of them at once.",
    )
    everyone = model.with_class(z.expand(classes, -1), torch.arange(classes))
    names = [f"class {index}" for index in range(classes)]
    shown = [f"{name} (now)" if index == label else name for index, name in enumerate(names)]
    wrapped_rows.tiles(
        views.digits(latent.decode(model, everyone)),
        [f"The present style as {name}" for name in names],
        shown,
        per_row=min(classes, 12),
    )
    rows, columns = STYLES if model.free_numbers > 1 else (1, STYLES[1])
    plane = views.grid_codes(card, rows, columns, through=z[0])
    pictures.wide(
        pictures.montage(views.digits(latent.decode(model, plane)), columns),
        f"Class {label} decoded in {rows} by {columns} styles",
    )
    right, up, _ = [*views.axis_names(card), ""][:3]
    upwards = f", {up} upwards" if rows > 1 else ""
    st.caption(f"Class {label} in {rows * columns} styles: {right} grows to the right{upwards}.")

"""Views of codes that are drawn from a cloud: variational models, and those told the class."""

from __future__ import annotations

import streamlit as st
import torch

from ae_core import latent
from ae_core.checkpoints.cards import Card
from ae_core.image_sets import ImageSet
from ae_core.latent import code_views
from ae_core.models.base import Autoencoder
from ae_core.texts import N_, _, joined, ngettext
from pages.ui import explained
from pages.ui.drawing import pictures, plotted, views, wrapped_rows
from pages.ui.drawing.pictures import Row
from pages.ui.family_views import charts
from pages.ui.live_map import code_control
from pages.ui.shared import cached_views, choosing, classifier, widgets
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
        _("Every image is a cloud of codes"),
        _(
            "The encoder gives a mean and a standard deviation, sigma, and the code is drawn:"
            " z = mean + sigma \N{MULTIPLICATION SIGN} epsilon, with epsilon from the prior,"
            " N(0,\N{NO-BREAK SPACE}I)."
        ),
    )
    explained.terms("posterior", "prior", "kl-divergence", "nats")
    left, middle, __ = st.columns([1, 1, 2], vertical_alignment="bottom")
    with left:
        number = choosing.image_number(Cloud, "image", _("Test image"), len(found.test))
    with middle:
        choosing.draw_button(_("Draw again"), Cloud, "draws")
    seed = current.of(Cloud).draws
    x = found.test[number : number + 1].float().div(255)
    mean, log_variance = (each[0] for each in model.posterior(x))
    generator = torch.Generator().manual_seed(seed)
    own = code_views.draws(mean, log_variance, DRAWS, generator)
    prior = torch.randn(DRAWS + 2, len(mean), generator=generator)
    decoded = latent.decode(model, torch.cat([mean.unsqueeze(0), own, prior]))
    near = torch.cat([x, decoded[: DRAWS + 1]])
    readings = classifier.readings(classifier.of_model(card), decoded)
    drawn = [_("draw {number}", number=index + 1) for index in range(DRAWS + 2)]
    captions: list[str] = [_("mean"), *drawn[:DRAWS], *drawn]
    if readings:
        captions = [_("mean {reading}", reading=readings[0]), *readings[1:]]
    label = found.classes[found.test_labels[number]]
    pictures.strip(
        [
            Row(
                _("Its cloud"),
                views.digits(near),
                [
                    _("A {label}, test image {number}", label=label, number=number),
                    _("Its mean, decoded"),
                    *(_("Its cloud, {draw}, decoded", draw=draw) for draw in drawn[:DRAWS]),
                ],
                [_("image"), *captions[: DRAWS + 1]],
            ),
            Row(
                _("The prior"),
                views.digits(decoded[DRAWS + 1 :]),
                [_("The prior, {draw}, decoded", draw=draw) for draw in drawn],
                captions[DRAWS + 1 :],
            ),
        ]
    )
    if readings:
        st.caption(_(classifier.EXPLAINED))
    left, right = st.columns(2)
    with left:
        _mean_and_sigma(card, mean, (0.5 * log_variance).exp(), own[0])
    with right:
        _what_each_says(card, found)
    if card.latent_dim == 2:
        _published_square(card)


def _mean_and_sigma(card: Card, mean: torch.Tensor, sigma: torch.Tensor, z: torch.Tensor) -> None:
    st.markdown(_("**How draw 1 was made** (the prior has mean 0 and sigma 1)"))
    epsilon = (z - mean) / sigma
    if len(mean) <= TABLE:
        head = _("part") + " |" + "".join(f" z[{index}] |" for index in range(len(mean)))
        parts = ((_("mean"), mean), (_("sigma"), sigma), (_("epsilon"), epsilon), ("z", z))
        rows = "\n".join(
            f"| {name} |" + "".join(f" {wrapped_rows.short(value)} |" for value in values.tolist())
            for name, values in parts
        )
        st.markdown(f"| {head}\n|---|{'---:|' * len(mean)}\n{rows}")
        return
    plotted.show(
        charts.cloud(mean.tolist(), sigma.tolist(), z.tolist()), key=f"cloud:{card.name}",
        config={"displaylogo": False},
        alt=_(
            "Mean of each number of the code, with a bar of one sigma, and the draw; the band is"
            " the prior's"
        ),
    )  # fmt: skip


def _what_each_says(card: Card, images: ImageSet) -> None:
    kl = cached_views.kl_of_each(card, images.name)
    count = min(len(images.test), cached_views.MAX_IMAGES)
    dead = kl < code_views.DEAD_NATS
    st.markdown(
        _("**What each number says about the image: {nats:.3g} nats in all**", nats=float(kl.sum()))
    )
    names = [f"z[{index}]" for index in range(len(kl))]
    listed = ", ".join(
        f"{n} {wrapped_rows.short(v)}" for n, v in zip(names, kl.tolist(), strict=True)
    )
    alt = _("KL in nats: {listed}", listed=listed)
    wrapped_rows.bars(kl.tolist(), names, alt=alt, faint=dead.tolist())
    asleep = [name for name, is_dead in zip(names, dead.tolist(), strict=True) if is_dead]
    measured = ngettext(
        "KL from the prior in nats, mean over {count} test image of {images}.",
        "KL from the prior in nats, mean over {count} test images of {images}.",
        count,
        images=widgets.as_text(images.shown_title),
    )
    found = _("None is dead (below {limit} nats).", limit=code_views.DEAD_NATS)
    if asleep:
        found = _(
            "Dead, below {limit} nats: **{numbers}**. Move them: nothing happens.",
            limit=code_views.DEAD_NATS,
            numbers=", ".join(asleep),
        )
    st.caption(joined(measured, found))


def _published_square(card: Card) -> None:
    codes = _(
        "{count} x {count} decoded codes over [-{half:g}, {half:g}] x [-{half:g}, {half:g}]",
        count=COUNT,
        half=HALF,
    )
    square = st.expander(codes, on_change="rerun", key="square")
    if not square.open:
        return
    images = cached_views.decoded_square(card, HALF, COUNT)
    sheet = pictures.montage(views.digits(images), COUNT)
    with square:
        plotted.show(
            charts.published_square(sheet, HALF, views.axis_names(card)),
            key=f"square:{card.name}", config={"displaylogo": False},
            alt=_("{codes}, z[0] to the right and z[1] upwards", codes=codes),
        )  # fmt: skip


def class_and_style(card: Card, model: Autoencoder) -> None:
    """All classes in the present style, and the present class in many styles."""
    z, classes = code_control.current(card).unsqueeze(0), model.code_classes
    label = int(model.class_of(z))
    views.title(
        _("One handwriting, every class"),
        _(
            "The style stays, the class changes. Pick a class above, or move the style: slant,"
            " width and weight change in all of them at once."
        ),
    )
    everyone = model.with_class(z.expand(classes, -1), torch.arange(classes))
    captions = [_("class {number}", number=index) for index in range(classes)]
    captions[label] = _("class {number} (now)", number=label)
    wrapped_rows.tiles(
        views.digits(latent.decode(model, everyone)),
        [_("The present style as class {number}", number=index) for index in range(classes)],
        captions,
        per_row=min(classes, 12),
    )
    rows, columns = STYLES if model.free_numbers > 1 else (1, STYLES[1])
    plane = views.grid_codes(card, rows, columns, through=z[0])
    pictures.wide(
        pictures.montage(views.digits(latent.decode(model, plane)), columns),
        _(
            "Class {number} decoded in {rows} by {columns} styles",
            number=label,
            rows=rows,
            columns=columns,
        ),
    )
    right, up = views.axis_names(card)[:2]
    message = N_("Class {number} in {count} styles: {right} grows to the right.")
    if rows > 1:
        message = N_("Class {number} in {count} styles: {right} grows to the right, {up} upwards.")
    st.caption(_(message, number=label, count=rows * columns, right=right, up=up))

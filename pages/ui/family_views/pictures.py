"""Views of codes that are pictures, or are made of pictures, and canvases of images."""

from __future__ import annotations

import streamlit as st
import torch

from ae_core import latent, numerals
from ae_core.checkpoints.cards import Card
from ae_core.latent import code_views
from ae_core.models.base import Autoencoder
from ae_core.texts import _, ngettext
from pages.ui.browser import debounce
from pages.ui.drawing import pictures, plotted, views, wrapped_rows
from pages.ui.drawing.pictures import Row
from pages.ui.family_views import charts
from pages.ui.live_map import code_control, live_map
from pages.ui.shared import cached, cached_views, choosing
from pages.ui.state import current
from pages.ui.state.declared import Canvas

EXAMPLES = 8
CANVAS = 4
"""Images on a side of a canvas."""


def components(card: Card, model: Autoencoder) -> None:
    """The components as pictures, and the present image built up from them."""
    z = code_control.current(card)
    views.title(
        ngettext(
            "The {count} picture that every image is mixed from",
            "The {count} pictures that every image is mixed from",
            len(z),
        ),
        _(
            "A code says how much of each picture to add to the mean image: orange adds ink, blue"
            " takes it away. The first ones matter most."
        ),
    )
    counts = code_views.doubling(len(z))
    steps = latent.decode(model, code_views.first_numbers(z, [0, *counts]))
    alts = [
        _("The image from the mean image"),
        *(_("The image from the first {count} of {all}", count=count, all=len(z))
          for count in counts),
    ]  # fmt: skip
    labels = [_("mean"), *(_("first {count}", count=count) for count in counts)]
    wrapped_rows.tiles(views.digits(steps), alts, labels, per_row=9)
    st.caption(
        _(
            "**Above:** the present image from the first of its numbers alone. **Below:** the"
            " pictures, each with its share of how much the codes of real images differ."
        )
    )
    spread = cached.codes(card)[0].var(0)
    shares = (spread / spread.sum()).tolist()
    signed = code_views.components(model).mean(1).numpy()
    wrapped_rows.tiles(
        [pictures.difference(picture, 0 * picture) for picture in signed],
        [
            _("Component {number}: where z[{number}] adds and takes ink", number=index)
            for index in range(len(signed))
        ],
        [f"z[{index}] · {numerals.written(shares[index], '.1%')}" for index in range(len(signed))],
    )


def code_image(card: Card, model: Autoencoder) -> None:
    """The present code as the small picture that it is, and those of a few test images."""
    found = cached_views.images(card)
    labels = found.test_labels
    examples = [int((labels == label).nonzero()[0]) for label in labels.unique()][:EXAMPLES]
    x = found.test[examples]
    now = code_control.current(card).unsqueeze(0)
    z = torch.cat([now, latent.encode(model, x)])
    small = code_views.as_pictures(model, z, cached.codes(card)[0]).numpy()
    h, w = small.shape[1:]
    after = views.digits(latent.decode(model, z))
    size = f"{h} x {w}"
    views.title(
        _("The code is a picture of {size}", size=size),
        _(
            "Each number of this code has a place in the image and looks at what is around it."
            " Compare where the code is bright or dark with where the ink is."
        ),
    )
    left, right = st.columns([1, 2.6])
    with left:
        wrapped_rows.tiles(
            [small[0], after[0]],
            [
                _("The present code as a picture of {size}", size=size),
                _("The image that it decodes to"),
            ],
            [_("the code now"), _("its image")],
            per_row=2,
        )
    names = [
        _("A {label}, test image {number}", label=found.classes[labels[i]], number=i)
        for i in examples
    ]
    with right:
        pictures.strip(
            [
                Row(_("Image"), views.digits(x.float().div(255)), names),
                Row(_("Code"), small[1:], [_("{image}, its code", image=name) for name in names]),
                Row(
                    _("Reconstruction"),
                    after[1:],
                    [_("{image}, reconstructed", image=name) for name in names],
                ),
            ]
        )


def digits_in_space(card: Card, __: Autoencoder) -> None:
    """500 codes drawn as their images, and a button to a code far from all of them."""
    z = code_control.current(card)
    found, labels = cached.codes(card)
    views.title(
        ngettext(
            "{count} code, drawn as the image it is of",
            "{count} codes, drawn as the images they are of",
            min(len(found), charts.DIGITS_IN_SPACE),
        ),
        _(
            "Turn the cloud, and look which images lie side by side. Then leave it: the decoder"
            " draws something for every code, also where no image ever was."
        ),
    )
    cloud, far = st.columns([2.2, 1], vertical_alignment="center")
    with cloud:
        plotted.show(
            charts.digits_in_space(
                found.numpy(), labels.numpy(), cached.class_names(card), z.tolist()
            ),
            key=f"space:{card.name}", config={"displaylogo": False},
            alt=_(
                "Codes of test images in space, each drawn as its image in the colour of its class"
            ),
        )  # fmt: skip
    with far:
        st.button(
            _("The question mark"), icon=":material/explore_off:", width="stretch",
            on_click=_leave_the_map, args=(card,), help=_("Go to a code far outside the cloud."),
        )  # fmt: skip
        code_control.picture(card)


def _leave_the_map(card: Card) -> None:
    code_control.move(card, cached_views.strangest_corner(card))
    debounce.redraw(*live_map.fragments(), "own")


def canvas(card: Card, model: Autoencoder) -> None:
    """A square of test images beside the square of their reconstructions."""
    found = cached_views.images(card)
    st.header(_("{side} x {side} images, before and after", side=CANVAS), anchor=False)
    seed, before, after = current.of(Canvas).draw, *st.columns(2)
    order = torch.randperm(len(found.test), generator=torch.Generator().manual_seed(seed))
    x = found.test[order[: CANVAS**2]]
    for column, name, alt, images in (
        (
            before,
            _("Originals"),
            _("{side} by {side} test images: originals", side=CANVAS),
            x.float().div(255),
        ),
        (
            after,
            _("Reconstructions"),
            _("{side} by {side} test images: reconstructions", side=CANVAS),
            latent.reconstruct(model, x),
        ),
    ):
        with column:
            pictures.wide(pictures.montage(views.digits(images), CANVAS), alt)
            st.caption(name)
    choosing.draw_button(_("Another sixteen"), Canvas, "draw")

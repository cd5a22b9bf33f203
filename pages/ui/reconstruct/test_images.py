"""Ten test images over their reconstructions over the differences."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
import torch

from ae_core import latent, numerals
from ae_core.checkpoints.cards import Card
from ae_core.evaluation import metrics
from ae_core.texts import _, joined, ngettext
from pages.ui.drawing import pictures, places, views
from pages.ui.drawing.pictures import Row
from pages.ui.live_map import on_map
from pages.ui.reconstruct import copying
from pages.ui.shared import cached, choosing, classifier, image_errors, widgets


@st.fragment
def show(card: Card) -> None:
    """A choice of ten test images."""
    with widgets.shown_errors():
        found = widgets.images_for(card)
        picture = places.kept("strip-place")
        indices = choosing.choose(found, card)
        with picture:
            names = [
                _(
                    "A {name}, test image {number}",
                    name=found.classes[found.test_labels[i]],
                    number=i,
                )
                for i in indices
            ]
            rows(card, found.test[indices].float().div(255), names)
        on_map.numbers(card, found, indices)
        if found.name == card.image_set:
            error = card.metrics["mse"]
        elif measured := image_errors.of([card], found, count=len(found.test)):
            error = float(measured[card.name].tensors["mse"].mean())
        else:
            return
        st.caption(
            ngettext(
                "Over all {count:,} test image of {images} the mean error is {error:.4f}.",
                "Over all {count:,} test images of {images} the mean error is {error:.4f}.",
                len(found.test),
                images=widgets.as_text(found.shown_title),
                error=error,
            )
        )
        copying.show(card, found, indices)


def rows(card: Card, x: torch.Tensor, names: Sequence[str]) -> None:
    """Draw originals, reconstructions and differences of images, (n, c, h, w)."""
    x_hat = latent.reconstruct(cached.load(card).model, x)
    errors = metrics.mse(x_hat, x).tolist()
    before, after = views.digits(x), views.digits(x_hat)
    read = classifier.readings(classifier.of_model(card), x_hat)
    lost = [pictures.difference(b, a) for b, a in zip(after, before, strict=True)]
    pictures.strip(
        [
            Row(_("Original"), before, names),
            Row(
                _("Reconstruction"),
                after,
                [_("{image}, reconstructed", image=name) for name in names],
                read,
            ),
            Row(
                _("Difference"),
                lost,
                [_("{image}, difference", image=name) for name in names],
                [numerals.written(error, ".4f") for error in errors],
            ),
        ]
    )
    st.caption(
        joined(
            _(classifier.EXPLAINED) if read else "",
            _(
                "Under each difference: the error (MSE, lower is better). Orange is ink drawn where"
                " there was none, blue is ink left out, black is right."
            ),
        )
    )

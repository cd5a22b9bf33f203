"""The training images nearest to what was reconstructed: has it learned to draw, or to copy?"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from ae_core import analyses, latent, numerals
from ae_core.analyses import Answer
from ae_core.checkpoints.cards import Card
from ae_core.image_sets import ImageSet
from ae_core.texts import _, joined, ngettext
from pages.ui.drawing import pictures, views
from pages.ui.drawing.pictures import Row
from pages.ui.shared import analysis_results, cached, widgets

KIND = "nearest_training"

COPY = 10
"""How many times nearer to a training image than to its own image a copy is."""


def show(card: Card, found: ImageSet, indices: Sequence[int]) -> None:
    """A fold that asks once it is opened, for models whose own images are here.

    Not for one that has seen the test images: the nearest one would be the image itself.
    """
    if found.sha256 != card.image_set_sha256 or card.has_seen_test_images:
        return
    fold = st.expander(_("Copying or learning?"), on_change="rerun", key="copying")
    if not fold.open:
        return
    asked = {
        "model": analyses.of(card), "images": found.key.to_dict(), "index": list(map(int, indices))
    }  # fmt: skip
    with fold, widgets.shown_errors():
        analysis_results.show(
            KIND, asked, partial(_draw, card, found, indices),
            words=_("The nearest training images"),
        )  # fmt: skip


def _draw(card: Card, found: ImageSet, indices: Sequence[int], answer: Answer) -> None:
    own, nearest = (answer.tensors[name].tolist() for name in ("own", "nearest"))
    count, coded = answer.values["count"], answer.values["coded"]
    chosen = found.test[list(indices)]
    x_hat = latent.reconstruct(cached.load(card).model, chosen)
    texts = [
        _("A {name}, test image {number}", name=found.classes[found.test_labels[i]], number=i)
        for i in indices
    ]
    st.markdown(f"**{finding(own, nearest, count)}**")
    pictures.strip(
        [
            Row(_("Original"), views.digits(chosen.float().div(255)), texts),
            Row(
                _("Reconstruction"), views.digits(x_hat),
                [_("{image}, reconstructed", image=text) for text in texts],
                [numerals.written(error, ".4f") for error in own],
            ),
            Row(
                _("Nearest, by pixels"), views.digits(answer.tensors["by_pixels"].float().div(255)),
                [
                    _("The training image nearest to the reconstruction of: {image}", image=text)
                    for text in texts
                ],
                [numerals.written(error, ".4f") for error in nearest],
            ),
            Row(
                _("Nearest, by code"), views.digits(answer.tensors["by_code"].float().div(255)),
                [
                    _("The training image whose code is nearest to that of: {image}", image=text)
                    for text in texts
                ],
            ),
        ]
    )  # fmt: skip
    st.caption(
        joined(
            _(
                "Under each reconstruction its error to its own image; under each training image"
                " the error of the reconstruction to it (MSE)."
            ),
            ngettext(
                "By pixels it is the nearest of {count:,} training image, by code of {coded:,}.",
                "By pixels it is the nearest of {count:,} training images, by code of {coded:,}.",
                count,
                coded=coded,
            ),
            _(
                "A model that had learned by heart would draw these. A code of a few numbers blurs,"
                " and what is blurred is near to many images."
            ),
        )
    )


def finding(own: Sequence[float], nearest: Sequence[float], count: int) -> str:
    """Whether the reconstructions are nearer to their images than to all that was learned."""
    nearer = sum(mine < other for mine, other in zip(own, nearest, strict=True))
    values = {"nearer": nearer, "all": len(own), "images": count}
    if nearer == len(own):
        return _(
            "{nearer} of {all} reconstructions lie nearer to their own image than to any of"
            " {images:,} training images: these are drawn, not copied.",
            **values,
        )
    copies = sum(COPY * other < mine for mine, other in zip(own, nearest, strict=True))
    if not copies:
        return _(
            "{nearer} of {all} reconstructions lie nearer to their own image than to any of"
            " {images:,} training images; none is a copy, {times} times nearer to a training image"
            " than to its own.",
            times=COPY,
            **values,
        )
    return ngettext(
        "{nearer} of {all} reconstructions lie nearer to their own image than to any of {images:,}"
        " training images; one is a copy, {times} times nearer to a training image than to its"
        " own.",
        "{nearer} of {all} reconstructions lie nearer to their own image than to any of {images:,}"
        " training images; {count} are copies, {times} times nearer to a training image than to"
        " its own.",
        copies,
        times=COPY,
        **values,
    )

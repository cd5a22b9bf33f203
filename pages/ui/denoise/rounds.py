"""Feeding the output back in: one image after up to fifty rounds."""

from __future__ import annotations

from collections.abc import Callable

import plotly.graph_objects as go
import streamlit as st
import torch

from ae_core import numerals, palette
from ae_core.checkpoints.cards import Card
from ae_core.evaluation import denoising, filters
from ae_core.texts import N_, _, joined, ngettext
from ae_core.types import Images
from pages.ui.denoise import bench, chosen_noise
from pages.ui.denoise.bench import TITLES
from pages.ui.drawing import figures, pictures, views, wrapped_rows
from pages.ui.shared import cached, choosing, classifier, widgets
from pages.ui.shared.waiting import Spinner
from pages.ui.state import current
from pages.ui.state.declared import Rounds

ROUNDS = 50
SHOWN = (0, 1, 2, 3, 4, 5, 7, 10, 14, 18, 22, 30, 40, 50)
RESTORERS = ("trained_on_noise", "not_trained_on_noise", *filters.FILTERS)
LEAST_CHANGE = 1e-4
"""The lower end of the logarithmic chart."""


def show(card: Card) -> None:
    """The restorer, the image and the round to choose; the film strip and the changes."""
    found = widgets.images_for(card)
    place = st.container()
    corruption = chosen_noise.now()
    here = bench.models(cached.available()[0], card, corruption)
    names = [name for name in RESTORERS if name in here or name in filters.FILTERS]
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    name = _restorer(left, names)
    indices = choosing.choose(found, card)
    texts = {
        index: _("a {label}, test image {number}",
                 label=found.classes[found.test_labels[index]], number=index)
        for index in indices
    }  # fmt: skip
    image = current.of(Rounds).image
    index = indices[0] if image is None or image not in indices else image
    right.selectbox(
        _("Image"), indices, format_func=texts.__getitem__,
        **current.widget(Rounds, "image", index, per=tuple(indices)),
    )  # fmt: skip
    clean = found.test[[index]].float().div(255)
    noisy = corruption.noise()(clean, torch.Generator().manual_seed(corruption.seed))
    seen = _rounds(here.get(name), name, noisy.numpy().tobytes(), noisy)
    with place:
        last = classifier.in_words(classifier.of_images(found), seen[-1:])
        _draw(seen, name, texts[index], last)


def _restorer(place: st.delta_generator.DeltaGenerator, names: list[str]) -> str:
    shown = current.possible(Rounds, "restorer", names, names[0])
    place.segmented_control(
        _("Restored by"), names, format_func=lambda name: _(TITLES[name]), required=True,
        **current.widget(Rounds, "restorer", shown, per=tuple(names)),
    )  # fmt: skip
    return str(shown)


@st.cache_data(max_entries=32, show_spinner=Spinner(N_("Fifty rounds")))
def _rounds_of(key: tuple[str, ...], _restore: Callable[[Images], Images], _x: Images) -> Images:  # noqa: ARG001
    return denoising.rounds(_restore, _x, ROUNDS)


def _rounds(card: Card | None, name: str, pixels: bytes, noisy: Images) -> Images:
    if card:
        model = cached.load(card).model
        key = (card.name, card.weights_sha256, pixels.hex())
        return _rounds_of(key, lambda x: denoising.through(model, x), noisy)
    return _rounds_of(("", name, pixels.hex()), lambda x: filters.restored(name, x), noisy)


def _draw(seen: Images, name: str, text: str, looks_like: str) -> None:
    changed = denoising.changes(seen)
    words = sentence(denoising.settled_after(changed), looks_like)
    shown = views.digits(seen)
    left, right = st.columns([1, 2.6])
    with left:
        place = st.container()
        at = current.of(Rounds).round
        st.slider(_("Round"), 0, ROUNDS, **current.widget(Rounds, "round"))
        with place:
            pictures.big(shown[at], _after(text, at))
            st.caption(
                ngettext("After {count} round", "After {count} rounds", at)
                if at else _("The noisy image, before the first round")
            )  # fmt: skip
    with right:
        captions = [_("start")] + [
            f"{n}: {numerals.written(float(changed[n - 1]), '.3f')}" for n in SHOWN[1:]
        ]
        wrapped_rows.tiles(
            [shown[n] for n in SHOWN], [_after(text, n) for n in SHOWN], captions, per_row=7
        )
        figure = go.Figure()
        hover = _("round {round}: {change}", round="%{x}", change="%{y:.4f}")
        values = changed.clamp(min=LEAST_CHANGE).tolist()
        figure.add_scatter(
            x=list(range(1, ROUNDS + 1)), y=values, mode="lines+markers", showlegend=False,
            line={"color": bench.COLOURS[name]},
            hovertemplate=f"{hover}<extra></extra>",
        )  # fmt: skip
        figure.add_scatter(
            x=[0, ROUNDS + 0.5], y=[denoising.STILL] * 2, mode="lines",
            showlegend=False, hoverinfo="skip", line={"dash": "dot", "color": palette.REFERENCE},
        )  # fmt: skip
        figure.add_vline(x=at, line={"color": palette.HERE, "width": 2})
        figure.update_xaxes(title_text=_("round"), range=[0, ROUNDS + 0.5])
        figure.update_yaxes(
            title_text=_("change of a pixel"),
            type="log",
            dtick=1,
            range=[-4, 0],
            exponentformat="none",
        )
        figures.show(
            figure, words, {"round": list(range(1, ROUNDS + 1)), "change": changed.tolist()},
            key="rounds-chart", height=280,
            alt=joined(_("Change of each of {count} rounds of {restorer}.",
                         count=ROUNDS, restorer=_(denoising.NAMES[name])), words),
        )  # fmt: skip
    st.caption(
        _(
            "Each round restores what the last one made. Under each image: its round, and how much"
            " that round changed a pixel (root mean square); below the dotted line nobody sees it."
            " An image that a model draws again as it is, is what the model holds for a perfect"
            " one."
        )
    )


def _after(image: str, rounds: int) -> str:
    return ngettext(
        "{image} after {count} round", "{image} after {count} rounds", rounds, image=image
    )


def sentence(settled: int | None, looks_like: str) -> str:
    """Where it settles, in words."""
    if settled == 0:
        return _("Nothing changes: the first round already leaves the image as it is.")
    if settled is None and looks_like:
        return _(
            "Still changing after {count} rounds; by then it is something that the classifier reads"
            " as {reading}.",
            count=ROUNDS, reading=looks_like,
        )  # fmt: skip
    if settled is None:
        return _("Still changing after {count} rounds; by then it is one image.", count=ROUNDS)
    if looks_like:
        return ngettext(
            "Settles after {count} round on something that the classifier reads as {reading}.",
            "Settles after {count} rounds on something that the classifier reads as {reading}.",
            settled, reading=looks_like,
        )  # fmt: skip
    return ngettext(
        "Settles after {count} round on one image.", "Settles after {count} rounds on one image.",
        settled,
    )  # fmt: skip

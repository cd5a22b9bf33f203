"""What runs a model in the browser: how its parts are mounted, and what they have to know."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
from typing import Any

import streamlit as st

from ae_core import texts
from ae_core.checkpoints.cards import Card
from ae_core.errors import UserError
from ae_core.export import browser_models
from ae_core.image_sets.own_picture import OF_DIGITS
from ae_core.settings import LANGUAGE
from ae_core.texts import N_, _
from pages.ui.browser import built
from pages.ui.shared import cached, cached_views, card_text, classifier, widgets
from pages.ui.shared.waiting import Spinner
from pages.ui.state import current
from pages.ui.state.declared import Beside

MOST_BESIDE = 3
FAILED = "live-failed"

LOADER = """
export default function (component) {
  let cleanUp = () => {}, gone = false;
  const ours = document.querySelector('script[src*="/static/js/"]').src;
  import(new URL(`../..${component.data.script}`, ours).href).then(
    (module) => { if (!gone) cleanUp = module[component.data.part](component); },
    (failure) => component.setStateValue("failed", String(failure)),
  );
  return () => { gone = true; cleanUp(); };
}
"""
"""Loads a part from an address of our own, which the browser keeps, unlike what stands here.

Streamlit's own script tells where the app lies: some hosting services put it under a path.
"""

PLACE = '<div class="live"></div>'


def part(name: str, /, **more: Any) -> dict[str, Any]:
    """What every part of the page is told, and `more`."""
    return {
        "part": name,
        "script": built.address("live.js"),
        **({"catalogue": catalogue} if (catalogue := texts.of_browser(LANGUAGE.value)) else {}),
        **more,
    }


def data(name: str, /, **more: Any) -> dict[str, Any]:
    """What a part that runs models is told, and `more`."""
    worker, runtime = built.address("worker.js"), built.address("runtime.wasm")
    return part(name, worker=worker, runtime=runtime, **more)


def why_not() -> str:
    """Why the server decodes for this visitor, as a sentence; nothing where the browser does."""
    if not built.files():
        return built.why_none()
    if st.session_state.get(FAILED):
        return _(
            "The live map did not start in this browser, so the server decodes. Loading the page"
            " again tries once more."
        )
    return ""


def failed(key: str) -> None:
    """Remember that the browser could not run the part with this key; for callbacks."""
    st.session_state[FAILED] = bool(st.session_state[key].failed)


def moved(key: str, state: object) -> int:
    """How often the page itself has set what the part with this key shows, with `state` now.

    Where this grows, the browser takes it over; what it has told itself meanwhile it keeps.
    """
    known, times = st.session_state.get(f"{key}-known", (None, 0))
    if known != state:
        times += 1
        st.session_state[f"{key}-known"] = (state, times)
    return int(times)


def knows(key: str, state: object) -> None:
    """Note that the browser has told this state itself; for callbacks."""
    _known, times = st.session_state.get(f"{key}-known", (None, 0))
    st.session_state[f"{key}-known"] = (state, times)


def beside(card: Card) -> list[Card]:
    """The control for the models that go along, and these; the address repeats them."""
    fitting = [
        each
        for each in cached.available()[0]
        if each.image_shape == card.image_shape and each.name != card.name
    ]
    by_name = {each.name: each for each in fitting}
    names = current.possible_ones(Beside, "models", by_name, MOST_BESIDE)
    st.multiselect(
        _("Beside it"), list(by_name), max_selections=MOST_BESIDE,
        format_func=widgets.labels(fitting).__getitem__,
        placeholder=_("Choose up to three other models"),
        **current.widget(Beside, "models", names, per=tuple(by_name)),
    )  # fmt: skip
    return [by_name[name] for name in names]


def model(card: Card) -> dict[str, Any]:
    """What the browser has to know of a model, named as in `frontend/src/models/model.ts`."""
    names = list(cached.class_names(card))  # which somebody may change
    more = {"images": _images(card), "factors": _factors(card), "classifier": _classifier(card)}
    return {**_model(card), "classes": names, **more}


@st.cache_data(
    max_entries=64, show_spinner=Spinner(N_("Encoding the images")), hash_funcs=cached.BY_CONTENT
)
def _model(card: Card) -> dict[str, Any]:
    """All of it that is the same for every visitor."""
    network = cached.load(card).model
    codes, _ = cached.codes(card)
    centre, axes, shares = cached_views.free_axes(card)
    here = f"/live-models/{card.name}/{card.weights_sha256}"
    return {
        "name": card.name,
        "title": card_text.short_title(card),
        "decoder": f"{here}/decoder",
        "encoder": f"{here}/encoder",
        "codes": f"{here}/{browser_models.labelled_codes(card)}",
        "count": len(codes),
        "dim": card.latent_dim,
        "free": network.free_numbers,
        "levels": network.code_levels,
        "shape": card.image_shape,
        "low": card.code_low,
        "high": card.code_high,
        "centre": centre.tolist(),
        "principal": axes.tolist(),
        "shares": shares,
        "usual": cached.usual_distance(card),
        "mse": card.metrics["mse"],
        "variational": network.has_posterior,
        "digits": card.image_set in OF_DIGITS,
    }


def _classifier(card: Card) -> str | None:
    """The address of a classifier that knows what this model draws, where there is one."""
    found = classifier.of_model(card)
    return f"/live-classifiers/{found.name}/{found.weights_sha256}" if found else None


def _images(card: Card) -> str | None:
    """The address of the test images behind the codes, where the visitor may see them."""
    with suppress(UserError):
        if (found := cached.images_of_codes(card)) is not None:
            return f"/live-images/{card.image_set}/{found.sha256}"
    return None


def _factors(card: Card) -> dict[str, Any] | None:
    """What is known of the test images behind the codes, and the address of it."""
    with suppress(UserError):
        found = cached.images_of_codes(card)
        if found is not None and found.factors is not None:
            count = len(cached.codes(card)[0])
            return {
                "address": f"/live-factors/{card.image_set}/{found.sha256}/{count}",
                "each": [
                    {
                        **asdict(each), "name": _(each.name),
                        "values": [_(value) for value in each.values],
                    }
                    for each in found.factors.each
                ],
            }  # fmt: skip
    return None

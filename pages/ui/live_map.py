"""The live latent map: a small component whose decoder runs in the browser, at the hand's speed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from ae_core import code_parts, image_sets, live
from ae_core.cards import Card
from ae_core.image_sets import DIGIT_NAMES
from ae_core.models.fsq import FSQ
from pages.ui import cached, cached_views, codes, facts, links, resting, widgets

MANIFEST = Path(__file__).resolve().parents[2] / "frontend" / "build" / "manifest.json"
KEY = "live-map"
MOST_BESIDE = 3

# Loaded from an address of our own, and so kept by the browser, unlike what stands here.
_LOADER = """
export default function (component) {
  let cleanUp = () => {}, gone = false;
  import(new URL(component.data.script, document.baseURI).href).then(
    (module) => { if (!gone) cleanUp = module.default(component); },
    (failure) => component.setStateValue("failed", String(failure)),
  );
  return () => { gone = true; cleanUp(); };
}
"""

_MAP = st.components.v2.component("live_map", html='<div class="live"></div>', js=_LOADER)


@cache
def files() -> dict[str, str]:
    """The addresses of the built files by their names; none where they were not built."""
    try:
        names = json.loads(MANIFEST.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return {name: f"/live/{hashed}" for name, hashed in names.items()}


def why_not() -> str:
    """Why this visitor decodes on the server, as a sentence; nothing where the map works."""
    if not files():
        return "The live map was not built: `make run` builds it."
    if st.session_state.get("live-map-failed"):
        return "This browser cannot run the live map, so the server decodes."
    return ""


def fragments() -> tuple[str, ...]:
    """The fragments of the page that show the code: where the server decodes the map is apart."""
    return ("hand", "map") if why_not() else ("hand",)


def beside(card: Card) -> list[Card]:
    """The models through which the image under the hand goes, too; the address repeats them."""
    fitting = {
        each.name: each
        for each in cached.available()[0]
        if each.image_shape == card.image_shape and each.name != card.name
    }
    if (asked := links.news("beside")) is not None:
        st.session_state["beside-kept"] = asked.split(",")
    kept = [name for name in st.session_state.get("beside-kept", ()) if name in fitting]
    st.session_state["beside"] = kept[:MOST_BESIDE]
    chosen = st.multiselect(
        "Beside it, the same image through", list(fitting), key="beside",
        max_selections=MOST_BESIDE, format_func=widgets.labels(list(fitting.values())).__getitem__,
        placeholder="Choose up to three other models", on_change=_chose_beside,
    )  # fmt: skip
    if chosen:
        links.write("beside", ",".join(chosen))
    else:
        links.drop("beside")
    return [fitting[name] for name in chosen]


def show(card: Card, others: Sequence[Card], followed_by: Sequence[str]) -> None:
    """The map of a model. Where the hand lets go, the code follows, and these fragments."""

    def released() -> None:
        codes.follow(card, st.session_state[KEY].z)
        if followed_by:
            resting.redraw("hand", *followed_by)

    data = {
        "script": files()["live_map.js"],
        "worker": files()["worker.js"],
        "runtime": files()["runtime.wasm"],
        "model": _model(card),
        "others": [_model(other) for other in others],
        "z": codes.current(card).tolist(),
        "moved": codes.moves(card),
    }
    _MAP(key=KEY, data=data, on_z_change=released, on_failed_change=_failed)


def _chose_beside() -> None:
    st.session_state["beside-kept"] = st.session_state["beside"]


def _failed() -> None:
    st.session_state["live-map-failed"] = bool(st.session_state[KEY].failed)


@st.cache_data(max_entries=64, show_spinner="Encoding the images", hash_funcs=cached.BY_CONTENT)
def _model(card: Card) -> dict[str, Any]:
    """What the browser has to know of a model; the names are those of `frontend/src/model.ts`."""
    model = cached.load(card).model
    found, _ = cached.codes(card)
    free = code_parts.free_numbers(model)
    centre, axes, shares = cached_views.free_axes(card)
    here = f"/live-models/{card.name}/{card.weights_sha256}"
    count = min(len(found), live.MAX_IMAGES)
    return {
        "name": card.name,
        "title": facts.short_title(card),
        "decoder": f"{here}/decoder",
        "encoder": f"{here}/encoder",
        "codes": f"{here}/codes",
        "images": _images(card, count),
        "count": count,
        "dim": card.latent_dim,
        "free": free,
        "levels": model.config.levels if isinstance(model, FSQ) else None,
        "shape": card.image_shape,
        "low": card.code_low,
        "high": card.code_high,
        "centre": centre.tolist(),
        "principal": axes.tolist(),
        "shares": shares,
        "usual": cached.usual_distance(card),
        "classes": list(DIGIT_NAMES),
        "variational": live.has_clouds(model),
    }


def _images(card: Card, count: int) -> str | None:
    """The address of the test images behind the codes, where they are here."""
    if card.image_set not in image_sets.available():
        return None
    sha256 = cached.image_set(card.image_set).sha256
    if sha256 != card.image_set_sha256:
        return None
    return f"/live-images/{card.image_set}/{sha256}/{count}"

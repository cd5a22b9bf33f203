"""What an autoencoder is asked for: which network, on what, how long, against which noise."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

import streamlit as st

from ae_core import noise
from ae_core.checkpoints.cards import Card
from ae_core.image_sets import ImageSet
from ae_core.models import FAMILIES, FAMILY_OF, Preset, preset
from ae_core.options import Option
from ae_core.recipes import Recipe
from ae_core.training.runs import RunSpec
from pages.ui.shared import cached, forms, links, noise_names, widgets
from pages.ui.shared.noise_names import KINDS
from pages.ui.train import controls

FIRST = "ae-16"
NOTHING = "from scratch"
SECONDS, EPOCHS = "seconds", "epochs"
OF_THE_RUN = {"epochs", "updates", "threads"}


def asked(most: int) -> tuple[RunSpec, ImageSet, str]:
    """What the form asks for, of at most so many seconds; the images, and the device."""
    name = widgets.preset_picker(FIRST)
    family = FAMILIES[FAMILY_OF[name]]
    st.caption(f"**{family.title}.** {family.summary}")
    images = controls.image_set()
    start_from = _start_from(name, images)
    left, right = st.columns(2, vertical_alignment="bottom")
    with left:
        how_long = st.segmented_control(
            "Train for", (SECONDS, EPOCHS), default=SECONDS, required=True, key="unit"
        )
    recipes = tuple(family.presets[name])
    chosen = preset(name, st.session_state.get(f"recipe-{name}", recipes[0]))
    with right:
        spec = RunSpec(name, images.name, start_from=start_from.name if start_from else "")
        spec = _length(spec, str(how_long), chosen, most)
    config = _code_size(name, chosen) if not start_from else {}
    spoiler = _noise(chosen)
    with st.expander("More: network, recipe, classes, seed, device"):
        recipe_name = st.selectbox("Recipe", recipes, key=f"recipe-{name}", help=RECIPE_HELP)
        if not start_from:
            leave_out = {"latent_dim", "classes"}
            config |= forms.options(
                family.config.declared(), chosen.config.to_dict(), key=f"config-{name}",
                leave_out=leave_out,
            )  # fmt: skip
        recipe = forms.options(
            Recipe.declared(), chosen.recipe.to_dict(), key=f"recipe-{name}-{recipe_name}",
            leave_out=OF_THE_RUN,
        )  # fmt: skip
        classes = st.multiselect(
            "Classes to include", images.classes, key="classes",
            placeholder="All of them", help="Leave out the images of all others.",
        )  # fmt: skip
        seed = controls.whole_number("Seed", RunSpec.declaration("seed"), 0, key="seed")
        on = controls.device()
    with_noise = f", {KINDS[spoiler.kind].lower()}" if spoiler else ""
    spec = replace(
        spec, recipe_name=recipe_name, config=config, noise=spoiler, seed=seed,
        recipe={**recipe, **spec.recipe, "threads": 1}, only_classes=tuple(classes),
        keep_codes=True, title=controls.title(f"{name} · {images.title}{with_noise}"),
    )  # fmt: skip
    return spec, images, on


RECIPE_HELP = "fast is ours: some seconds. published is that of the source: it may take an hour."


def _start_from(name: str, images: ImageSet) -> Card | None:
    """A checkpoint to go on from, of the same family and for images of the same shape."""
    fitting = {
        card.name: card
        for card in cached.available()[0]
        if card.family == FAMILY_OF[name] and card.image_shape == images.image_shape
    }
    labels = widgets.labels(list(fitting.values()))
    chosen = st.selectbox(
        "Start", [NOTHING, *fitting], key=f"start-{name}",
        format_func=lambda each: labels.get(each, each) if each != NOTHING else NOTHING,
        help="From scratch, or go on with a model that is trained already, on these images.",
    )  # fmt: skip
    return fitting.get(str(chosen))


def _length(spec: RunSpec, unit: str, chosen: Preset, most: int) -> RunSpec:
    if unit == SECONDS:
        return replace(spec, seconds=controls.seconds(most))
    epochs = controls.whole_number(
        "Epochs", Recipe.declaration("epochs"), chosen.recipe.epochs, key=f"epochs-{spec.preset}"
    )
    return replace(spec, recipe={"epochs": epochs})


def _code_size(name: str, chosen: Preset) -> dict[str, Any]:
    family = FAMILIES[FAMILY_OF[name]]
    for option in family.config.declared():
        if option.name == "latent_dim":
            size = st.slider(
                "Numbers in the code", int(option.low or 1), min(int(option.high or 256), 128),
                chosen.config.latent_dim, key=f"size-{name}", help=f"{option.help}.",
            )  # fmt: skip
            return {"latent_dim": size} if size != chosen.config.latent_dim else {}
    return {}


def _noise(chosen: Preset) -> noise.Noise | None:
    """The noise to learn to remove; the address of a link from Denoise fills it in."""
    left, middle, right = st.columns([1.3, 1, 1], vertical_alignment="bottom")
    kinds = {"": "none" if chosen.noise is None else "the recipe's", **KINDS}
    if (asked := links.kept("train-noise")) in kinds:
        st.session_state["train-noise"] = asked
    kind = left.selectbox(
        "Noise to remove", list(kinds), format_func=kinds.__getitem__, key="train-noise",
        on_change=links.drop, args=("train-strength",),  # each kind has its own
        help="The encoder sees spoilt images, the decoder is to draw the clean ones.",
    )  # fmt: skip
    if not kind:
        links.drop("train-noise")
        return None
    links.write({"train-noise": str(kind)})
    found = noise.NOISES[str(kind)]
    option = found.strength_option()
    with middle:
        strength = _share("train-strength", f"train-strength-{kind}", option)
    spoiler = found().at(strength)
    if isinstance(spoiler, noise.Gaussian):
        with right:
            veil = replace(found.declaration("mean"), default=0.0, help="Mean")
            mean = _share("train-mean", "train-mean-of-noise", veil)
        spoiler = replace(spoiler, mean=mean)
    return spoiler


def _share(name: str, key: str, option: Option) -> float:
    """A slider over the range of an option; the address says its value by `name`."""
    low, high = float(option.low or 0), float(option.high or 1)
    with suppress(TypeError, ValueError):
        asked = float(links.kept(name, key))  # type: ignore[arg-type]
        if low <= asked <= high:
            st.session_state[key] = asked
    st.session_state.setdefault(key, float(option.default))
    value = float(st.slider(option.help, low, high, step=noise_names.step(low, high), key=key))
    links.write({name: f"{value:g}"})
    return value

"""The form of a run: what to train, on what, how long; what it will cost; and the button."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

import streamlit as st
import torch

from ae_core import noise, wording
from ae_core.accounts import limits, personal_limits
from ae_core.checkpoints.cards import Card
from ae_core.image_sets import ImageSet
from ae_core.jobs import table
from ae_core.models import FAMILIES, FAMILY_OF, Preset, preset
from ae_core.options import Option
from ae_core.recipes import Recipe
from ae_core.training import estimates
from ae_core.training.runs import RunSpec
from pages.ui.shared import cached, forms, links, noise_names, owner, widgets
from pages.ui.shared.noise_names import KINDS
from pages.ui.train.picked_set import picked_set

FIRST = "ae-16"
NOTHING = "from scratch"
SECONDS, EPOCHS = "seconds", "epochs"
OF_THE_RUN = {"epochs", "updates", "threads"}
SHORTEST, USUAL_SECONDS = 2, 10


def form() -> None:
    """Everything that a run can be asked for; pressed, the run is in the queue."""
    if st.session_state.pop("submitted", False):
        st.session_state["run-title"] = ""
        st.toast("Your run is in the queue. On a phone it is below the form.")
    allowed = personal_limits.of(owner.me())
    name = widgets.preset_picker(FIRST)
    family = FAMILIES[FAMILY_OF[name]]
    st.caption(f"**{family.title}.** {family.summary}")
    images = picked_set()
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
        spec = _length(spec, str(how_long), chosen, allowed.train_seconds)
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
        seed = _whole_number("Seed", RunSpec.declaration("seed"), 0, key="seed")
        on = _device()
    spec = replace(
        spec, recipe_name=recipe_name, config=config, noise=spoiler, seed=seed,
        recipe={**recipe, **spec.recipe, "threads": 1}, only_classes=tuple(classes),
        keep_codes=True, title=_title(name, images, spoiler),
    )  # fmt: skip
    fits = _cost(spec, images, allowed.train_seconds)
    if st.button(
        "Train", type="primary", icon=":material/play_arrow:", key="train", width="stretch",
        disabled=not fits,
    ):  # fmt: skip
        # Not a callback: it would be given the form as it was before the last field was changed.
        with widgets.shown_errors():
            submit(spec, on)
            st.session_state["submitted"] = True
            st.rerun()


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
        # Not bound to the address, which a page that is left for another could not clear.
        asked = links.news("seconds") or ""
        if asked.isdecimal() and len(asked) < 9 and SHORTEST <= int(asked) <= most:
            st.session_state.seconds = int(asked)
        st.session_state.setdefault("seconds", min(USUAL_SECONDS, most))
        seconds = st.slider("Seconds", SHORTEST, most, key="seconds")
        links.write({"seconds": str(seconds)})
        return replace(spec, seconds=float(seconds))
    epochs = _whole_number(
        "Epochs", Recipe.declaration("epochs"), chosen.recipe.epochs, key=f"epochs-{spec.preset}"
    )
    return replace(spec, recipe={"epochs": epochs})


def _whole_number(label: str, option: Option, value: int, *, key: str) -> int:
    """The control of a declared number, with its bounds and its help."""
    given = st.number_input(
        label, int(option.low or 0), int(option.high or 0), value, key=key, help=f"{option.help}."
    )
    return int(given)


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
    if (asked := links.news("train-noise")) in kinds:
        st.session_state["train-noise"] = asked
    kind = left.selectbox(
        "Noise to remove", list(kinds), format_func=kinds.__getitem__, key="train-noise",
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
        asked = float(links.news(name))  # type: ignore[arg-type]
        if low <= asked <= high:
            st.session_state[key] = asked
    st.session_state.setdefault(key, float(option.default))
    value = float(st.slider(option.help, low, high, step=noise_names.step(low, high), key=key))
    links.write({name: f"{value:g}"})
    return value


def _device() -> str:
    if not torch.cuda.is_available():
        st.caption("Device: the CPU, one thread. There is no GPU here.")
        return "cpu"
    names = {"cuda": torch.cuda.get_device_name(), "cpu": "CPU, one thread"}
    return str(st.selectbox("Device", list(names), format_func=lambda each: names[each], key="on"))


def _title(name: str, images: ImageSet, spoiler: noise.Noise | None) -> str:
    with_noise = f", {KINDS[spoiler.kind].lower()}" if spoiler else ""
    given = st.text_input(
        "Name", key="run-title", max_chars=60, placeholder=f"{name} · {images.title}{with_noise}",
        help="How it will be called on every page.",
    )  # fmt: skip
    return given.strip() or f"{name} · {images.title}{with_noise}"[:60]


def _cost(spec: RunSpec, images: ImageSet, most: int) -> bool:
    """One line on what the run will take, or why it cannot be; whether it can."""
    seconds = _seconds(spec.to_dict(), images)
    if seconds > most:
        much = f"It would train about {wording.duration(seconds)}. Choose fewer epochs."
        st.warning(str(limits.over("train_seconds", most, much)))
        return False
    waiting = len(table.waiting())
    queue = f" Waiting before it: {waiting}." if waiting else ""
    st.caption(
        f":material/timer: About **{wording.duration(seconds)}** of training on"
        f" {len(images.train):,} images, then some seconds to measure it.{queue}"
    )
    return True


@st.cache_data(max_entries=200, show_spinner=False, hash_funcs=cached.BY_CONTENT)
def _seconds(spec: Mapping[str, Any], images: ImageSet) -> float:
    return estimates.seconds_of_training(RunSpec.from_dict(spec), images)


def submit(spec: RunSpec, on: str) -> None:
    """Put a run of this person into the queue, and choose it in the list.

    Raises:
        UserError: it may not be asked for, or the queue is full.
    """
    job = table.submit(owner.me(), spec, on=on, opened=links.opened())
    st.session_state["job"] = job.id

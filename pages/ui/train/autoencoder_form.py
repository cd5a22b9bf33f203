"""What an autoencoder is asked for: which network, on what, how long, against which noise."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from ae_core import noise
from ae_core.checkpoints.cards import Card
from ae_core.image_sets import ImageSet
from ae_core.models import FAMILIES, FAMILY_OF, Preset, preset
from ae_core.options import Option
from ae_core.recipes import Recipe
from ae_core.texts import N_, _
from ae_core.training.runs import RunSpec
from pages.ui.shared import cached, forms, widgets
from pages.ui.shared.labels import NOISES
from pages.ui.state import current
from pages.ui.state.declared import Network, Train
from pages.ui.train import controls, own_images

RECIPES = {"fast": N_("fast"), "published": N_("published")}
RECIPE_HELP = N_(
    "fast is ours: some seconds. published is that of the source: it may take an hour."
)
OF_THE_RUN = {"epochs", "updates", "threads"}


def asked(most: int) -> tuple[RunSpec, ImageSet, str]:
    """What the form asks for, of at most so many seconds; the images, and the device."""
    name = _preset()
    family = FAMILIES[FAMILY_OF[name]]
    st.caption(f"**{_(family.title)}.** {_(family.summary)}")
    images = controls.image_set()
    own_images.suggestion(images)
    start_from = _start_from(name, images)
    left, right = st.columns(2, vertical_alignment="bottom")
    with left:
        unit = widgets.one_of(_("Train for"), Train, "unit")
    recipes = tuple(family.presets[name])
    recipe_name = current.possible(Network, "recipe", recipes, recipes[0])
    chosen = preset(name, recipe_name)
    with right:
        spec = RunSpec(name, images.name, start_from=start_from.name if start_from else "")
        spec = _length(spec, unit, chosen, most)
    config = _code_size(name, chosen) if not start_from else {}
    spoiler = _noise(chosen)
    own_recipe = chosen.recipe.to_dict()
    augmented = {} if family.model.solved_at_once else own_images.augmented(images, chosen)
    with st.expander(_("More: network, recipe, classes, seed, device")):
        st.selectbox(
            _("Recipe"), recipes, format_func=lambda each: _(RECIPES[each]), help=_(RECIPE_HELP),
            **current.widget(
                Network, "recipe", recipe_name, per=name, resets=("recipe_options", "epochs")
            ),
        )  # fmt: skip
        if not start_from:
            config |= forms.options(
                family.config.declared(), chosen.config.to_dict(), Network, "network_options",
                leave_out={"latent_dim", "classes"},
            )  # fmt: skip
        recipe = forms.options(
            Recipe.declared(), {**own_recipe, **augmented}, Network, "recipe_options",
            leave_out=OF_THE_RUN | augmented.keys() & {"flip"},
        )  # fmt: skip
        classes = current.possible_ones(Train, "classes", images.classes)
        st.multiselect(
            _("Classes to include"), images.classes,
            placeholder=_("All of them"), help=_("Leave out the images of all others."),
            **current.widget(Train, "classes", classes, per=tuple(images.classes)),
        )  # fmt: skip
        seed = controls.whole_number(_("Seed"), RunSpec.declaration("seed"), "seed")
        on = controls.device()
    given = {**augmented, **recipe}
    recipe = {each: value for each, value in given.items() if value != own_recipe[each]}
    usual = f"{name} · {images.title}"
    if spoiler:
        usual = f"{usual}, {_(NOISES[spoiler.kind]).lower()}"
    spec = replace(
        spec, recipe_name=recipe_name, config=config, noise=spoiler, seed=seed,
        recipe={**recipe, **spec.recipe, "threads": 1}, only_classes=tuple(classes),
        keep_codes=True, title=controls.title(usual),
    )  # fmt: skip
    return spec, images, on


def _preset() -> str:
    """The control for which network to train, by family."""
    first = Train.declaration("preset").default
    titles = {name: _(FAMILIES[family].title) for name, family in FAMILY_OF.items()}
    names = sorted(titles, key=lambda name: (name != first, titles[name]))
    shown = current.possible(Train, "preset", names, first)
    st.selectbox(
        _("Model"), names, format_func=lambda name: f"{titles[name]} · {name}",
        **current.widget(Train, "preset"),
    )  # fmt: skip
    return str(shown)


def _start_from(name: str, images: ImageSet) -> Card | None:
    """A checkpoint to go on from, of the same family and for images of the same shape."""
    fitting = {
        card.name: card
        for card in cached.available()[0]
        if card.family == FAMILY_OF[name] and card.image_shape == images.image_shape
    }
    labels = {"": _("from scratch"), **widgets.labels(list(fitting.values()))}
    shown = current.possible(Network, "start", ("", *fitting), "")
    st.selectbox(
        _("Start"), ["", *fitting], format_func=labels.__getitem__,
        help=_("From scratch, or go on with a model that is trained already, on these images."),
        **current.widget(Network, "start", shown, per=tuple(fitting)),
    )  # fmt: skip
    return fitting.get(shown)


def _length(spec: RunSpec, unit: str, chosen: Preset, most: int) -> RunSpec:
    if unit == "seconds":
        return replace(spec, seconds=controls.seconds(most))
    epochs = controls.whole_number(
        _("Epochs"), Recipe.declaration("epochs"), "epochs", chosen.recipe.epochs, group=Network
    )
    return replace(spec, recipe={"epochs": epochs})


def _code_size(name: str, chosen: Preset) -> dict[str, Any]:
    family = FAMILIES[FAMILY_OF[name]]
    for option in family.config.declared():
        if option.name == "latent_dim":
            usual = chosen.config.latent_dim
            option = replace(option, high=min(option.high or 128, 128))
            size = forms.value_of(option, usual, Network, "network_options")
            st.slider(
                _("Numbers in the code"), option.low, option.high,
                **forms.bound(option, usual, size, Network, "network_options"),
            )  # fmt: skip
            return {"latent_dim": size} if size != usual else {}
    return {}


def _noise(chosen: Preset) -> noise.Noise | None:
    """The noise to learn to remove; a link from Denoise fills it in."""
    left, middle, right = st.columns([1.3, 1, 1], vertical_alignment="bottom")
    kinds = {"": N_("none") if chosen.noise is None else N_("the recipe's"), **NOISES}
    left.selectbox(
        _("Noise to remove"), list(kinds), format_func=lambda kind: _(kinds[kind]),
        help=_("The encoder sees spoilt images, the decoder is to draw the clean ones."),
        **current.widget(Train, "noise", resets=("strength",)),  # each kind has its own
    )  # fmt: skip
    kind = current.of(Train).noise
    if not kind:
        return None
    found = noise.NOISES[kind]
    with middle:
        strength = _share(found.strength_option(), "strength")
    spoiler = found().at(strength)
    if isinstance(spoiler, noise.Gaussian):
        with right:
            veil = replace(found.declaration("mean"), default=0.0, help=N_("Mean"))
            spoiler = replace(spoiler, mean=_share(veil, "mean"))
    return spoiler


def _share(option: Option, field: str) -> float:
    """A slider over the range of an option."""
    low, high = float(option.low or 0), float(option.high or 1)
    given = getattr(current.of(Train), field)
    if given is not None and not low <= given <= high:
        current.leave_out(Train, field)
        given = None
    shown = float(option.default) if given is None else given
    st.slider(
        _(option.help), low, high, step=forms.step(low, high),
        **current.widget(Train, field, shown, per=(low, high)),
    )  # fmt: skip
    return shown

"""The whole ladder, now: models of every size of the code, trained as one while one looks on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from ae_core import wording
from ae_core.accounts import limits, personal_limits
from ae_core.analyses import Answer
from ae_core.analyses.whole_ladder import Sweep
from ae_core.checkpoints.cards import Card
from ae_core.errors import UserError
from ae_core.image_sets import ImageSet
from ae_core.models import FAMILIES, FAMILY_OF
from ae_core.texts import _, ngettext
from ae_core.training import estimates
from ae_core.training.specs import RunSpec
from ae_core.training.sweeps.together import MOST
from pages.ui.compare import ladder_curve
from pages.ui.shared import analysis_results, cached, owner, widgets
from pages.ui.state import current
from pages.ui.state.declared import Ladder

KIND = "whole_ladder"

SIZES = (1, 2, 3, 4, 8, 16, 32, 49, 64)
USUAL = (1, 2, 4, 8, 16, 32, 64)
SEEDS = (1, 3, 5)
STEPS = (100, 300, 1000, 3000)
STRENGTHS, BETAS = (0.1, 0.3, 0.5), (0.25, 1.0, 4.0)


@st.fragment
def show(card: Card) -> None:
    """What to train, what that costs, and the curve, also while it is trained."""
    st.header(_("The whole ladder, now"), anchor=False)
    with widgets.shown_errors():
        images = cached.own_images(card) or cached.image_set("digits")
        sweep = _chosen()
        asked = {"images": images.key.to_dict(), "sweep": sweep.to_dict()}

        def draw(answer: Answer) -> None:
            ladder_curve.draw(sweep, answer)

        if analysis_results.is_asked(KIND, asked) or _fits(sweep, images):
            analysis_results.show(
                KIND, asked, draw, so_far=draw, at_once=False, button=_("Train the whole ladder"),
                words=ngettext("The ladder of {count} model", "The ladder of {count} models",
                               sweep.models),
            )  # fmt: skip


def _chosen() -> Sweep:
    """The controls of what is trained."""
    names = [name for name, family in FAMILY_OF.items() if has_sizes(family)]
    left, middle, right = st.columns([1.6, 1, 1.2], vertical_alignment="bottom")
    usual = str(Ladder.declaration("preset").default)
    preset = str(current.possible(Ladder, "preset", names, usual))
    titles = {name: f"{_(FAMILIES[FAMILY_OF[name]].title)} · {name}" for name in names}
    left.selectbox(
        _("Network"), sorted(names, key=titles.__getitem__), format_func=titles.__getitem__,
        **current.widget(Ladder, "preset", preset),
    )  # fmt: skip
    family = FAMILIES[FAMILY_OF[preset]]
    with middle:
        seeds = _number("seeds", _("Seeds of each size"), SEEDS)
    with right:
        steps = _number("steps", _("Steps of each model"), STEPS)
    left, right = st.columns([1.6, 2.2], vertical_alignment="bottom")
    sizes = tuple(current.possible_ones(Ladder, "sizes", SIZES)) or USUAL
    with left:
        st.pills(
            _("Numbers in the code"), SIZES, selection_mode="multi",
            **current.widget(Ladder, "sizes", sizes),
        )  # fmt: skip
    along = ["sizes-alone", "strengths-of-noise"]
    if family.model.variational and hasattr(family.config, "beta"):
        along.append("betas")
    with right:
        way = widgets.one_of(_("What else differs"), Ladder, "along", among=along)
    noisy = way == "strengths-of-noise"
    return Sweep(
        preset=preset, sizes=tuple(sorted(set(sizes))), seeds=seeds, steps=steps,
        noise="gaussian" if noisy else "", strengths=STRENGTHS if noisy else (),
        betas=BETAS if way == "betas" else (),
    )  # fmt: skip


def has_sizes(name: str) -> bool:
    """Whether models of a family with codes of any size can be trained on any images."""
    family = FAMILIES[name]
    of_size = any(each.name == "latent_dim" for each in family.config.declared())
    return of_size and not family.model.solved_at_once and not family.model.takes_labels


def _number(field: str, label: str, choices: tuple[int, ...]) -> int:
    shown = current.possible(Ladder, field, choices, Ladder.declaration(field).default)
    st.segmented_control(
        label, choices, required=True, format_func="{:,}".format,
        **current.widget(Ladder, field, shown),
    )  # fmt: skip
    return int(shown)


def _fits(sweep: Sweep, images: ImageSet) -> bool:
    """A line on what it costs, or why it cannot be; whether it can."""
    many = ngettext("{count} model", "{count} models", sweep.models)
    if not 2 <= sweep.models <= MOST:
        st.warning(
            _("These are {models}. A ladder has 2 to {most}: choose others.",
              models=many, most=MOST)
        )  # fmt: skip
        return False
    try:
        seconds = sweep.models * sweep.steps * _step_seconds(sweep.to_dict(), images)
    except UserError as failure:
        st.warning(widgets.sentence(failure), icon=":material/warning:")
        return False
    most, time = personal_limits.of(owner.me()).train_seconds, wording.duration(seconds)
    if seconds > most:
        much = _("It would train about {time}. Choose fewer models or steps.", time=time)
        st.warning(str(limits.over("train_seconds", most, much)))
        return False
    st.caption(
        _(
            ":material/timer: {models}, {steps:,} steps each, trained as one on {pictures}: about"
            " **{time}**. The curve is drawn meanwhile, with the error of PCA beside it.",
            models=many, steps=sweep.steps, time=time,
            pictures=widgets.as_text(wording.counted(len(images.train), images.noun)),
        )
    )  # fmt: skip
    return True


@st.cache_data(max_entries=200, show_spinner=False, hash_funcs=cached.BY_CONTENT)
def _step_seconds(sweep: Mapping[str, Any], images: ImageSet) -> float:
    found = Sweep.from_dict(sweep)
    spec = RunSpec(found.preset, images.name, recipe={"threads": 1})
    return estimates.step_seconds(spec, images)

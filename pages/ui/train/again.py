"""The form filled in with what a run was asked for, to change something and train again."""

from __future__ import annotations

import streamlit as st

from ae_core.jobs.job import Job
from ae_core.noise import Gaussian
from ae_core.texts import _
from ae_core.training.runs import RunSpec
from pages.ui.state import current
from pages.ui.state.declared import Network, Train
from pages.ui.train.autoencoder_form import OF_THE_RUN


def button(job: Job) -> None:
    """The button that fills the form, for a run of an autoencoder."""
    if isinstance(job.spec, RunSpec) and job.is_readable:
        st.button(
            _("Again with …"), icon=":material/replay:", key=f"again-{job.id}", on_click=_fill,
            args=(job.spec,),
            help=_("Fills the form with what this run was asked for: change what you like."),
        )  # fmt: skip


def _fill(spec: RunSpec) -> None:
    noise = spec.noise
    strength = {"strength": getattr(noise, noise.strength)} if noise else {"strength": None}
    mean = {"mean": noise.mean} if isinstance(noise, Gaussian) else {}
    timed = {"unit": "seconds", "seconds": round(spec.seconds)} if spec.seconds else {}
    current.change(
        Train, what="autoencoder", preset=spec.preset, image_set=spec.image_set,
        noise=noise.kind if noise else "", classes=spec.only_classes, seed=spec.seed,
        **{"unit": "epochs", **timed}, **strength, **mean,
    )  # fmt: skip
    recipe = {name: value for name, value in spec.recipe.items() if name not in OF_THE_RUN}
    current.change(
        Network, start=spec.start_from, recipe=spec.recipe_name, network_options=spec.config,
        recipe_options=recipe, epochs=None if spec.seconds else spec.recipe.get("epochs"),
    )  # fmt: skip

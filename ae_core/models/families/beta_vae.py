"""A variational autoencoder pulled harder towards the prior, so that its numbers part ways.

With beta above 1 the code keeps only what pays for its place: some dimensions die, the others tend
to stand for one property each, such as slant or stroke width (Higgins et al. 2017). The price is a
blurrier picture.

The network is that of `vae.py`; its options start elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass

from ae_core.models import shared_options as shared
from ae_core.models.families import vae
from ae_core.models.family import Family, Preset
from ae_core.texts import N_


@dataclass(frozen=True)
class Config(vae.Config):
    latent_dim: int = shared.latent_dim(10)
    beta: float = shared.beta(4.0)


FAMILY = Family(
    title=N_("Beta-VAE"),
    summary=N_("A VAE with a heavier KL term: fewer numbers of the code stay in use."),
    in_words=N_("numbers that part ways"),
    model=vae.VAE,
    config=Config,
    presets={"beta-vae-10": {"fast": Preset(Config(), vae.FAST_VARIATIONAL)}},
)

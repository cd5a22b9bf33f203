"""A variational autoencoder pulled harder towards the prior, so that its numbers part ways.

With beta above 1 the code keeps only what pays for its place: some dimensions die, the others tend
to stand for one property each, such as slant or stroke width (Higgins et al. 2017). The price is a
blurrier picture.
"""

from __future__ import annotations

from dataclasses import dataclass

from ae_core.models.base import Family, Preset
from ae_core.models.families import vae
from ae_core.options import option


@dataclass(frozen=True)
class Config(vae.Config):
    latent_dim: int = option(10, "Numbers in the code", low=1, high=256)
    beta: float = option(4.0, "Weight of the pull towards the prior", low=0.0, high=100.0)


class BetaVAE(vae.VAE):
    """The network of `vae.py`; its options start elsewhere."""


FAMILY = Family(
    title="Beta-VAE",
    summary="Pulled harder to the prior: fewer numbers stay alive, and each says something else.",
    model=BetaVAE,
    config=Config,
    presets={"beta-vae-10": {"fast": Preset(Config(), vae.FAST_VARIATIONAL)}},
)

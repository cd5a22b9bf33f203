"""Codes: making them, ranges, grids, walks, directions, neighbours, flat maps."""

from ae_core.latent.codes import (
    MAX_CODE,
    gaussian_sample,
    grid,
    nearest,
    parse_code,
    principal_axes,
    slider_ranges,
    spherical_walk,
    straight_walk,
    typical_codes,
    usual_distance,
)
from ae_core.models.batches import decode, encode, reconstruct

__all__ = [
    "MAX_CODE",
    "decode",
    "encode",
    "gaussian_sample",
    "grid",
    "nearest",
    "parse_code",
    "principal_axes",
    "reconstruct",
    "slider_ranges",
    "spherical_walk",
    "straight_walk",
    "typical_codes",
    "usual_distance",
]

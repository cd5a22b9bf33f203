"""Networks with a code in the middle. Every family in `families/` is found by its file's name."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from ae_core.errors import UserError
from ae_core.models import families
from ae_core.models.base import (
    Autoencoder,
    Batch,
    ImageShape,
    Solved,
    parameter_count,
)
from ae_core.models.family import Family, Preset


def find_families() -> dict[str, Family]:
    """Every family in `families/`, by the name of its file."""
    names = sorted(module.name for module in iter_modules(families.__path__))
    return {name: import_module(f"{families.__name__}.{name}").FAMILY for name in names}


FAMILIES = find_families()

FAMILY_OF: dict[str, str] = {
    preset: name for name, family in FAMILIES.items() for preset in family.presets
}
"""The family of each preset."""


def preset(name: str, recipe: str = "fast") -> Preset:
    """The network and the recipe behind a name such as "dense-49".

    Raises:
        UserError: no such preset, or no such recipe for it.
    """
    if name not in FAMILY_OF:
        raise UserError(f"There is no model {name!r}. There are: {', '.join(FAMILY_OF)}.")
    recipes = FAMILIES[FAMILY_OF[name]].presets[name]
    if recipe not in recipes:
        raise UserError(f"{name} has no recipe {recipe!r}. It has: {', '.join(recipes)}.")
    return recipes[recipe]


__all__ = [
    "FAMILIES",
    "FAMILY_OF",
    "Autoencoder",
    "Batch",
    "Family",
    "ImageShape",
    "Preset",
    "Solved",
    "parameter_count",
    "preset",
]

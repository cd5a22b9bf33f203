"""Networks with a code in the middle. Every file in `families/` is a family, found by its name."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules

from ae_core.errors import UserError
from ae_core.models import families
from ae_core.models.base import (
    Autoencoder,
    Batch,
    ImageShape,
    parameter_count,
)
from ae_core.models.family import Family, Preset
from ae_core.texts import _


def find_families() -> dict[str, Family]:
    """Every family in `families/` and in `AE_FAMILIES`, by the name of its file, which is run.

    A file whose name begins with an underscore is none; the others may import it.

    Raises:
        UserError: two files of one name, or one that declares no `FAMILY`.
    """
    found: dict[str, Family] = {}
    for folder in families.__path__:
        for name in sorted(module.name for module in iter_modules([folder])):
            if name.startswith("_"):
                continue
            file = f"{folder}/{name}.py"
            if name in found:
                raise UserError(
                    _("There is a family {name} already. Rename {file}.", name=name, file=file)
                )
            declared = getattr(import_module(f"{families.__name__}.{name}"), "FAMILY", None)
            if not isinstance(declared, Family):
                raise UserError(_("{file} declares no FAMILY. See dense.py for one.", file=file))
            found[name] = declared
    return dict(sorted(found.items()))


def family_of_each_preset(found: Mapping[str, Family]) -> dict[str, str]:
    """The name of the family that each preset is of.

    Raises:
        UserError: two families have a preset of one name.
    """
    names: dict[str, str] = {}
    for family, declared in found.items():
        for preset in declared.presets:
            if preset in names:
                raise UserError(
                    _(
                        "The families {family} and {other} both have a preset {preset}. Rename one"
                        " of them.",
                        family=names[preset], other=family, preset=preset,
                    )
                )  # fmt: skip
            names[preset] = family
    return names


FAMILIES = find_families()

FAMILY_OF = family_of_each_preset(FAMILIES)
"""The family of each preset."""


def preset(name: str, recipe: str = "fast") -> Preset:
    """The network and the recipe behind a name such as "dense-49".

    Raises:
        UserError: no such preset, or no such recipe for it.
    """
    if name not in FAMILY_OF:
        raise UserError(
            _(
                "There is no model {name!r}. There are: {models}.",
                name=name, models=", ".join(FAMILY_OF),
            )
        )  # fmt: skip
    recipes = FAMILIES[FAMILY_OF[name]].presets[name]
    if recipe not in recipes:
        raise UserError(
            _(
                "{model} has no recipe {recipe!r}. It has: {recipes}.",
                model=name, recipe=recipe, recipes=", ".join(recipes),
            )
        )  # fmt: skip
    return recipes[recipe]


__all__ = [
    "FAMILIES",
    "FAMILY_OF",
    "Autoencoder",
    "Batch",
    "Family",
    "ImageShape",
    "Preset",
    "parameter_count",
    "preset",
]

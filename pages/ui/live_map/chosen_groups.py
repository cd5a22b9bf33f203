"""Groups of images that were chosen on the map, as the pages use them."""

from __future__ import annotations

from contextlib import suppress

from torch import Tensor

from ae_core.checkpoints.cards import Card
from ae_core.errors import UserError
from ae_core.latent import groups
from ae_core.latent.groups import Group
from ae_core.types import Labels, Latents
from pages.ui.drawing import views
from pages.ui.state import current
from pages.ui.state.declared import Chosen, Place


def chosen(card: Card) -> Group | None:
    """What is chosen on the map now; without a name, and without the classes that are hidden."""
    state = current.of(Chosen)
    group = Group("", state.chosen, state.plane, current.of(Place).hidden)
    if not state.chosen:
        return None
    if groups.is_shape(group.shape) and _is_possible(card, group):
        return group
    current.leave_out(Chosen, "chosen", "plane")
    return None


def kept(card: Card) -> dict[str, Group]:
    """The groups that have a name, by it."""
    found: dict[str, Group] = {}
    for text in current.of(Chosen).groups:
        with suppress(UserError):
            group = groups.parse(text)
            if _is_possible(card, group):
                found[text] = group
    texts = current.possible_ones(Chosen, "groups", found)
    return {found[text].name: found[text] for text in texts}


def rows_of(card: Card, group: Group, codes: Latents, labels: Labels) -> Tensor:
    """The rows of these codes that are in a group, (n,)."""
    centre, axes, _, _ = views.map_axes(card)
    plane = groups.plane_of(group.plane, (centre, axes[:2]), card.code_low, card.code_high)
    return group.rows(codes, labels, plane)


def _is_possible(card: Card, group: Group) -> bool:
    with suppress(UserError):
        groups.plane_of(group.plane, views.map_axes(card)[:2], card.code_low, card.code_high)
        return True
    return False

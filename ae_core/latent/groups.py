"""Groups of codes that somebody has chosen on a map: all within a shape on one of its planes.

A group is a few numbers, whatever the count of its codes, so that an address has room for it; the
browser has the same shapes (`frontend/src/codes/shapes.ts`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from ae_core.errors import UserError
from ae_core.storage.plain_text import one_line
from ae_core.texts import _
from ae_core.types import Labels, Latents

LONGEST_NAME = 40
MOST_CORNERS = 16

Plane = tuple[Float[Tensor, " d"], Float[Tensor, "2 d"]]
"""The middle of a plane, and its two directions."""


@dataclass(frozen=True)
class Group:
    """A shape on a map, without the classes that were hidden.

    Attributes:
        name: what somebody calls it.
        shape: middle and radius of a circle; left, bottom, right, top of a box; or u and v of each
            corner of an outline.
        plane: the map's: nothing for that which it opens with, two numbers of the code, or the six
            numbers of two directions.
        hidden: the classes that are left out.
    """

    name: str
    shape: tuple[float, ...]
    plane: tuple[float, ...] = ()
    hidden: tuple[int, ...] = ()

    def __str__(self) -> str:
        """The group as one text, which `parse` reads."""
        numbers = [
            "_".join(f"{x:.6g}" for x in each) for each in (self.plane, self.hidden, self.shape)
        ]
        return "~".join([self.name, *numbers])

    def rows(self, codes: Latents, labels: Labels, plane: Plane) -> Int64[Tensor, " m"]:
        """The rows of the codes that are in it; `plane` is that of the map."""
        centre, axes = plane
        places = (codes.float() - centre) @ axes.T
        hidden = torch.isin(labels, torch.tensor(self.hidden, dtype=labels.dtype))
        return (_holds(self.shape, places) & ~hidden).nonzero()[:, 0]


def named(text: str) -> str:
    """A name as groups have it: its signs that divide are spaces, and it is not too long."""
    return one_line(text.replace("~", " "), LONGEST_NAME)


def parse(text: str) -> Group:
    """The group that a text stands for.

    Raises:
        UserError: it stands for none.
    """
    try:
        name, plane, hidden, shape = text.split("~")
        found = Group(
            named(name),
            _floats(shape),
            _floats(plane),
            tuple(map(int, filter(None, hidden.split("_")))),
        )
    except ValueError as failure:
        raise UserError(_("{text!r} is no group of images.", text=text[:40])) from failure
    if not found.name or not is_shape(found.shape) or len(found.plane) not in (0, 2, 6):
        raise UserError(_("{text!r} is no group of images.", text=text[:40]))
    return found


def is_shape(numbers: tuple[float, ...]) -> bool:
    """Whether these numbers are a circle, a box or an outline."""
    count = len(numbers)
    known = count in (3, 4) or (count % 2 == 0 and 6 <= count <= 2 * MOST_CORNERS)
    return known and all(map(math.isfinite, numbers))


def plane_of(
    numbers: tuple[float, ...], first: Plane, low: Sequence[float], high: Sequence[float]
) -> Plane:
    """The plane of a map that these numbers name.

    Args:
        numbers: as `Group.plane`.
        first: the plane that the map opens with.
        low: the least of each number of the codes.
        high: the greatest of each.

    Raises:
        UserError: codes of so many numbers have no such plane.
    """
    dim = len(low)
    if len(numbers) == 2 and all(0 <= number < dim for number in numbers):
        return torch.zeros(dim), torch.eye(dim)[[int(number) for number in numbers]]
    if len(numbers) == 6 and dim == 3:
        return (torch.tensor(low) + torch.tensor(high)) / 2, torch.tensor(numbers).view(2, 3)
    if numbers:
        raise UserError(_("The codes of this model have no such plane."))
    return first


def _floats(text: str) -> tuple[float, ...]:
    return tuple(float(each) for each in text.split("_") if each)


def _holds(shape: tuple[float, ...], places: Float[Tensor, "n 2"]) -> Bool[Tensor, " n"]:
    """Whether a shape holds each place; an outline that crosses itself by the even-odd rule."""
    u, v = places.T
    if len(shape) == 3:
        return (u - shape[0]).hypot(v - shape[1]) <= shape[2]
    if len(shape) == 4:
        return (u >= shape[0]) & (v >= shape[1]) & (u <= shape[2]) & (v <= shape[3])
    inside = torch.zeros(len(places), dtype=torch.bool)
    corners = torch.tensor(shape).view(-1, 2).tolist()
    for (u0, v0), (u1, v1) in zip(corners, corners[-1:] + corners[:-1], strict=True):
        if v0 != v1:
            crosses = (v0 > v) != (v1 > v)
            inside ^= crosses & (u < (u1 - u0) * (v - v0) / (v1 - v0) + u0)
    return inside

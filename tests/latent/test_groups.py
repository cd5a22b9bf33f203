"""Groups of codes: which a shape holds, and as a text."""

from __future__ import annotations

import pytest
import torch

from ae_core.errors import UserError
from ae_core.latent import groups
from ae_core.latent.groups import Group

Z = torch.tensor([[0.0, 0, 9], [1, 0, 9], [0, 2, 9], [3, 3, 9], [5, 0, 9]])
LABELS = torch.tensor([0, 1, 0, 1, 0])
FLAT = (torch.zeros(3), torch.eye(3)[:2])


def made(*shape: float, hidden: tuple[int, ...] = ()) -> Group:
    return Group("g", tuple(map(float, shape)), hidden=hidden)


@pytest.mark.parametrize(
    ("shape", "rows"),
    [
        ((0, 0, 1), [0, 1]),
        ((-1, -1, 1, 2), [0, 1, 2]),
        ((-1, -1, 4, -1, -1, 4), [0, 1, 2]),
        ((-1, -1, 6, 4, 6, -1, -1, 4), [0, 2, 4]),
        ((8, 8, 9, 9), []),
    ],
)
def test_shape_holds_what_it_holds_in_the_browser(
    shape: tuple[float, ...], rows: list[int]
) -> None:
    """The same places as in `frontend/tests/codes/shapes.test.ts`."""
    assert made(*shape).rows(Z, LABELS, FLAT).tolist() == rows


def test_hidden_classes_are_left_out() -> None:
    assert made(-9, -9, 9, 9, hidden=(0,)).rows(Z, LABELS, FLAT).tolist() == [1, 3]


def test_group_on_other_axes_and_on_a_turned_cloud() -> None:
    low, high = (0.0, 0.0, 8.0), (5.0, 3.0, 10.0)
    plane = groups.plane_of((1.0, 2.0), FLAT, low, high)
    assert made(1, 8, 4, 10).rows(Z, LABELS, plane).tolist() == [2, 3]
    turned = groups.plane_of((0.0, 1.0, 0.0, 1.0, 0.0, 0.0), FLAT, low, high)
    # About the middle (2.5, 1.5, 9): up is the first number.
    assert made(-2, 0, 2, 3).rows(Z, LABELS, turned).tolist() == [3, 4]
    assert groups.plane_of((), FLAT, low, high) is FLAT
    for numbers in ((0.0, 3.0), (-1.0, 0.0), (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0)):
        with pytest.raises(UserError, match="no such plane"):
            groups.plane_of(numbers, FLAT, low, high)


def test_text_of_a_group_is_read_as_it_was() -> None:
    group = Group("Bold, 7 & 9 %", (0.25, -1e-5, 123456.0), (3.0, 0.0), (4, 11))
    assert groups.parse(str(group)) == group
    assert groups.named(" a~b\n c ") == "a b c"
    assert len(groups.named("x" * 300)) == groups.LONGEST_NAME


@pytest.mark.parametrize(
    "text",
    [
        "", "name", "~~~0_0_1", "g~~~", "g~~~1_2", "g~~~1_2_3_4_5", "g~1~~0_0_1", "g~~x~0_0_1",
        "g~~~a_b_c", "g~~~nan_0_1", "g~~~inf_0_1", "g~~~" + "_".join(["1"] * 50),
    ],
)  # fmt: skip
def test_what_is_no_group_is_refused(text: str) -> None:
    with pytest.raises(UserError, match="no group"):
        groups.parse(text)

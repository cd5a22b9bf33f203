"""Whether a run learns by heart: by what it reported, and of a run that does."""

from __future__ import annotations

from typing import Any

import pytest

from ae_core.training.learning_by_heart import ByHeart, found


def events(train: list[float], test: list[float | None]) -> list[dict[str, Any]]:
    def parts(error: float | None) -> dict[str, float]:
        return {} if error is None else {"bce": error / 2, "kl": error / 2}

    return [
        {"step": 10 * number, "seconds": float(number), "train": parts(one), "test": parts(other)}
        for number, (one, other) in enumerate(zip(train, test, strict=True))
    ]


def test_training_error_that_falls_while_the_test_error_rises_is_learning_by_heart() -> None:
    said = found(events([4, 3, 2, 1, 1, 1], [4, 3, 2, 3, 3, 3]))
    assert said == ByHeart(20, 2.0, 0.5, 0.5)


@pytest.mark.parametrize(
    ("train", "test"),
    [
        ([4, 3, 2, 1, 1, 1], [4, 3, 2, 2, 2, 2]),
        ([4, 3, 2, 1, 1, 1], [4, 3, 2.0, 2.03, 2.03, 2.03]),
        ([4, 3, 2, 2, 2, 2], [4, 3, 2, 3, 3, 3]),
        ([4, 3, 2, 3, 3, 3], [4, 3, 2, 3, 3, 3]),
        ([4, 3, 2, 1, 1], [4, 3, 2, 3, 3]),
        ([4, 3, 2, 1, 1, 1], [4, None, 2, None, 3, 3]),
        ([], []),
    ],
    ids=["level", "a little", "both level", "both rise", "too early", "rarely measured", "none"],
)
def test_nothing_is_said_of_anything_else(train: list[float], test: list[float | None]) -> None:
    assert found(events(train, test)) is None


def test_what_was_not_measured_is_left_out() -> None:
    said = found(events([4, 9, 2, 9, 1, 1, 1], [4, None, 2, None, 3, 3, 3]))
    assert said == ByHeart(20, 2.0, 0.5, 0.5)

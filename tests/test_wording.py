"""Numbers in words: each in one way wherever it stands."""

from __future__ import annotations

import pytest

from ae_core import wording


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.012345, "0.0123"),
        (1.0, "1.00"),
        (123.4, "123"),
        (12345.6, "12,346"),
        (-2.5, "\N{MINUS SIGN}2.50"),
    ],
)
def test_a_number_has_three_digits(value: float, text: str) -> None:
    assert wording.three_digits(value) == text


def test_a_number_next_to_zero_is_zero_where_that_is_asked() -> None:
    assert wording.three_digits(-0.0004, zero_below=5e-4) == "0"
    assert wording.three_digits(-0.0005, zero_below=5e-4) == "\N{MINUS SIGN}0.000500"


@pytest.mark.parametrize(
    ("factor", "text"), [(12.25, "12.2 times"), (98.0, "98 times"), (3072.0, "3,072 times")]
)
def test_a_factor_is_short(factor: float, text: str) -> None:
    assert wording.times(factor) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.2, "less than a second"), (119.4, "119 s"), (600.0, "10 min")]
)
def test_a_duration_has_the_unit_in_which_it_is_short(seconds: float, text: str) -> None:
    assert wording.duration(seconds) == text


@pytest.mark.parametrize(("size", "text"), [(1234, "1 kB"), (2_345_678, "2.35 MB")])
def test_a_file_size_is_in_kb_or_mb(size: int, text: str) -> None:
    assert wording.file_size(size) == text


@pytest.mark.parametrize(("size", "text"), [(2**20, "1 MB"), (1.5 * 2**20, "1.5 MB")])
def test_megabytes_are_those_of_the_limits(size: float, text: str) -> None:
    assert wording.megabytes(size) == text

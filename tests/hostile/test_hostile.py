"""Hostile files: each refused in a sentence, or read where it is harmless, at next to no cost."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from tests.hostile import archives, arrays, cases, good, images, tables
from tests.hostile.cases import MOST_MEBIBYTES, MOST_SECONDS, Case

HOSTILE = [*images.cases(), *archives.cases(), *arrays.cases(), *tables.cases()]
GOOD = list(good.cases())

CHECKED = 4
"""Times as long as all takes while the types of every call are checked, beside other tests."""

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow warns of damage


@pytest.fixture(scope="module", autouse=True)
def _everything_is_imported() -> None:
    for case in GOOD:
        cases.read(case.name, case.make())


@pytest.fixture(autouse=True)
def _nothing_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A reader that raises what nobody thought of says so in the log."""
    with caplog.at_level(logging.WARNING):
        yield
        assert not caplog.records


def test_there_are_as_many_as_were_promised_each_once() -> None:
    assert len({case.name for case in HOSTILE}) == len(HOSTILE) >= 150
    assert len({case.name for case in GOOD}) == len(GOOD) >= 40


@pytest.mark.parametrize("case", GOOD, ids=[case.name for case in GOOD])
@pytest.mark.one_in(3)
def test_a_good_file_is_read(case: Case) -> None:
    outcome = cases.read(case.name, case.make())
    assert outcome.pictures and not outcome.reasons


@pytest.mark.parametrize("case", HOSTILE, ids=[ascii(case.name) for case in HOSTILE])
@pytest.mark.one_in(6)
def test_a_hostile_file_is_refused_in_a_sentence_at_next_to_no_cost(case: Case) -> None:
    data = case.make()
    outcome = cases.read(case.name, data)
    assert outcome.is_as_expected(case), outcome.reasons
    assert outcome.seconds < CHECKED * MOST_SECONDS
    assert outcome.mebibytes < MOST_MEBIBYTES

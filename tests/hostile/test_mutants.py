"""Mutants of good files: a picture, or a refusal in a sentence, and nothing in the log."""

from __future__ import annotations

import io
import logging
import zipfile
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

from ae_core.errors import UserError
from ae_core.images import formats, reading, sizes
from ae_core.uploads import intake
from ae_core.uploads.intake import ReadResult, Upload
from tests.hostile import good
from tests.hostile.mutants import try_mutants
from tests.uploads.made_files import encoded, picture, saved, zipped

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow warns of damage

NO_PICTURES = ("zip", "npy", "npz", "csv", "tsv")


def ours(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What our readers wrote into the log: errors that nobody thought of."""
    return [each.getMessage() for each in caplog.records if each.name.startswith("ae_core")]


def counts(few: int, many: int) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("count", [few, pytest.param(many, marks=pytest.mark.long)])


@cache
def good_ones() -> dict[str, bytes]:
    return {case.name: case.make() for case in good.cases()}


def of_kind(*endings: str) -> dict[str, bytes]:
    return {
        name: data for name, data in good_ones().items()
        if name.rpartition(".")[2] in endings and len(data) < 200_000
    }  # fmt: skip


@pytest.fixture
def checked(caplog: pytest.LogCaptureFixture) -> Callable[[str, bytes], list[ReadResult]]:
    """Reads a mutant as an upload: what is read is in order, what is refused is a sentence."""

    def check(name: str, data: bytes) -> list[ReadResult]:
        caplog.clear()
        try:
            found = list(intake.read([Upload(name, io.BytesIO(data))]))
        except UserError as failure:
            found = [ReadResult(name, reason=str(failure))]
        assert not ours(caplog)
        for each in found:
            assert each.name.isprintable() and each.label.isprintable()
            if each.picture is None:
                assert not each.reason or (each.reason.isprintable() and each.reason[-1] == ".")
            else:
                assert each.picture.mode in ("L", "RGB") and min(each.picture.size) > 0
        return found

    caplog.set_level(logging.WARNING)
    return check


@counts(80, 10_000)
def test_a_mutant_of_a_picture_has_the_size_that_it_says_or_is_refused(
    count: int, caplog: pytest.LogCaptureFixture
) -> None:
    pictures = {
        name: data for name, data in good_ones().items()
        if not name.endswith(NO_PICTURES) and len(data) < 50_000
    }  # fmt: skip
    outcomes = []

    def check(name: str, data: bytes) -> None:
        caplog.clear()
        found, reason = None, "."
        try:
            found = reading.read(data, name)
        except UserError as failure:
            reason = str(failure)
        assert not ours(caplog)
        assert reason.isprintable() and reason[-1] == "."
        outcomes.append(found is not None)
        if found is not None:
            said = sizes.size_of(data, formats.kind_of(data))
            full = reading.full_size(found)
            assert found.mode in ("L", "RGB") and said in (full, full[::-1])

    try_mutants(pictures, count, check)
    assert 0.02 < np.mean(outcomes) < 0.9  # it is mutants of both kinds that were tried


@counts(40, 5_000)
def test_a_mutant_of_a_zip_gives_its_own_pictures_or_refusals(
    count: int, checked: Callable[[str, bytes], list[ReadResult]]
) -> None:
    images = [picture(n) for n in range(6)]
    files = {f"pets/{n % 2}/{n}.png": encoded(each) for n, each in enumerate(images)}
    known = {each.tobytes() for each in images}
    read = []

    def check(name: str, data: bytes) -> None:
        found = [each.picture for each in checked(name, data) if each.picture is not None]
        read.append(len(found))
        if data.startswith(b"PK"):
            assert all(each.tobytes() in known for each in found)

    zips = {"stored.zip": zipped(files),
            "packed.zip": zipped(files, compression=zipfile.ZIP_DEFLATED)}  # fmt: skip
    try_mutants(zips, count, check)
    assert 0.1 < np.mean(read) < 6


@counts(40, 2_500)
def test_a_mutant_of_an_array_is_what_numpy_reads_or_is_refused(
    count: int, checked: Callable[[str, bytes], list[ReadResult]]
) -> None:
    def check(name: str, data: bytes) -> None:
        found = [each.picture for each in checked(name, data) if each.picture is not None]
        if found and data.startswith(b"\x93NUMPY"):
            there = np.load(io.BytesIO(data), allow_pickle=False)
            assert len(found) <= max(there.shape)  # those with NaN are refused

    small = {"small.npy": saved(good.PIXELS[:, :8, :8]), "floats.npy": saved(good.PIXELS[:9] / 255)}
    try_mutants(of_kind("npz") | small, count, check)


@counts(40, 2_500)
def test_a_mutant_of_a_table_is_read_or_refused(
    count: int, checked: Callable[[str, bytes], list[ReadResult]]
) -> None:
    read = []

    def check(name: str, data: bytes) -> None:
        read.append(sum(each.picture is not None for each in checked(name, data)))

    try_mutants(of_kind("csv", "tsv"), count, check)
    assert np.mean(read) > 1

"""A worker whose processes a test plays."""

from __future__ import annotations

import pytest

from ae_core.jobs.worker import Worker
from tests.jobs.fake_processes import FakeContext


@pytest.fixture
def fakes() -> FakeContext:
    return FakeContext()


@pytest.fixture
def at_work(fakes: FakeContext) -> Worker:
    return Worker(context=fakes)

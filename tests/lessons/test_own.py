"""Lessons that teachers bring: kept under their content, fetched from the public internet alone."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from ae_core.errors import UserError
from ae_core.lessons import fetching, own
from ae_core.settings import settings
from tests.lessons.test_reading import LESSON, STEP


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AE_HOME", str(tmp_path))


def test_a_lesson_is_kept_under_its_content_and_read_again() -> None:
    data = (LESSON + STEP).encode()
    kept = own.keep(data, "mine.md")
    assert own.lesson(kept.name) == kept
    assert own.keep(data, "again.md") == kept
    assert own.lesson("0" * 64) is None
    assert own.lesson("../../secret") is None


def test_what_is_no_lesson_is_not_kept() -> None:
    with pytest.raises(UserError, match=r"mine\.md"):
        own.keep(b"no lesson", "mine.md")
    assert not list((settings().home / "lessons").glob("*"))


def test_a_lesson_that_was_changed_on_the_disk_is_not_shown() -> None:
    kept = own.keep((LESSON + STEP).encode(), "mine.md")
    path = settings().home / "lessons" / f"{kept.name}.md"
    path.write_text(LESSON + STEP * 2)
    with pytest.raises(UserError, match="changed on the disk"):
        own.lesson(kept.name)


def test_the_oldest_lesson_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own, "MOST", 2)
    kept = [own.keep((LESSON + STEP + "Again. " * count).encode(), "a.md") for count in range(3)]
    assert [own.lesson(each.name) is not None for each in kept].count(True) == 2
    assert own.lesson(kept[-1].name)


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org/a.md", "file:///etc/passwd", "ftp://example.org", "example.org", "",
        "https://", "https://me:secret@example.org/", "https://exa mple.org/",
        "https://example.org/\r\nHost: other", "https://example.org:99999/", "https://ä.example/",
        "https://example.org/" + "a" * 600,
    ],
)  # fmt: skip
def test_only_a_plain_address_of_https_is_asked(address: str) -> None:
    with pytest.raises(UserError, match="https://"):
        fetching.fetched(address)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "[::1]", "10.0.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0",
        "2130706433", "[::ffff:127.0.0.1]", "[fe80::1]", "100.64.0.1", "224.0.0.1",
    ],
)  # fmt: skip
def test_no_address_of_the_own_network_is_asked(host: str) -> None:
    with pytest.raises(UserError, match=r"not on the public internet|no such host"):
        fetching.fetched(f"https://{host}/a.md")


def test_a_host_with_one_private_address_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def answers(*_args: object, **_more: object) -> list[tuple[object, ...]]:
        return [(2, 1, 6, "", (place, 443)) for place in ("93.184.216.34", "127.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", answers)
    with pytest.raises(UserError, match="not on the public internet"):
        fetching.fetched("https://example.org/a.md")

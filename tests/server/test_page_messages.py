"""Which messages of a page Streamlit gets."""

from __future__ import annotations

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg

from server import page_messages
from server.page_messages import Told


def rerun(page: str, fragment: str = "") -> BackMsg:
    message = BackMsg()
    message.rerun_script.page_script_hash = page
    message.rerun_script.fragment_id = fragment
    return message


def passed(told: Told, *messages: BackMsg) -> list[bool]:
    return [told.passes({"bytes": each.SerializeToString()}) for each in messages]


def test_a_fragment_of_the_page_before_does_not_take_the_place_of_the_next_one() -> None:
    told = Told()
    assert passed(
        told, rerun("home"), rerun("home", "map"), rerun("denoise"), rerun("home", "map"),
        rerun("denoise", "bench"), rerun("denoise"),
    ) == [True, True, True, False, True, True]  # fmt: skip


def test_whoever_goes_back_is_on_the_page_before_again() -> None:
    told = Told()
    there_and_back = (rerun("home"), rerun("denoise"), rerun("home"), rerun("denoise", "bench"))
    assert passed(told, *there_and_back) == [True, True, True, False]
    assert passed(told, rerun("home", "map")) == [True]


def test_the_server_may_go_to_another_page_by_itself() -> None:
    """A page that a script switched to was never asked for; a first visit names no page."""
    assert passed(Told(), rerun(""), rerun("home", "map"), rerun("models", "list")) == [True] * 3


def test_after_a_while_a_fragment_runs_wherever_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_messages, "LONGEST_TURN", 0.0)
    assert passed(Told(), rerun("home"), rerun("denoise"), rerun("home", "map")) == [True] * 3


def test_nobody_empties_the_caches_of_everybody() -> None:
    message = BackMsg(clear_cache=True)
    assert passed(Told(), message, rerun("home"), message) == [False, True, False]


def test_what_is_no_message_goes_to_streamlit_which_ends_the_connection() -> None:
    assert Told().passes({"bytes": b"\xff\xff"})

"""Messages that are kept back from Streamlit."""

from __future__ import annotations

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from server.page_messages import Pages


def rerun(page: str, fragment: str = "") -> BackMsg:
    message = BackMsg()
    message.rerun_script.page_script_hash = page
    message.rerun_script.fragment_id = fragment
    return message


def begins(page: str) -> ForwardMsg:
    message = ForwardMsg()
    message.navigation.page_script_hash = page
    return message


def passed(pages: Pages, *messages: BackMsg | ForwardMsg) -> list[bool]:
    """Which of the messages to Streamlit pass, in the order in which all of these come."""
    found = []
    for each in messages:
        content = {"bytes": each.SerializeToString()}
        if isinstance(each, ForwardMsg):
            pages.look(content)
        else:
            found.append(pages.passes(content))
    return found


def test_a_fragment_of_the_page_before_does_not_take_the_place_of_the_next_one() -> None:
    assert passed(
        Pages(), rerun(""), begins("home"), rerun("home", "map"), rerun("denoise"),
        rerun("home", "map"), begins("denoise"), rerun("home", "map"), rerun("denoise", "bench"),
    ) == [True, True, True, False, False, True]  # fmt: skip


def test_nor_does_it_where_streamlit_went_to_another_page_by_itself() -> None:
    assert passed(
        Pages(), rerun("home"), begins("home"), begins("train"), rerun("home", "map"),
        rerun("train", "form"),
    ) == [True, False, True]  # fmt: skip


def test_a_page_that_was_left_may_still_begin_on_the_way() -> None:
    """Whoever goes back at once is on the page before, whatever comes late from the other one."""
    pages = Pages()
    assert passed(pages, rerun("home"), begins("home"), rerun("train"), rerun("home"),
                  begins("train"), rerun("train", "form")) == [True, True, True, False]  # fmt: skip
    assert passed(pages, begins("home"), rerun("home", "map")) == [True]


def test_another_page_may_begin_in_the_place_of_the_one_that_was_asked_for() -> None:
    assert passed(
        Pages(), rerun("home"), begins("home"), rerun("gone"), begins("models"),
        rerun("home", "map"), rerun("models", "list"),
    ) == [True, True, False, True]  # fmt: skip


def test_a_page_that_was_there_before_its_connection_broke_goes_on() -> None:
    assert passed(Pages(), rerun("home", "map"), rerun("home", "map")) == [True, True]


def test_nobody_empties_the_caches_of_everybody() -> None:
    message = BackMsg(clear_cache=True)
    assert passed(Pages(), message, rerun("home"), message) == [False, True, False]


def test_what_is_no_message_goes_to_streamlit_which_ends_the_connection() -> None:
    assert Pages().passes({"bytes": b"\xff\xff"})

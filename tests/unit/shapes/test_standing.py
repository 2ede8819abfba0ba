"""Where a caller stands, as headers, and who hears of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

from voicehelper.shapes.standing import Standing, note, standings


def test_a_standing_is_told_in_three_headers_that_are_never_negative() -> None:
    assert Standing(5, -1, -2).headers() == {
        "ratelimit-limit": "5",
        "ratelimit-remaining": "0",
        "ratelimit-reset": "0",
    }


def test_what_a_thread_of_the_call_notes_is_heard_and_nothing_of_other_calls() -> None:
    note(Standing(1, 1, 1))
    with standings() as noted, ThreadPoolExecutor() as pool:
        pool.submit(copy_context().run, note, Standing(5, 4, 60)).result()
        with standings() as other:
            note(Standing(9, 9, 9))

    assert noted == [Standing(5, 4, 60)]
    assert other == [Standing(9, 9, 9)]

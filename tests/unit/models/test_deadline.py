from __future__ import annotations

import pytest
from voicehelper.models.deadline import Patience, TransientError, wait_before, with_retries


@pytest.mark.parametrize(
    ("attempt", "retry_after_s", "expected"),
    [(1, None, 1.0), (2, None, 2.0), (5, None, 10.0), (1, 99.0, 10.0), (1, 0.0, 0.0)],
)
def test_waits_grow_to_ten_seconds_and_follow_the_server(
    attempt: int, retry_after_s: float | None, expected: float
) -> None:
    assert wait_before(attempt, retry_after_s, jitter=1.0) == expected


def test_no_wait_is_begun_that_would_end_after_the_deadline() -> None:
    slept: list[float] = []
    patience = Patience(deadline=0.5, clock=lambda: 0.0, sleep=slept.append, jitter=lambda: 1.0)

    def fail() -> None:
        raise TransientError("busy")

    with pytest.raises(TransientError):
        with_retries(fail, patience)

    assert slept == []

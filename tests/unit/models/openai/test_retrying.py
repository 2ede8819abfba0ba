from __future__ import annotations

import pytest
from voicehelper.models.openai.retrying import TransientError, backoff_s, with_retries
from voicehelper.models.protocols import Deadline


@pytest.mark.parametrize(
    ("attempt", "retry_after_s", "expected"),
    [(1, None, 1.0), (2, None, 2.0), (5, None, 10.0), (1, 99.0, 10.0), (1, 0.0, 0.0)],
)
def test_waits_grow_to_ten_seconds_and_follow_the_server(
    attempt: int, retry_after_s: float | None, expected: float
) -> None:
    assert backoff_s(attempt, retry_after_s, jitter=1.0) == expected


class Provider:
    """Fails the given number of times; ``waits`` are those between its tries."""

    def __init__(self, failures: int) -> None:
        self.calls, self.waits, self._failures = 0, list[float](), failures

    def ask(self, deadline: Deadline) -> str:
        return with_retries(self._answer, deadline, sleep=self.waits.append)

    def _answer(self) -> str:
        self.calls += 1
        if self.calls <= self._failures:
            raise TransientError("busy", retry_after_s=2.0)
        return "answer"


def test_a_third_try_may_succeed() -> None:
    provider = Provider(failures=2)

    answer = provider.ask(Deadline(60.0, clock=lambda: 0.0))

    assert (answer, provider.waits) == ("answer", [2.0, 2.0])


def test_there_is_no_fourth_try() -> None:
    provider = Provider(failures=9)

    with pytest.raises(TransientError, match="busy"):
        provider.ask(Deadline(60.0, clock=lambda: 0.0))

    assert provider.calls == 3


def test_no_wait_is_begun_that_would_end_after_the_deadline() -> None:
    provider = Provider(failures=9)

    with pytest.raises(TransientError):
        provider.ask(Deadline(1.5, clock=lambda: 0.0))

    assert (provider.calls, provider.waits) == (1, [])

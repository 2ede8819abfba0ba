from __future__ import annotations

import pytest
from voicehelper.adapters.refreshing import Refreshing
from voicehelper.errors import UpstreamUnavailableError


class Source:
    """Counts its fetches; fails while ``down``."""

    def __init__(self) -> None:
        self.fetched, self.down, self.now = 0, False, 0.0

    def fetch(self) -> int:
        if self.down:
            raise UpstreamUnavailableError
        self.fetched += 1
        return self.fetched


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def value(source: Source) -> Refreshing[int]:
    return Refreshing(source.fetch, max_age_s=60, keep_stale=True, clock=lambda: source.now)


def test_a_value_is_fetched_once_and_again_when_it_is_old(source: Source, value: Refreshing[int]) -> None:
    young = [value.get(), value.get()]
    source.now = 61
    old = [value.get(), value.get()]

    assert (young, old) == ([1, 1], [2, 2])


def test_the_old_value_stays_while_its_source_is_down(source: Source, value: Refreshing[int]) -> None:
    value.get()

    source.now, source.down = 61, True

    assert value.get() == 1
    source.down = False

    assert value.get() == 1, "the source is asked again a while later, not at every call"
    source.now = 122

    assert value.get() == 2


def test_without_a_value_the_failure_of_the_source_is_raised(source: Source, value: Refreshing[int]) -> None:
    source.down = True

    with pytest.raises(UpstreamUnavailableError):
        value.get()


def test_without_stale_values_the_failure_of_the_source_is_raised(source: Source) -> None:
    value = Refreshing(source.fetch, max_age_s=60, keep_stale=False, clock=lambda: source.now)
    value.get()
    source.now, source.down = 61, True

    with pytest.raises(UpstreamUnavailableError):
        value.get()


def test_a_caller_may_ask_for_a_younger_value(source: Source, value: Refreshing[int]) -> None:
    value.get()
    source.now = 30

    assert (value.get(), value.get(max_age_s=10)) == (1, 2)

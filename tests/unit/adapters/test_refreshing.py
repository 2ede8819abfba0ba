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
    return Refreshing(source.fetch, max_age_s=60, clock=lambda: source.now)


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

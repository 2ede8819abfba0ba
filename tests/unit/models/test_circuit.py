from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from voicehelper.errors import UpstreamUnavailableError
from voicehelper.models.circuit import FIRST_WAIT_S, LEAST_FAILURES, LONGEST_WAIT_S, WINDOW_S, Circuit, Guarded
from voicehelper.models.errors import RequestRefusedError
from voicehelper.models.protocols import ChatCompletion, ChatRequest, Deadline

from tests.unit.models.chats import FakeChat, down, request


@dataclass
class Clock:
    now: float = 100.0

    def __call__(self) -> float:
        return self.now


class Model:
    """A guarded model, with a clock of its own; ``calls`` are those that reached it."""

    def __init__(self, failures: int = 0) -> None:
        self.clock, self.chat = Clock(), FakeChat(failures=down(failures))
        self.guarded = Guarded(self.chat, Circuit(self.clock))

    @property
    def calls(self) -> int:
        return len(self.chat.requests)

    def ask(self, within_s: float = 10.0) -> bool:
        """Whether it answered."""
        try:
            self.guarded.complete(request(), Deadline(self.clock() + within_s, self.clock))
        except UpstreamUnavailableError:
            return False
        return True

    def ask_often(self, times: int) -> None:
        for _ in range(times):
            self.ask()


def test_a_model_that_fails_is_not_called_any_more() -> None:
    model = Model(failures=99)

    model.ask_often(LEAST_FAILURES + 7)

    assert model.calls == LEAST_FAILURES


def test_single_failures_among_many_answers_do_not_matter() -> None:
    model = Model()
    for _ in range(LEAST_FAILURES + 5):
        model.ask_often(2)
        model.chat.failures = down(1)
        model.ask()

    assert model.calls == 3 * (LEAST_FAILURES + 5)


def test_failures_long_ago_do_not_count() -> None:
    model = Model(failures=99)
    model.ask_often(LEAST_FAILURES - 1)
    model.clock.now += WINDOW_S + 1
    model.ask_often(LEAST_FAILURES - 1)

    assert model.calls == 2 * (LEAST_FAILURES - 1)


def test_after_the_wait_one_call_decides_and_its_success_lets_all_through() -> None:
    model = Model(failures=LEAST_FAILURES)
    model.ask_often(LEAST_FAILURES)
    model.clock.now += FIRST_WAIT_S

    assert [model.ask() for _ in range(4)] == [True] * 4


def test_each_failure_of_that_call_doubles_the_wait_up_to_a_bound() -> None:
    model = Model(failures=99)
    model.ask_often(LEAST_FAILURES)
    waits = []
    for _ in range(5):
        before, started = model.calls, model.clock.now
        while model.calls == before:
            model.clock.now += 1
            model.ask()
        waits.append(model.clock.now - started)

    assert waits == [FIRST_WAIT_S, 20.0, 40.0, LONGEST_WAIT_S, LONGEST_WAIT_S]


def test_one_call_at_a_time_finds_out_whether_the_model_is_back() -> None:
    model = Model(failures=LEAST_FAILURES)
    model.ask_often(LEAST_FAILURES)
    model.clock.now += FIRST_WAIT_S
    probe = model.guarded.stream(request(), Deadline(model.clock() + 10, model.clock))
    next(probe)

    assert not model.ask()
    assert len(list(probe)) == 2
    assert model.ask()


def test_a_stream_that_its_reader_leaves_decides_nothing() -> None:
    model = Model(failures=LEAST_FAILURES)
    model.ask_often(LEAST_FAILURES)
    model.clock.now += FIRST_WAIT_S
    probe = model.guarded.stream(request(), Deadline(model.clock() + 10, model.clock))
    next(probe)
    del probe

    assert model.ask()


def test_a_request_that_the_provider_refuses_is_no_failure_of_the_model() -> None:
    model = Model()
    model.chat.failures = [RequestRefusedError("400") for _ in range(20)]

    model.ask_often(20)

    assert model.calls == 20


def test_a_call_without_time_says_nothing_of_the_model() -> None:
    model = Model(failures=20)
    for _ in range(20):
        model.ask(within_s=0.5)

    assert model.calls == 20


def test_an_error_of_the_product_leaves_the_circuit_as_it_was() -> None:
    class Broken:
        def complete(self, request: ChatRequest, deadline: Deadline) -> ChatCompletion:
            raise KeyError(request.model, deadline)

        def stream(self, request: ChatRequest, deadline: Deadline) -> Iterator[str | ChatCompletion]:
            raise NotImplementedError

    guarded = Guarded(Broken(), Circuit())
    for _ in range(LEAST_FAILURES + 1):
        with pytest.raises(KeyError):
            guarded.complete(request(), Deadline(float("inf")))

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from voicehelper.errors import UpstreamUnavailableError
from voicehelper.models.protocols import ChatCompletion, ChatRequest, Deadline
from voicehelper.models.response_cache import Cached, Replies, cache_key

from tests.unit.models.chats import FakeChat, down, request, within

REQUEST = request(tenant="t1", model="m", temperature=0.2, max_tokens=50)
OTHERS = [
    request("多久?", tenant="t1", model="m", temperature=0.2, max_tokens=50),
    replace(REQUEST, messages=[{"role": "system", "content": "多久？"}]),
    replace(REQUEST, messages=[*REQUEST.messages, *REQUEST.messages]),
    replace(REQUEST, model="n"),
    replace(REQUEST, temperature=0.3),
    replace(REQUEST, max_tokens=51),
    replace(REQUEST, tenant="t2"),
]


def test_the_same_request_is_answered_from_memory_and_costs_nothing() -> None:
    chat = FakeChat()
    cached = Cached(chat)
    first, second = cached.complete(REQUEST, within()), cached.complete(REQUEST, within())

    assert (first.provider, second.provider, second.content, second.model) == ("primary", "cache", "from m", "m")
    assert (second.tokens, second.cost_usd, len(chat.requests)) == (0, 0.0, 1)


@pytest.mark.parametrize("other", OTHERS)
def test_a_request_that_differs_in_anything_is_another_one(other: ChatRequest) -> None:
    chat = FakeChat()
    cached = Cached(chat)
    cached.complete(REQUEST, within())

    assert cached.complete(other, within()).provider == "primary"
    assert cache_key(other) != cache_key(REQUEST)


@pytest.mark.parametrize("changes", [{"use_cache": False}, {"tenant": ""}])
def test_no_reply_is_kept_for_whom_it_is_not(changes: dict[str, object]) -> None:
    chat = FakeChat()
    cached = Cached(chat)
    asked = replace(REQUEST, **changes)  # type: ignore[arg-type]
    cached.complete(asked, within())
    list(cached.stream(asked, within()))

    assert cached.complete(asked, within()).provider == "primary"


@pytest.mark.parametrize("provider", ["fallback", "default"])
def test_only_replies_of_the_model_itself_are_kept(provider: str) -> None:
    class Another(FakeChat):
        def complete(self, request: ChatRequest, deadline: Deadline) -> ChatCompletion:
            return replace(super().complete(request, deadline), provider=provider)  # type: ignore[arg-type]

    chat = Another()
    cached = Cached(chat)
    cached.complete(REQUEST, within())
    list(cached.stream(REQUEST, within()))
    cached.complete(REQUEST, within())

    assert len(chat.requests) == 3


def test_a_failure_is_not_kept() -> None:
    cached = Cached(FakeChat(failures=down(1)))
    with pytest.raises(UpstreamUnavailableError):
        cached.complete(REQUEST, within())

    assert cached.complete(REQUEST, within()).provider == "primary"


def test_replies_expire() -> None:
    now = [0.0]
    cached = Cached(FakeChat(), Replies(ttl_s=60, clock=lambda: now[0]))
    cached.complete(REQUEST, within())
    now[0] = 60.0

    assert cached.complete(REQUEST, within()).provider == "primary"


def test_the_reply_that_was_not_used_for_the_longest_leaves_first() -> None:
    cached = Cached(FakeChat(), Replies(max_replies=2))
    one, two, three = (replace(REQUEST, tenant=name) for name in "abc")
    for asked in (one, two, one, three):
        cached.complete(asked, within())

    assert [cached.complete(asked, within()).provider for asked in (one, three, two)] == ["cache", "cache", "primary"]


def test_a_stream_is_kept_and_answered_from_memory() -> None:
    chat = FakeChat()
    cached = Cached(chat)
    list(cached.stream(REQUEST, within()))
    text, whole = cached.stream(REQUEST, within())

    assert isinstance(whole, ChatCompletion)
    assert (text, whole.content, whole.provider, len(chat.requests)) == ("from m", "from m", "cache", 1)


def test_a_stream_that_its_reader_leaves_is_not_kept() -> None:
    cached = Cached(FakeChat())
    pieces: Iterator[str | ChatCompletion] = cached.stream(REQUEST, within())
    next(pieces)
    del pieces

    assert cached.complete(REQUEST, within()).provider == "primary"


class SlowChat(FakeChat):
    """Answers once it is let go."""

    def __init__(self, failures: int = 0) -> None:
        super().__init__(failures=down(failures))
        self.called, self.go_on = threading.Event(), threading.Event()

    def complete(self, request: ChatRequest, deadline: Deadline) -> ChatCompletion:
        self.called.set()
        self.go_on.wait(10)
        return super().complete(request, deadline)


def ask_together(chat: SlowChat, *, callers: int) -> list[str]:
    cached = Cached(chat)

    def ask() -> str:
        try:
            return cached.complete(REQUEST, within()).provider
        except UpstreamUnavailableError:
            return "failed"

    with ThreadPoolExecutor(callers) as pool:
        first = pool.submit(ask)
        chat.called.wait(10)
        others = [pool.submit(ask) for _ in range(callers - 1)]
        chat.go_on.set()
        return [first.result(), *(other.result() for other in others)]


def test_callers_of_the_same_request_share_one_call() -> None:
    chat = SlowChat()

    assert ask_together(chat, callers=12) == ["primary", *["cache"] * 11]
    assert len(chat.requests) == 1


def test_callers_of_a_request_that_failed_call_for_themselves() -> None:
    providers = ask_together(SlowChat(failures=1), callers=4)

    assert providers[0] == "failed"
    assert "failed" not in providers[1:]


def test_who_waits_for_another_call_leaves_at_its_own_deadline() -> None:
    chat = SlowChat()
    cached = Cached(chat)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(cached.complete, REQUEST, within())
        chat.called.wait(10)
        with pytest.raises(UpstreamUnavailableError):
            cached.complete(REQUEST, within(0.05))
        chat.go_on.set()

        assert first.result().provider == "primary"

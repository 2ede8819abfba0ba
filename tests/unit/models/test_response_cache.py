from __future__ import annotations

import threading
from collections.abc import Hashable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import pytest
from voicehelper.errors import UpstreamUnavailableError
from voicehelper.models.protocols import ChatCompletion, ChatRequest, Deadline, ToolRequest
from voicehelper.models.response_cache import Cached, Replies, cache_key, reply_from_bytes, reply_to_bytes

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


@dataclass
class Shelf:
    """A shared cache in this process, as bytes; ``reads`` and ``writes`` are the keys that it was called with."""

    left_s: float = 600.0
    is_away: bool = False
    kept: dict[Hashable, bytes] = field(default_factory=dict)
    reads: list[Hashable] = field(default_factory=list)
    writes: list[Hashable] = field(default_factory=list)

    def read(self, key: Hashable) -> tuple[ChatCompletion, float] | None:
        self.reads.append(key)
        content = None if self.is_away else self.kept.get(key)
        return None if content is None else (reply_from_bytes(content), self.left_s)

    def write(self, key: Hashable, value: ChatCompletion, ttl: float) -> None:
        self.writes.append(key)
        if not self.is_away and ttl > 0:
            self.kept[key] = reply_to_bytes(value)


def process(shelf: Shelf, chat: FakeChat, **options: object) -> Cached:
    return Cached(chat, Replies(shared=shelf, **options))  # type: ignore[arg-type]


def test_another_process_has_the_reply_without_a_call_and_then_for_itself() -> None:
    shelf, chat = Shelf(), FakeChat()
    process(shelf, chat).complete(REQUEST, within())
    other = process(shelf, chat)
    replies = [other.complete(REQUEST, within()) for _ in range(3)]

    assert [(reply.provider, reply.content, reply.tokens, reply.cost_usd) for reply in replies] == [
        ("cache", "from m", 0, 0.0)
    ] * 3
    assert len(chat.requests) == 1
    assert len(shelf.reads) == 2, "the first of each process; then its own memory is asked"


def test_a_miss_asks_what_is_shared_once() -> None:
    shelf = Shelf()
    process(shelf, FakeChat()).complete(REQUEST, within())

    assert (shelf.reads, shelf.writes) == ([cache_key(REQUEST)], [cache_key(REQUEST)])


def test_a_reply_of_another_process_lives_no_longer_here_than_there() -> None:
    now = [0.0]
    shelf, chat = Shelf(left_s=5.0), FakeChat()
    process(shelf, chat).complete(REQUEST, within())
    other = process(shelf, chat, clock=lambda: now[0])
    other.complete(REQUEST, within())
    shelf.kept.clear()
    now[0] = 5.0

    assert other.complete(REQUEST, within()).provider == "primary"


@pytest.mark.parametrize("other", OTHERS)
def test_what_differs_in_anything_is_not_shared(other: ChatRequest) -> None:
    shelf, chat = Shelf(), FakeChat()
    process(shelf, chat).complete(REQUEST, within())

    assert process(shelf, chat).complete(other, within()).provider == "primary"


@pytest.mark.parametrize("changes", [{"use_cache": False}, {"tenant": ""}])
def test_what_is_for_nobody_else_never_leaves_the_process(changes: dict[str, object]) -> None:
    shelf = Shelf()
    cached, asked = process(shelf, FakeChat()), replace(REQUEST, **changes)  # type: ignore[arg-type]
    cached.complete(asked, within())
    list(cached.stream(asked, within()))

    assert (shelf.reads, shelf.writes) == ([], [])


def test_without_what_is_shared_a_process_goes_on_with_its_own_memory() -> None:
    shelf, chat = Shelf(is_away=True), FakeChat()
    cached = process(shelf, chat)

    assert [cached.complete(REQUEST, within()).provider for _ in range(2)] == ["primary", "cache"]


def test_a_stream_is_shared_as_well() -> None:
    shelf, chat = Shelf(), FakeChat()
    list(process(shelf, chat).stream(REQUEST, within()))
    text, whole = process(shelf, chat).stream(REQUEST, within())

    assert isinstance(whole, ChatCompletion)
    assert (text, whole.provider, len(chat.requests)) == ("from m", "cache", 1)


def test_a_key_holds_no_text() -> None:
    assert len(cache_key(REQUEST)) == 64
    assert set(cache_key(REQUEST)) <= set("0123456789abcdef")


@pytest.mark.parametrize(
    "reply",
    [
        ChatCompletion("滤网 3 个月\0\u2028 \U0001f600", "m", 1, 2, "primary", 0.5),
        ChatCompletion("", "m", 1, 2, "primary", 0.5, (ToolRequest("plan", '{"a": [1]}'), ToolRequest("b", "no json"))),
    ],
)
def test_a_reply_comes_back_as_it_was_but_for_its_price(reply: ChatCompletion) -> None:
    back = reply_from_bytes(reply_to_bytes(reply))

    assert back == replace(reply, prompt_tokens=0, completion_tokens=0, cost_usd=0.0)


def test_text_that_has_no_bytes_is_not_shared() -> None:
    with pytest.raises(ValueError, match="surrogate"):
        reply_to_bytes(ChatCompletion("\ud83d", "m", 1, 2, "primary", 0.5))


@pytest.mark.parametrize(
    "content",
    [
        b"", b"null", b"[]", b"{}", b"\xff", b"[" * 50_000, b'{"content": 1, "model": "m", "calls": []}',
        b'{"content": "a", "model": "m"}', b'{"content": "a", "model": "m", "calls": [], "provider": "default"}',
        b'{"content": "a", "model": "m", "calls": ["x"]}', b'{"content": "a", "model": "m", "calls": [{"name": "x"}]}',
    ],
)  # fmt: skip
def test_bytes_of_anything_else_are_no_reply(content: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of whatever form, pydantic's or the decoder's
        reply_from_bytes(content)

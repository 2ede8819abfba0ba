"""Two providers of which three calls in ten fail, in every way, under three hundred questions at once and in turn.

The models are built as a deployment builds them: the function that answers reserves and has the models called, the
function that calls them has their circuits, retries and fallback.
"""

from __future__ import annotations

import itertools
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest
from voicehelper.models.catalogue import parse_catalogue
from voicehelper.models.factory import build_chat
from voicehelper.models.invoked import ModelCall, answer_call
from voicehelper.models.protocols import Chat, ChatCompletion, ChatRequest, Deadline

from tests.support import openai_server as server
from tests.support.model_misbehaviour import PIECE
from tests.support.openai_server import RAW, RESET, Handler, OpenAIServer, Reply
from tests.unit.models.ledgers import MemoryLedger

QUESTIONS = 300
AT_ONCE = 16
FAILING = 0.3
WITHIN_S = 9.0
SLACK_S = 0.5  # scheduling on a busy machine
PRICES = {"gpt-4": 0.03, "gpt-3.5-turbo": 0.002}
HEADERS = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"


def hang(event: threading.Event, *pieces: bytes) -> Iterator[bytes]:
    """The pieces, then nothing more on a connection that stays open until the test ends."""
    yield from pieces
    event.wait(60)


def drip(event: threading.Event) -> Iterator[bytes]:
    yield HEADERS + b"\r\n{"
    while not event.wait(0.1):
        yield b" "


def faults(running: OpenAIServer) -> dict[str, Handler]:
    ended = running.released
    return {
        "rate limit": server.failure(429),
        "rate limit that passes": server.failure(429, retry_after="1"),
        "internal error": server.failure(500),
        "bad gateway": server.raw(b"<html><body>502</body></html>", content_type="text/html"),
        "reset": lambda _: (RESET, {}, b""),
        "stall": lambda _: (RAW, {}, hang(ended)),
        "stall after headers": lambda _: (RAW, {}, hang(ended, HEADERS + b"content-length: 900\r\n\r\n{")),
        "half an answer": lambda _: (RAW, {}, HEADERS + b'content-length: 900\r\n\r\n{"choices": [{"ind'),
        "malformed": server.raw(b'{"choices": [{"message": {"content": "x"'),
        "no answer in it": server.raw(b'{"choices": []}'),
        "endless": lambda _: (RAW, {}, itertools.chain([HEADERS + b"\r\n"], itertools.repeat(PIECE))),
        "endless and slow": lambda _: (RAW, {}, drip(ended)),
    }


@dataclass
class FaultyProvider:
    """Fails in exactly the given share of its calls, spread by a seed, in each way as often."""

    running: OpenAIServer
    seed: int
    calls: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        ways = faults(self.running)
        failing = int(1_000 * FAILING)
        plan = [*itertools.islice(itertools.cycle(ways), failing), *["answer"] * (1_000 - failing)]
        random.Random(self.seed).shuffle(plan)
        self._handlers = {**ways, "answer": server.answer("an answer")}
        self._plan = itertools.cycle(plan)
        self.running.script = [self]

    def __call__(self, request: dict[str, Any]) -> Reply:
        self.calls[kind := next(self._plan)] += 1
        return self._handlers[kind](request)


def deployed_chat(primary: OpenAIServer, backup: OpenAIServer, ledger: MemoryLedger) -> Chat:
    models = {
        name: {"provider": provider, "cost_per_1k_usd": PRICES[name], "latency_ms": 50}
        for name, provider in (("gpt-4", "one"), ("gpt-3.5-turbo", "two"))
    }
    catalogue = parse_catalogue(
        json.dumps(
            {
                "providers": {"one": {"base_url": primary.base_url}, "two": {"base_url": backup.base_url}},
                "models": models,
                "chat": "gpt-4",
                "fallback": "gpt-3.5-turbo",
            }
        )
    )
    called = build_chat(catalogue, {})

    def invoke(payload: dict[str, Any], *, timeout_s: float) -> dict[str, Any]:
        assert timeout_s > 0
        call = ModelCall.model_validate_json(json.dumps(payload))
        return answer_call(call, chat=lambda: called, embedder=NotImplemented).model_dump(mode="json")

    chat = build_chat(catalogue, {}, invoke, ledger)
    assert chat is not None
    return chat


def ask(chat: Chat, number: int) -> tuple[ChatCompletion, float]:
    """(the reply, the seconds it took)."""
    request = ChatRequest([{"role": "user", "content": f"question {number}"}], max_tokens=200, tenant=f"t{number % 7}")
    started = time.monotonic()
    reply = chat.complete(request, Deadline(started + WITHIN_S))
    return reply, time.monotonic() - started


@pytest.mark.timeout(90)
def test_questions_are_answered_in_time_and_charged_once_while_three_calls_in_ten_fail(
    primary: OpenAIServer, backup: OpenAIServer, seed: int, record_property: Callable[[str, object], None]
) -> None:
    providers = FaultyProvider(primary, seed=seed + 1), FaultyProvider(backup, seed=seed + 2)
    ledger = MemoryLedger()
    chat = deployed_chat(primary, backup, ledger)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        replies = list(pool.map(lambda number: ask(chat, number), range(QUESTIONS)))

    record_property("questions", QUESTIONS)
    calls = providers[0].calls + providers[1].calls
    record_property("calls that failed", calls.total() - calls["answer"])
    answered = [reply for reply, _ in replies if reply.provider in ("primary", "fallback")]
    costs = [120 * PRICES[reply.model] / 1000 if reply in answered else 0.0 for reply, _ in replies]
    print(Counter(reply.provider for reply, _ in replies), max(seconds for _, seconds in replies))  # with -s
    assert len(answered) >= 0.99 * QUESTIONS
    assert {reply.content for reply in answered} == {"an answer"}
    assert max(seconds for _, seconds in replies) < WITHIN_S + SLACK_S
    assert [reply.cost_usd for reply, _ in replies] == pytest.approx(costs)
    assert len(ledger.settled) == QUESTIONS
    assert sum(usd for _, usd in ledger.settled) == pytest.approx(sum(costs))
    assert ledger.open == {}
    assert set(providers[0].calls) == {*faults(primary), "answer"}

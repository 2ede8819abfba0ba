"""A model server that misbehaves, over real sockets: every call ends in time, and another model or sentence answers."""

from __future__ import annotations

import gzip
import resource
import time
from collections.abc import Iterator
from typing import Any

import pytest
from voicehelper.errors import UpstreamUnavailableError
from voicehelper.models.fallback import UNAVAILABLE
from voicehelper.models.openai.chat import OpenAIChat
from voicehelper.models.openai.client import make_client
from voicehelper.models.pricing import Prices
from voicehelper.models.protocols import ChatCompletion, Deadline

from tests.integration.models.chats import REQUEST, chat_of, embedder_of, model_of
from tests.support import openai_server as server
from tests.support.model_misbehaviour import MISBEHAVIOURS, body_of, redirect
from tests.support.openai_server import OpenAIServer

TIME_S = 1.2
SLACK_S = 3.0  # scheduling on a busy machine

everything = pytest.mark.parametrize("name", MISBEHAVIOURS)


def deadline() -> Deadline:
    return Deadline(time.monotonic() + TIME_S)


@everything
def test_the_fallback_answers_a_question_before_the_deadline(
    primary: OpenAIServer, backup: OpenAIServer, name: str
) -> None:
    primary.script = [MISBEHAVIOURS[name]]
    started = time.monotonic()

    reply = chat_of(primary, backup).complete(REQUEST, deadline())

    assert (reply.content, reply.provider) == ("from the fallback", "fallback")
    assert time.monotonic() - started < TIME_S + SLACK_S


@everything
def test_the_fallback_streams_before_the_deadline(primary: OpenAIServer, backup: OpenAIServer, name: str) -> None:
    primary.script = [MISBEHAVIOURS[name]]
    backup.script = [server.stream("from the ", "fallback")]
    started = time.monotonic()

    *pieces, reply = chat_of(primary, backup).stream(REQUEST, deadline())

    assert pieces == ["from the ", "fallback"]
    assert isinstance(reply, ChatCompletion)
    assert reply.provider == "fallback"
    assert time.monotonic() - started < TIME_S + SLACK_S


@everything
def test_an_embedding_fails_before_its_deadline(primary: OpenAIServer, name: str) -> None:
    primary.script = [MISBEHAVIOURS[name]]
    started = time.monotonic()

    with pytest.raises(UpstreamUnavailableError):
        embedder_of(primary, query_timeout_s=TIME_S).embed_query("a")

    assert time.monotonic() - started < TIME_S + SLACK_S


@pytest.mark.parametrize("name", ["drips the body", "stalls before headers", "pieces for ever"])
def test_when_both_models_hang_the_fixed_sentence_comes_in_time(
    primary: OpenAIServer, backup: OpenAIServer, name: str
) -> None:
    primary.script, backup.script = [MISBEHAVIOURS[name]], [MISBEHAVIOURS[name]]
    started = time.monotonic()

    reply = chat_of(primary, backup).complete(REQUEST, deadline())

    assert (reply.content, reply.provider) == (UNAVAILABLE, "default")
    assert time.monotonic() - started < TIME_S + SLACK_S


@pytest.mark.parametrize("name", ["pieces for ever", "24 MB", "compressed without end"])
def test_memory_stays_bounded_whatever_is_sent(primary: OpenAIServer, backup: OpenAIServer, name: str) -> None:
    primary.script = [MISBEHAVIOURS[name]]
    chat_of(primary, backup).complete(REQUEST, deadline())
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    chat_of(primary, backup).complete(REQUEST, deadline())

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb < 60_000


def test_a_wait_longer_than_the_time_left_is_not_begun(primary: OpenAIServer, backup: OpenAIServer) -> None:
    primary.script = [server.failure(429, retry_after="9")]
    started = time.monotonic()

    reply = chat_of(primary, backup).complete(REQUEST, Deadline(time.monotonic() + 8))

    assert reply.provider == "fallback"
    assert (len(primary.requests), time.monotonic() - started < 5) == (1, True)


def test_the_key_does_not_follow_a_redirect(primary: OpenAIServer, backup: OpenAIServer) -> None:
    with server.running_server() as elsewhere:
        elsewhere.script = [server.answer("give me the key")]
        primary.script = [redirect(f"{elsewhere.base_url}/chat/completions")]

        reply = chat_of(primary, backup).complete(REQUEST, deadline())

        assert reply.provider == "fallback"
        assert elsewhere.requests == []


def test_a_model_that_drips_after_its_first_piece_is_left_at_the_deadline(primary: OpenAIServer) -> None:
    first = b'data: {"choices": [{"index": 0, "delta": {"content": "It"}}]}\n\n'
    primary.script = [lambda _: (200, {"content_type": "text/event-stream"}, _then_comments(first))]
    started = time.monotonic()
    pieces: list[Any] = []

    with pytest.raises(UpstreamUnavailableError):
        pieces.extend(piece for piece in model_of(primary).stream(REQUEST, deadline()))

    assert time.monotonic() - started < TIME_S + SLACK_S


def _then_comments(first: bytes) -> Iterator[bytes]:
    yield first
    while True:
        time.sleep(0.05)
        yield b": still thinking\n\n"


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("a\0b", "ab"),
        ("a\ud800b", "ab"),
        ("a\u202etxt.exe\u202c", "atxt.exe"),
        ("a\x1b[31m\x07\x9b", "a[31m"),
        ("a\r\nb\u2028c", "a\nb\nc"),
        ("a\u200b\ufeff\U000e0041b", "ab"),
        ("👩\u200d🔧 \t中", "👩\u200d🔧 \t中"),
    ],
)
def test_replies_are_cleaned_of_what_cannot_be_stored_or_shown(primary: OpenAIServer, sent: str, shown: str) -> None:
    primary.script = [server.raw(body_of(sent)), server.stream(sent)]

    whole = model_of(primary).complete(REQUEST, deadline())
    *pieces, streamed = model_of(primary).stream(REQUEST, deadline())

    assert whole.content == shown
    assert "".join(piece for piece in pieces if isinstance(piece, str)) == shown
    assert isinstance(streamed, ChatCompletion)
    assert streamed.content == shown


ABSURD = [-1_000_000, 10**18, 1e999, 3.5, "many", None, [], float("nan")]


@pytest.mark.parametrize("tokens", ABSURD)
def test_usage_that_cannot_be_true_is_replaced_by_an_estimate(primary: OpenAIServer, tokens: object) -> None:
    usage = {"prompt_tokens": tokens, "completion_tokens": tokens, "total_tokens": tokens}
    primary.script = [server.answer("It lasts two years.", usage=usage), server.stream("It lasts.", usage=usage)]

    reply = model_of(primary).complete(REQUEST, deadline())
    *_, streamed = model_of(primary).stream(REQUEST, deadline())

    assert (reply.prompt_tokens, reply.completion_tokens) == (1, 5)
    assert reply.cost_usd == pytest.approx(6 * 0.03 / 1000)
    assert isinstance(streamed, ChatCompletion)
    assert (streamed.prompt_tokens, streamed.completion_tokens) == (1, 3)


@pytest.mark.parametrize("usage", [{}, {"prompt_tokens": 5}])
def test_usage_that_is_missing_in_part_is_estimated_in_part(primary: OpenAIServer, usage: dict[str, Any]) -> None:
    primary.script = [server.answer("It lasts two years.", usage=usage or False)]

    reply = model_of(primary).complete(REQUEST, deadline())

    assert (reply.prompt_tokens, reply.completion_tokens) == (usage.get("prompt_tokens", 1), 5)


def test_a_connection_serves_the_next_call_with_limits_of_its_own(primary: OpenAIServer) -> None:
    primary.script = [server.answer("first"), server.answer("second")]
    model = model_of(primary)
    model.complete(REQUEST, deadline())
    time.sleep(TIME_S)

    assert model.complete(REQUEST, deadline()).content == "second"


def test_compressed_answers_are_read(primary: OpenAIServer) -> None:
    primary.script = [server.raw(gzip.compress(body_of("packed")), content_encoding="gzip")]

    assert model_of(primary).complete(REQUEST, deadline()).content == "packed"


def test_a_large_batch_of_vectors_is_within_its_bound(primary: OpenAIServer) -> None:
    primary.script = [server.embeddings(1536)]

    vectors = embedder_of(primary, dimensions=1536, batch_size=64).embed_passages(["text"] * 64)

    assert len(vectors) == 64


def quick_model_of(running: OpenAIServer) -> OpenAIChat:
    """A model that is known to answer within 50 ms, so that it hangs after 0.2 s."""
    return OpenAIChat(make_client(running.base_url, "key"), "m", prices=Prices.uniform(0.01), latency_ms=50)


@pytest.mark.parametrize("name", ["stalls before headers", "drips the body", "stalls after headers"])
def test_a_model_that_hangs_once_is_asked_again_in_the_time_that_is_left(primary: OpenAIServer, name: str) -> None:
    primary.script = [MISBEHAVIOURS[name], server.answer("second attempt")]

    reply = quick_model_of(primary).complete(REQUEST, Deadline(time.monotonic() + 4))

    assert (reply.content, len(primary.requests)) == ("second attempt", 2)


def test_a_stream_that_has_begun_may_take_all_of_the_time(primary: OpenAIServer) -> None:
    event = b'data: {"choices": [{"index": 0, "delta": {"content": "x"}}]}\n\n'
    primary.script = [lambda _: (200, {"content_type": "text/event-stream"}, _slowly(event, pieces=12))]

    *_, whole = quick_model_of(primary).stream(REQUEST, Deadline(time.monotonic() + 2))

    assert isinstance(whole, ChatCompletion)
    assert whole.content == "x" * 12


def _slowly(event: bytes, *, pieces: int) -> Iterator[bytes]:
    for _ in range(pieces):
        yield event
        time.sleep(0.1)

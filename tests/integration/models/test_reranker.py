"""Scores of an endpoint that speaks the protocol of Cohere and Jina, over real sockets."""

from __future__ import annotations

import json
from typing import Any

import pytest
from voicehelper.errors import UpstreamUnavailableError
from voicehelper.models.catalogue import CatalogueInvalidError, parse_catalogue
from voicehelper.models.factory import build_reranker
from voicehelper.models.invoked import ModelCall, answer_call
from voicehelper.models.protocols import Reranker

from tests.support import openai_server as server
from tests.support.openai_server import Handler, OpenAIServer

TEXTS = ["green gate", "parking costs four euros", "dogs"]


def scores(*values: Any) -> Handler:
    """In falling order, which the protocol has."""
    results = [{"index": n, "relevance_score": value} for n, value in enumerate(values)]
    ordered = sorted(results, key=lambda item: -float(item["relevance_score"]))
    return server.raw(json.dumps({"id": "r", "results": ordered}).encode())


def reranker(primary: OpenAIServer) -> Reranker:
    text = {"providers": {"p": {"base_url": primary.base_url}}, "rerank": {"provider": "p", "model": "reader"}}
    return build_reranker(parse_catalogue(json.dumps(text)), {"p": "secret"})


def test_each_text_gets_its_own_score(primary: OpenAIServer) -> None:
    primary.script = [scores(0.1, 0.9, 0.2)]

    assert reranker(primary).relevance("parking?", TEXTS) == [0.1, 0.9, 0.2]

    (request,) = primary.requests
    assert (request["path"], request["key"], request["model"]) == ("/v1/rerank", "Bearer secret", "reader")
    assert (request["query"], request["documents"], request["top_n"]) == ("parking?", TEXTS, 3)


def test_logits_become_shares(primary: OpenAIServer) -> None:
    primary.script = [scores(-9.0, 4.5, 0.0)]

    low, high, middle = reranker(primary).relevance("parking?", TEXTS)

    assert 0 <= low < middle == 0.5 < high <= 1


@pytest.mark.usefixtures("short_waits")
@pytest.mark.parametrize(
    "reply",
    [
        scores(0.1, 0.2),
        scores(0.1, 0.2, "nan"),
        server.raw(b'{"results": 5}'),
        server.raw(b"[]"),
        server.raw(b'{"results": [{"index": 0}, {"index": 1}, {"index": 2}]}'),
        server.failure(400),
        server.failure(404),
    ],
    ids=["one missing", "no number", "no list", "another shape", "no scores", "refused", "unknown"],
)
def test_what_is_no_score_for_each_text_is_a_failure(primary: OpenAIServer, reply: Handler) -> None:
    primary.script = [reply]

    with pytest.raises(UpstreamUnavailableError):
        reranker(primary).relevance("parking?", TEXTS)


def test_a_busy_server_is_asked_again(primary: OpenAIServer) -> None:
    primary.script = [server.failure(429, retry_after="0"), scores(0.1, 0.9, 0.2)]

    assert reranker(primary).relevance("parking?", TEXTS)[1] == 0.9


def test_the_function_that_calls_models_answers_for_it(primary: OpenAIServer) -> None:
    primary.script = [scores(0.1, 0.9, 0.2)]
    built = reranker(primary)

    def invoke(payload: dict[str, Any], *, timeout_s: float) -> dict[str, Any]:
        assert timeout_s > 0
        call = ModelCall.model_validate_json(json.dumps(payload))
        return answer_call(call, chat=lambda: None, embedder=NotImplemented, reranker=lambda: built).model_dump()

    text = '{"providers": {"p": {"base_url": "http://p"}}, "rerank": {"provider": "p", "model": "m"}}'

    assert build_reranker(parse_catalogue(text), {}, invoke).relevance("parking?", TEXTS) == [0.1, 0.9, 0.2]


def test_a_reranker_of_an_unknown_provider_is_no_catalogue() -> None:
    with pytest.raises(CatalogueInvalidError):
        parse_catalogue('{"providers": {}, "rerank": {"provider": "p", "model": "m"}}')

"""Posts to a real server that takes them, refuses them, redirects or is not there."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from voicehelper.errors import UpstreamUnavailableError
from voicehelper.operations.alarms.receivers import post_json

from tests.support.web_server import Answer, WebServer, web_server


@pytest.fixture
def server() -> Iterator[WebServer]:
    with web_server() as running:
        yield running


def test_what_is_taken_arrives_whole(server: WebServer) -> None:
    server.answer = lambda _: Answer(202)

    post_json(f"{server.url}/hook?token=1", {"text": "[FIRING] 太慢"})

    [request] = server.requests
    assert (request.method, request.path, json.loads(request.body)) == (
        "POST",
        "/hook?token=1",
        {"text": "[FIRING] 太慢"},
    )
    assert request.headers["content-type"] == "application/json"


@pytest.mark.parametrize("status", [301, 307, 400, 404, 429, 500])
def test_what_is_not_taken_is_tried_again_by_whoever_called(server: WebServer, status: int) -> None:
    server.answer = lambda _: Answer(status, {"location": server.url})

    with pytest.raises(UpstreamUnavailableError, match=str(status)):
        post_json(server.url, {})

    assert len(server.requests) == 1


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/secret", "ftp://x/secret", "secret", "http://", "http://[/secret"])
def test_an_address_that_nobody_answers_is_not_shown(url: str) -> None:
    with pytest.raises(UpstreamUnavailableError) as raised:
        post_json(url, {})

    assert "secret" not in str(raised.value)

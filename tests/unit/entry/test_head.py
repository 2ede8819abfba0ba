"""HEAD as the endpoint sees it, and as its caller does."""

from __future__ import annotations

from typing import Any

from voicehelper.entry.head import as_get, headers_only, is_head


def call(method: str) -> dict[str, Any]:
    return {"rawPath": "/a", "requestContext": {"requestId": "1", "http": {"method": method, "sourceIp": "192.0.2.1"}}}


def test_head_becomes_get_and_the_call_stays_as_it_was() -> None:
    asked = call("HEAD")

    assert as_get(asked) == call("GET")
    assert is_head(asked)


def test_other_calls_pass_as_they_are() -> None:
    assert as_get(asked := call("POST")) is asked
    assert as_get({}) == {}


def test_of_an_answer_all_but_its_body_and_length_stays() -> None:
    answer = {
        "statusCode": 200,
        "headers": {"etag": "x", "content-length": "3"},
        "body": "abc",
        "isBase64Encoded": True,
    }

    assert headers_only(answer) == {"statusCode": 200, "headers": {"etag": "x"}, "body": "", "isBase64Encoded": False}

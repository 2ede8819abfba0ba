"""The HTTP entry point: errors in one shape, in the caller's language, without internal reasons."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

import pytest
from fastapi import APIRouter
from pydantic import Field
from voicehelper.entry.http import API_PREFIX, lambda_handler
from voicehelper.errors import DatabaseError, TooManyRequestsError
from voicehelper.shapes.bodies import Body

from tests.support.application import ROOT

router = APIRouter(prefix=API_PREFIX)


@router.get("/fails/{kind}")
def fails(kind: str) -> None:
    raise {
        "unexpected": RuntimeError("password=hunter2"),
        "database": DatabaseError("connection to 10.0.0.1 lost"),
        "busy": TooManyRequestsError(details={"retry_after_s": 7}),
    }[kind]


class Thing(Body):
    name: str
    size: Annotated[int, Field(ge=1)] = 1
    kind: Literal["a", "b"] = "a"
    more: Annotated[dict[str, Any], Field(default_factory=dict)]


@router.post("/things")
def things(thing: Thing) -> Thing:
    return thing


def call(method: str, path: str, body: str | None = None, **headers: str) -> dict[str, Any]:
    event = json.loads((ROOT / "events/operations/check_health.json").read_text("utf-8"))
    event["requestContext"]["http"] |= {"method": method, "path": f"/api/v1{path}"}
    event |= {"rawPath": f"/api/v1{path}", "body": body, "headers": event["headers"] | headers}
    return dict(lambda_handler(router)(event, None))


def test_unexpected_errors_are_reported_without_their_cause() -> None:
    answer = call("GET", "/fails/unexpected")

    assert answer["statusCode"] == 500
    assert json.loads(answer["body"]) == {"code": "INTERNAL_ERROR", "message": "服务内部错误"}
    assert answer["headers"]["x-request-id"] == "JKJaXmPLvHcESHA="


def test_database_failures_are_reported_without_details() -> None:
    answer = call("GET", "/fails/database", **{"accept-language": "en"})

    assert answer["statusCode"] == 500
    assert json.loads(answer["body"]) == {"code": "DB_ERROR", "message": "Database error"}


def test_the_time_to_wait_is_also_sent_as_a_header() -> None:
    answer = call("GET", "/fails/busy")

    assert (answer["statusCode"], answer["headers"]["retry-after"]) == (429, "7")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("{", "application/json"),
        ("[]", "application/json"),
        ("name=x", "text/plain"),
        ("", "application/json"),
        ('{"name": 1}', "application/json"),
    ],
)
def test_invalid_bodies_are_validation_errors(body: str, content_type: str) -> None:
    answer = call("POST", "/things", body, **{"content-type": content_type})

    assert (answer["statusCode"], json.loads(answer["body"])["code"]) == (422, "VALIDATION_ERROR")


@pytest.mark.parametrize(
    ("body", "field", "sentence"),
    [
        ('{"name": "x", "size": 0}', "size", "不能小于 1"),
        ('{"name": "x", "size": "many"}', "size", "必须是整数"),
        ('{"size": 3}', "name", "缺少该字段"),
        ('{"name": 3}', "name", "必须是字符串"),
        ('{"name": "x", "kind": "z"}', "kind", "必须是以下之一：'a' or 'b'"),
        ('{"name": "a\\u0000b"}', "name", "含有无法保存的字符或数值"),
        ('{"name": "\\ud800"}', "name", "含有无法保存的字符或数值"),
        ('{"name": "x", "more": {"a": [NaN]}}', "more", "含有无法保存的字符或数值"),
        ("{", "body", "不是合法的 JSON"),
        ("[]", "body", "必须是 JSON 对象"),
    ],
)
def test_invalid_fields_are_explained_in_the_language_of_the_caller(body: str, field: str, sentence: str) -> None:
    chinese = call("POST", "/things", body, **{"content-type": "application/json"})
    english = call("POST", "/things", body, **{"content-type": "application/json", "accept-language": "en"})

    assert json.loads(chinese["body"])["details"]["fields"] == [{"field": field, "message": sentence}]
    assert json.loads(english["body"])["details"]["fields"][0]["message"].isascii()

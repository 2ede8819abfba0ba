"""The HTTP entry point: errors in one shape, in the caller's language, without internal reasons."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

import pytest
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import Field
from voicehelper.entry.caller import CurrentCaller
from voicehelper.entry.http import API_PREFIX, any_parameters, lambda_handler
from voicehelper.errors import (
    DatabaseError,
    NotConfiguredError,
    NotFoundError,
    StartingError,
    TooManyRequestsError,
    UpstreamUnavailableError,
)
from voicehelper.shapes.bodies import Body

from tests.support.application import ROOT
from tests.support.segments import ROOT as TRACE
from tests.support.segments import Taken, taken

__all__ = ["taken"]

router = APIRouter(prefix=API_PREFIX)


class WakingError(StartingError):
    code = "DATABASE_STARTING"


class NothingSetUpError(NotConfiguredError):
    code = "VOICE_NOT_CONFIGURED"


@router.get("/fails/{kind}")
def fails(kind: str) -> None:
    raise {
        "unexpected": RuntimeError("password=hunter2"),
        "database": DatabaseError("connection to 10.0.0.1 lost"),
        "busy": TooManyRequestsError(details={"retry_after_s": 7}),
        "busy-somehow": TooManyRequestsError(),
        "starting": WakingError("10.0.0.1 sleeps", details={"retry_after_s": 10}),
        "away": UpstreamUnavailableError("10.0.0.1 refused"),
        "away-until": UpstreamUnavailableError("10.0.0.1 refused", details={"retry_after_s": 2.2}),
        "not-configured": NothingSetUpError("10.0.0.1", details={"setting": "ModelConfigParameter: speech"}),
        "unknown": NotFoundError(),
    }[kind]


class Thing(Body):
    name: str
    size: Annotated[int, Field(ge=1)] = 1
    kind: Literal["a", "b"] = "a"
    more: Annotated[dict[str, Any], Field(default_factory=dict)]


@router.post("/things")
def things(thing: Thing) -> Thing:
    return thing


@router.get("/not-ready")
def not_ready(response: Response) -> None:
    response.status_code = 503


@router.get("/moved", status_code=302, response_class=RedirectResponse)
def moved() -> str:
    return "https://storage.example/file"


@router.get("/page")
def page() -> Response:
    headers = {"cache-control": "public, max-age=60", "content-security-policy": "default-src 'self'"}
    return Response("<p>static</p>", headers=headers)


@router.get("/listed")
def listed(page: int = 1) -> dict[str, int]:
    return {"page": page}


bodies_read: list[bytes] = []
private = APIRouter(prefix=API_PREFIX)


async def read_body(request: Request) -> bytes:
    bodies_read.append(await request.body())
    return bodies_read[-1]


def caller_s_tenant(caller: CurrentCaller) -> str:
    return str(caller.tenant_id)


@private.post("/private")
def private_things(
    body: Annotated[bytes, Depends(read_body)], tenant: Annotated[str, Depends(caller_s_tenant)], thing: Thing
) -> Thing:
    return thing


def event_of(method: str, path: str, body: str | None, headers: dict[str, str]) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((ROOT / "events/operations/check_health.json").read_text("utf-8"))
    event["requestContext"]["http"] |= {"method": method, "path": f"/api/v1{path}"}
    return event | {"rawPath": f"/api/v1{path}", "body": body, "headers": event["headers"] | headers}


def call(method: str, path: str, body: str | None = None, **headers: str) -> dict[str, Any]:
    handler = lambda_handler(private if path == "/private" else router)
    return dict(handler(event_of(method, path, body, headers), None))


def test_unexpected_errors_are_reported_without_their_cause() -> None:
    answer = call("GET", "/fails/unexpected")

    assert answer["statusCode"] == 500
    assert json.loads(answer["body"]) == {"code": "INTERNAL_ERROR", "message": "服务内部错误"}
    assert answer["headers"]["x-request-id"] == "JKJaXmPLvHcESHA="


def test_database_failures_are_reported_without_details() -> None:
    answer = call("GET", "/fails/database", **{"accept-language": "en"})

    assert answer["statusCode"] == 500
    assert json.loads(answer["body"]) == {"code": "DB_ERROR", "message": "Database error"}


def test_what_is_not_configured_names_the_setting_and_nothing_else() -> None:
    answer = call("GET", "/fails/not-configured", **{"accept-language": "en"})
    body = json.loads(answer["body"])

    assert (answer["statusCode"], body["code"]) == (503, "VOICE_NOT_CONFIGURED")
    assert body["details"] == {"setting": "ModelConfigParameter: speech"}
    assert body["message"].endswith("ModelConfigParameter: speech")
    assert "10.0.0.1" not in answer["body"]


def test_the_time_to_wait_is_also_sent_as_a_header() -> None:
    answer = call("GET", "/fails/busy")

    assert (answer["statusCode"], answer["headers"]["retry-after"]) == (429, "7")


@pytest.mark.parametrize(
    ("kind", "status", "wait"), [("busy-somehow", 429, "30"), ("away", 503, "5"), ("away-until", 503, "3")]
)
def test_whoever_has_to_wait_is_told_how_long(kind: str, status: int, wait: str) -> None:
    answer = call("GET", f"/fails/{kind}")

    assert (answer["statusCode"], answer["headers"]["retry-after"]) == (status, wait)
    assert set(json.loads(answer["body"])) == {"code", "message"}


@pytest.mark.parametrize(
    ("kind", "metric"),
    [("starting", "AskedToReturn"), ("away", "ServerErrors"), ("database", "ServerErrors"), ("busy", None)],
)
def test_a_database_that_wakes_is_no_server_error(
    kind: str, metric: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    """An alarm on server errors would ring at the first call of every day."""
    call("GET", f"/fails/{kind}")
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    names = [m["Name"] for line in lines for group in line["_aws"]["CloudWatchMetrics"] for m in group["Metrics"]]

    assert names == ([metric] if metric else [])


def test_who_comes_while_the_database_wakes_is_told_so_and_when_to_return() -> None:
    answer = call("GET", "/fails/starting")

    assert (answer["statusCode"], answer["headers"]["retry-after"]) == (503, "10")
    assert json.loads(answer["body"])["code"] == "DATABASE_STARTING"
    assert "10.0.0.1" not in answer["body"]


def test_an_endpoint_that_answers_503_itself_says_when_to_return() -> None:
    assert call("GET", "/not-ready")["headers"]["retry-after"] == "5"


ANSWERS = {
    "success": ("POST", "/things", '{"name": "x"}'),
    "invalid": ("POST", "/things", "{"),
    "refused": ("GET", "/fails/unknown", None),
    "failed": ("GET", "/fails/unexpected", None),
    "no route": ("GET", "/nowhere", None),
    "redirect": ("GET", "/moved", None),
    "no caller": ("POST", "/private", "{"),
}


@pytest.mark.parametrize(("method", "path", "body"), ANSWERS.values(), ids=ANSWERS)
def test_no_answer_is_stored_guessed_framed_or_named_to_other_hosts(method: str, path: str, body: str | None) -> None:
    headers = call(method, path, body, **{"content-type": "application/json"})["headers"]

    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"


def test_a_static_page_keeps_its_own_headers() -> None:
    headers = call("GET", "/page")["headers"]

    assert headers["cache-control"] == "public, max-age=60"
    assert headers["content-security-policy"] == "default-src 'self'"
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("body", ["{", "[]", "", '{"name": 1}', '{"name": "x"}'])
def test_a_request_without_a_caller_is_refused_before_its_body_is_read(body: str) -> None:
    answer = call("POST", "/private", body, **{"content-type": "application/json"})

    assert (answer["statusCode"], json.loads(answer["body"])["code"]) == (401, "UNAUTHENTICATED")
    assert answer["headers"]["www-authenticate"] == "Bearer"
    assert bodies_read == []


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


def test_callers_whom_the_authorizer_could_not_check_are_asked_to_come_back() -> None:
    event = event_of("POST", "/private", "{", {})
    event["requestContext"]["authorizer"] = {"lambda": {"unavailable": "true"}}

    answer = lambda_handler(private)(event, None)

    assert (answer["statusCode"], answer["headers"]["retry-after"]) == (503, "5")
    assert json.loads(answer["body"])["code"] == "UPSTREAM_UNAVAILABLE"


@pytest.mark.parametrize(
    ("query", "unknown"), [("page=2&q=x", ["q"]), ("", []), ("page=1", []), ("b=1&a=2", ["a", "b"])]
)
def test_parameters_that_an_endpoint_does_not_declare_are_refused(query: str, unknown: list[str]) -> None:
    event = event_of("GET", "/listed", None, {"accept-language": "en"}) | {"rawQueryString": query}

    answer = lambda_handler(router)(event, None)

    fields = json.loads(answer["body"]).get("details", {}).get("fields", [])
    assert answer["statusCode"] == (422 if unknown else 200)
    assert [field["field"] for field in fields] == unknown
    assert {field["message"] for field in fields} <= {"There is no such field"}


def test_an_endpoint_that_others_call_by_their_protocol_takes_what_they_add() -> None:
    open_router = APIRouter(prefix=API_PREFIX)

    @open_router.get("/listed", dependencies=[Depends(any_parameters)])
    def listed(page: int = 1) -> int:
        return page

    answer = lambda_handler(open_router)(
        event_of("GET", "/listed", None, {}) | {"rawQueryString": "page=3&更多=x"}, None
    )

    assert (answer["statusCode"], answer["body"]) == (200, "3")


@pytest.mark.parametrize(("path", "flag"), [("/fails/unknown", "error"), ("/fails/unexpected", "fault")])
def test_an_answer_names_its_trace_which_is_found_by_the_request(taken: Taken, path: str, flag: str) -> None:
    answer = call("GET", path)

    [sent] = taken.segments()
    assert answer["headers"]["x-amzn-trace-id"] == f"Root={TRACE};Sampled=1"
    assert sent["annotations"]["request_id"] == answer["headers"]["x-request-id"]
    assert sent["http"]["response"]["status"] == answer["statusCode"]
    assert sent["metadata"]["voicehelper"]["code"] == json.loads(answer["body"])["code"]
    assert sent[flag]


def test_a_trace_holds_nothing_that_a_caller_sent(taken: Taken) -> None:
    event = event_of("POST", "/things", json.dumps({"name": "Payroll"}), {"x-note": "Payroll"})
    context = event["requestContext"] | {"authorizer": {"lambda": {"tenant_id": "Payroll"}}}
    more = {"pathParameters": {"kb_id": "Payroll"}, "rawQueryString": "q=Payroll", "requestContext": context}

    lambda_handler(router)(event | more, None)

    assert "Payroll" not in json.dumps(taken.segments())


def test_without_a_trace_there_is_nothing_to_name() -> None:
    assert "x-amzn-trace-id" not in call("GET", "/fails/unknown")["headers"]

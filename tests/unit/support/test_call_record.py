"""The end-to-end run is only as good as its record: it must notice every operation that nobody called."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.support.call_record import CallRecord, outcome_of

ERROR = {"code": "NOT_FOUND", "message": "Not found"}
DESCRIPTION: dict[str, Any] = {
    "paths": {
        "/health": {"get": {}},
        "/bases": {"post": {"requestBody": {}, "security": [{"bearer": []}]}},
        "/bases/latest": {"get": {"security": [{"bearer": []}]}},
        "/bases/{kb_id}": {"get": {"parameters": [{"name": "kb_id"}]}},
    }
}


@pytest.fixture
def record() -> CallRecord:
    return CallRecord(DESCRIPTION)


def response(method: str, path: str, status: int, body: object = None) -> httpx.Response:
    return httpx.Response(status, json=body, request=httpx.Request(method, f"http://localhost{path}"))


def test_a_concrete_path_belongs_to_its_operation(record: CallRecord) -> None:
    assert record.operation("GET", "/bases/kb-1") == "GET /bases/{kb_id}"
    assert record.operation("GET", "/bases/latest") == "GET /bases/latest"


@pytest.mark.parametrize(
    ("method", "path"), [("DELETE", "/bases/kb-1"), ("GET", "/bases/kb-1/documents"), ("GET", "/nowhere")]
)
def test_calls_outside_the_description_belong_to_no_operation(record: CallRecord, method: str, path: str) -> None:
    assert record.operation(method, path) is None


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (200, {}, "success"),
        (302, None, "success"),
        (404, ERROR, "refusal"),
        (422, {**ERROR, "details": {}}, "refusal"),
        (404, {"detail": "Not Found"}, None),
        (404, ["NOT_FOUND"], None),
        (500, ERROR, None),
    ],
)
def test_refusals_count_only_in_the_error_shape(status: int, body: object, outcome: str | None) -> None:
    assert outcome_of(response("GET", "/bases/kb-1", status, body)) == outcome


def test_refusals_without_a_json_body_do_not_count() -> None:
    request = httpx.Request("GET", "http://localhost/bases/kb-1")

    assert outcome_of(httpx.Response(404, text="<html>", request=request)) is None


def test_operations_without_a_success_or_a_refusal_are_listed(record: CallRecord) -> None:
    record.note(response("GET", "/health", 200, {}))
    record.note(response("POST", "/bases", 201, {}))
    record.note(response("GET", "/bases/kb-1", 404, ERROR))
    record.note(response("GET", "/bases/latest", 200, {}))
    record.note(response("GET", "/bases/latest", 401, ERROR))

    assert list(record.missing()) == [
        "POST /bases was never refused",
        "GET /bases/{kb_id} was never called with success",
    ]


def test_calls_of_several_processes_add_up(record: CallRecord) -> None:
    record.merge([("GET /health", "success"), ("POST /bases", "success"), ("POST /bases", "refusal")])
    record.merge([("GET /bases/latest", "success"), ("GET /bases/latest", "refusal")])
    record.merge([("GET /bases/{kb_id}", "success"), ("GET /bases/{kb_id}", "refusal")])

    assert list(record.missing()) == []


def test_a_client_notes_every_response_of_a_redirect(record: CallRecord) -> None:
    def serve(request: httpx.Request) -> httpx.Response:
        moved = request.url.path == "/bases/latest"
        return httpx.Response(302, headers={"location": "/bases/kb-1"}) if moved else httpx.Response(404, json=ERROR)

    with httpx.Client(
        base_url="http://localhost", transport=httpx.MockTransport(serve), event_hooks={"response": [record.note]}
    ) as caller:
        caller.get("/bases/latest", follow_redirects=True)

    assert record.calls == {("GET /bases/latest", "success"), ("GET /bases/{kb_id}", "refusal")}

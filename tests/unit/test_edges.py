"""The edges every function shares: the HTTP handler, pipeline steps, queue consumers, signed calls, ids, languages."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from fastapi import APIRouter
from pydantic import Field
from voicehelper.adapters import aws_call
from voicehelper.entry.http import lambda_handler
from voicehelper.entry.steps import pipeline_step, queue_consumer
from voicehelper.errors import DatabaseError, RejectedError, TooManyRequestsError
from voicehelper.ingestion.events import document_prefix, event_of_key, source_key
from voicehelper.ingestion.failure import failure_code
from voicehelper.ingestion.start import uploaded_keys
from voicehelper.knowledge.service import show_duration
from voicehelper.messages import API_MESSAGES, DOCUMENT_MESSAGES, FIELD_MESSAGES, preferred_language
from voicehelper.operations.readiness import check_all
from voicehelper.shapes import ids
from voicehelper.shapes.bodies import Body

from tests.support.application import ROOT

router = APIRouter()


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


def test_an_unexpected_error_is_told_without_its_cause() -> None:
    answer = call("GET", "/fails/unexpected")

    assert answer["statusCode"] == 500
    assert json.loads(answer["body"]) == {"code": "INTERNAL_ERROR", "message": "服务内部错误"}
    assert answer["headers"]["x-request-id"] == "JKJaXmPLvHcESHA="


def test_a_database_failure_is_a_db_error_without_details() -> None:
    answer = call("GET", "/fails/database", **{"accept-language": "en"})

    assert (answer["statusCode"], json.loads(answer["body"])) == (
        500,
        {"code": "DB_ERROR", "message": "Database error"},
    )


def test_a_wait_is_also_a_header() -> None:
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
def test_a_body_that_does_not_fit_is_a_validation_error(body: str, content_type: str) -> None:
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
def test_a_mistake_is_told_by_its_field_in_the_caller_s_language(body: str, field: str, sentence: str) -> None:
    answer = call("POST", "/things", body, **{"content-type": "application/json"})
    english = call("POST", "/things", body, **{"content-type": "application/json", "accept-language": "en"})

    assert json.loads(answer["body"])["details"]["fields"] == [{"field": field, "message": sentence}]
    assert json.loads(english["body"])["details"]["fields"][0]["message"].isascii()


def test_every_kind_of_mistake_has_its_sentence_in_both_languages() -> None:
    assert all(chinese and not chinese.isascii() and english.isascii() for chinese, english in FIELD_MESSAGES.values())


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "zh"),
        ("", "zh"),
        ("en", "en"),
        ("en-US,en;q=0.9,zh;q=0.8", "en"),
        ("zh-CN,en", "zh"),
        ("fr", "zh"),
        ("en;q=x", "zh"),
        ("EN", "en"),
    ],
)
def test_the_language_is_the_one_ranked_higher_and_chinese_in_doubt(header: str | None, language: str) -> None:
    assert preferred_language(header) == language


def test_every_sentence_exists_in_both_languages() -> None:
    for code, (chinese, english) in {**API_MESSAGES, **DOCUMENT_MESSAGES}.items():
        assert chinese and english, code
        assert not chinese.isascii(), code


def test_ids_are_shown_with_a_prefix_and_read_back() -> None:
    key = ids.new_id()

    assert key.version == 7
    assert ids.parse("kb", ids.show("kb", key)) == key
    for wrong in ("", "kb", "kb-", "doc-" + str(key), str(key), f"kb-{key}x", "kb-" + "z" * 36):
        assert ids.parse("kb", wrong) == ids.NOWHERE


def test_ids_grow_with_time() -> None:
    made = [ids.new_id() for _ in range(3)]

    assert [key.int >> 80 for key in made] == sorted(key.int >> 80 for key in made)


def test_our_signature_is_the_sdk_s_signature(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token")
    body, now = b'{"SecretId": "x"}', datetime(2025, 11, 1, 10, 0, tzinfo=UTC)
    headers = {
        "content-type": "application/x-amz-json-1.1",
        "host": "secretsmanager.eu-west-1.amazonaws.com",
        "x-amz-target": "secretsmanager.GetSecretValue",
    }

    ours = aws_call.sign(headers, body, service="secretsmanager", region="eu-west-1", now=now)

    request = AWSRequest("POST", f"https://{headers['host']}/", headers=headers, data=body)
    request.context["timestamp"] = "20251101T100000Z"
    signer = SigV4Auth(
        Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "token"), "secretsmanager", "eu-west-1"
    )
    request.headers["X-Amz-Date"] = "20251101T100000Z"
    request.headers["X-Amz-Security-Token"] = "token"
    theirs = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    assert ours["authorization"].endswith(f"Signature={theirs}")


def test_a_step_keeps_the_error_s_class_and_hides_its_reason() -> None:
    @pipeline_step(Thing)
    def step(event: Thing) -> Thing:
        raise RejectedError("corrupt", f"{event.name}: offset 17 of /tmp/secret")

    with pytest.raises(RejectedError) as caught:
        step({"name": "x"}, None)
    assert str(caught.value) == "corrupt"


def test_only_the_failed_record_of_a_batch_comes_back() -> None:
    seen = []

    @queue_consumer
    def consume(body: str) -> None:
        seen.append(body)
        if body == "bad":
            raise RuntimeError

    records = [{"messageId": str(n), "body": body} for n, body in enumerate(["good", "bad", "fine"])]
    assert consume({"Records": records}, None) == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    assert seen == ["good", "bad", "fine"]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ({"Error": "RejectedError", "Cause": '{"errorMessage": "password_protected"}'}, "password_protected"),
        ({"Error": "RejectedError", "Cause": '{"errorMessage": "/etc/passwd"}'}, "internal"),
        ({"Error": "RejectedError", "Cause": "not json"}, "internal"),
        ({"Error": "States.Timeout", "Cause": ""}, "timed_out"),
        ({"Error": "Lambda.Unknown", "Cause": "x"}, "internal"),
        ({}, "internal"),
    ],
)
def test_a_failure_ends_as_a_code_a_user_can_act_on(error: dict[str, str], code: str) -> None:
    assert failure_code(error) == code


def test_upload_events_are_decoded_and_the_test_event_is_none() -> None:
    body = json.dumps({"Records": [{"s3": {"object": {"key": "up+load/%E4%B8%AD.pdf"}}}]})

    assert list(uploaded_keys(body)) == ["up load/中.pdf"]
    assert list(uploaded_keys('{"Event": "s3:TestEvent"}')) == []


def test_an_object_s_key_names_its_document_and_no_other_key_does() -> None:
    found = tuple(UUID(int=n) for n in (1, 2, 3))

    assert event_of_key(source_key(document_prefix(*found))) == found
    for key in (
        "documents/a/b/c/source",
        "documents/x/source",
        "other/1/2/3/source",
        source_key(document_prefix(*found)) + "/x",
    ):
        assert event_of_key(key) is None


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0s"), (45.9, "45s"), (135, "2m15s"), (3723, "1h2m3s"), (3600, "1h")]
)
def test_durations_read_as_people_write_them(seconds: float, shown: str) -> None:
    assert show_duration(seconds) == shown


def test_readiness_reports_each_dependency_and_waits_for_none_beyond_its_limit() -> None:
    import threading

    never = threading.Event()
    found = check_all({"good": lambda: None, "bad": lambda: 1 / 0, "slow": lambda: never.wait(5)}, limit_s=0.2)
    never.set()

    assert found.status == "not_ready"
    assert {name: result.status for name, result in found.dependencies.items()} == {
        "good": "ok",
        "bad": "failed",
        "slow": "timed_out",
    }


def test_no_handler_file_is_left_out_of_the_package() -> None:
    assert all(
        path.suffix == ".py"
        for path in Path(ROOT / "functions").glob("*/*")
        if path.is_file() and path.name != "Makefile"
    )

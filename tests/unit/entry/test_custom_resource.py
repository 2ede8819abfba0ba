"""CloudFormation gets an answer, and one, whatever becomes of the call."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from voicehelper.entry.custom_resource import ANSWER_TIME_S, custom_resource

REQUEST = {
    "RequestType": "Create",
    "ResponseURL": "https://answers.example/one",
    "StackId": "stack",
    "RequestId": "request",
    "LogicalResourceId": "Schema",
}


class Context:
    aws_request_id = "id"

    def __init__(self, seconds: float = 300) -> None:
        self._seconds = seconds

    def get_remaining_time_in_millis(self) -> int:
        return int(self._seconds * 1000)


class Answers(list[dict[str, Any]]):
    def send(self, url: str, body: bytes) -> None:
        assert url == REQUEST["ResponseURL"]
        self.append(json.loads(body))


def call(apply: Callable[[], dict[str, Any]], *, seconds: float = 300, **request: str) -> Answers:
    answers = Answers()
    custom_resource(apply, send=answers.send)({**REQUEST, **request}, Context(seconds))
    return answers


def refuse() -> dict[str, Any]:
    raise RuntimeError("x" * 9_000)


@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_a_result_is_a_success_under_the_same_id_at_all_times(kind: str) -> None:
    [answer] = call(lambda: {"applied": ["0001.sql"]}, RequestType=kind)

    assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", "Schema")
    assert answer["Data"] == {"applied": ["0001.sql"]}
    assert {name: answer[name] for name in ("StackId", "RequestId", "LogicalResourceId")} == {
        name: REQUEST[name] for name in ("StackId", "RequestId", "LogicalResourceId")
    }


def test_an_exception_fails_the_deployment_with_its_reason_in_an_answer_that_fits() -> None:
    [answer] = call(refuse, PhysicalResourceId="kept")

    assert (answer["Status"], answer["PhysicalResourceId"]) == ("FAILED", "kept")
    assert answer["Reason"].startswith("RuntimeError: xxx")
    assert len(json.dumps(answer)) < 4_096


def test_a_deletion_succeeds_and_changes_nothing() -> None:
    [answer] = call(refuse, RequestType="Delete", PhysicalResourceId="Schema")

    assert answer["Status"] == "SUCCESS"


def test_a_call_whose_time_runs_out_has_failed_before_it_ends_and_says_nothing_afterwards() -> None:
    failed = threading.Event()
    answers = Answers()

    def send(url: str, body: bytes) -> None:
        answers.send(url, body)
        failed.set()

    def wait() -> dict[str, Any]:
        assert failed.wait(10)
        return {}

    custom_resource(wait, send=send)(REQUEST, Context(ANSWER_TIME_S))

    assert [(answer["Status"], answer["Reason"]) for answer in answers] == [("FAILED", "the function's time ran out")]


def test_without_a_request_of_cloudformation_the_result_is_returned_and_the_exception_raised() -> None:
    assert custom_resource(lambda: {"applied": []})({}, None) == {"applied": []}
    with pytest.raises(RuntimeError):
        custom_resource(refuse)({}, None)


def test_an_operator_s_report_is_returned_and_nothing_is_applied() -> None:
    reporting = custom_resource(refuse, report=lambda name: {"rows": [name]})

    assert reporting({"report": "index-usage"}, None) == {"rows": ["index-usage"]}

"""Tools of agents as functions: who may call one, what it is given, and what leaves it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import Field, JsonValue
from voicehelper.agents.tools.protocol import (
    MAX_OBSERVATION_CHARS,
    MAX_RESULT_BYTES,
    Arguments,
    Tool,
    ToolCall,
    ToolError,
    ToolResult,
    ToolSource,
)
from voicehelper.entry.tools import tool_handler
from voicehelper.errors import DatabaseError, InvalidInputError, UpstreamUnavailableError, VoiceHelperError

Run = Callable[["Weighing", ToolCall], ToolResult]


class Weighing(Arguments):
    grams: int = Field(ge=1)
    label: str = ""


def scale(run: Run) -> Tool[Weighing]:
    return Tool("scale", "Weighs.", Weighing, run)


def weigh(arguments: Weighing, _: ToolCall) -> ToolResult:
    return ToolResult(observation=f"{arguments.grams} g", result=arguments.grams)


def event(**changes: Any) -> dict[str, Any]:
    ids = {
        name: f"01930d5a-7c1e-7a52-9d0b-6f3c2a1b4e6{n}" for n, name in enumerate(("tenant_id", "user_id", "task_id"))
    }
    called = {"step": 1, "tool": "scale", "arguments": {"grams": 5}, "allowed": ["scale"]}
    return ids | called | changes


def bringing(**fields: Any) -> dict[str, Any]:
    """What leaves the function of a tool that returns this."""
    return dict(tool_handler(scale(lambda *_: ToolResult(**fields)))(event(), None)["result"])


def test_a_tool_that_is_allowed_runs_with_its_arguments() -> None:
    outcome = tool_handler(scale(weigh))(event(), None)

    assert outcome["failure"] is None
    assert (outcome["result"]["observation"], outcome["result"]["result"]) == ("5 g", 5)


def test_a_tool_may_be_built_at_its_call() -> None:
    built: list[str] = []

    def build() -> Tool[Weighing]:
        built.append("scale")
        return scale(weigh)

    handler = tool_handler(build)

    assert built == []
    assert handler(event(), None)["result"]["result"] == 5


@pytest.mark.parametrize(
    "changes",
    [
        {"allowed": []},
        {"allowed": ["calculator", "scales", "SCALE"]},
        {"tool": "calculator", "allowed": ["calculator", "scale"]},
        {"tool": "scale ", "allowed": ["scale "]},
    ],
)
def test_a_tool_that_its_task_did_not_name_does_not_run(changes: dict[str, Any]) -> None:
    def never(*_: Any) -> ToolResult:
        raise AssertionError("it ran")

    outcome = tool_handler(scale(never))(event(**changes), None)

    assert outcome["result"] is None
    assert outcome["failure"]["code"] == "TOOL_NOT_ALLOWED"


@pytest.mark.parametrize(
    ("arguments", "fields"),
    [
        ({}, "grams"),
        ({"grams": 0}, "grams"),
        ({"grams": "many", "label": 3}, "grams, label"),
        ({"grams": 1, "shell": "rm"}, "shell"),
    ],
)
def test_arguments_are_checked_before_the_tool_runs(arguments: dict[str, Any], fields: str) -> None:
    outcome = tool_handler(scale(weigh))(event(arguments=arguments), None)

    assert outcome["failure"] == {"code": "TOOL_ARGUMENTS_INVALID", "details": {"fields": fields}}


def test_arguments_do_not_reach_the_log(caplog: pytest.LogCaptureFixture) -> None:
    tool_handler(scale(weigh))(event(arguments={"grams": "my password"}), None)
    logged = " ".join(str(vars(record)) for record in caplog.records)

    assert "TOOL_ARGUMENTS_INVALID" in logged
    assert "my password" not in logged


def test_what_a_tool_cannot_do_is_an_outcome_with_its_code() -> None:
    def fail(*_: Any) -> ToolResult:
        raise ToolError("TOOL_FAILED", "the spring is broken", weight=3)

    outcome = tool_handler(scale(fail))(event(), None)

    assert outcome == {"result": None, "failure": {"code": "TOOL_FAILED", "details": {"weight": 3}}}


def test_what_a_failure_quotes_is_cleaned_and_cut() -> None:
    def fail(*_: Any) -> ToolResult:
        raise ToolError("TOOL_FAILED", place="a\u0000b\ud800\u202e", problem="长" * 9_000, status=404)

    details = tool_handler(scale(fail))(event(), None)["failure"]["details"]

    assert (details["place"], details["status"]) == ("ab", 404)
    assert len(details["problem"].encode()) <= 2_000


@pytest.mark.parametrize("error", [UpstreamUnavailableError("away"), DatabaseError("gone")])
def test_a_dependency_that_is_away_leaves_as_the_family_that_is_retried(error: VoiceHelperError) -> None:
    def fail(*_: Any) -> ToolResult:
        raise error

    with pytest.raises(VoiceHelperError) as caught:
        tool_handler(scale(fail))(event(), None)

    assert type(caught.value) is UpstreamUnavailableError


def test_an_event_that_is_no_call_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="no ToolCall"):
        tool_handler(scale(weigh))({"tool": "scale"}, None)


def test_control_and_hidden_characters_do_not_leave_a_tool() -> None:
    source = ToolSource(title="T\u0000itle", quote="a\u202eb", url="https://example.org/\u0007")

    result = bringing(observation="one\r\ntwo\x00\x1b[31m\u200b", result={"k\x00": ["v\ud800"]}, sources=[source])

    assert result["observation"] == "one\ntwo[31m"
    assert result["result"] == {"k": ["v"]}
    assert [result["sources"][0][name] for name in ("title", "quote", "url")] == ["Title", "ab", "https://example.org/"]


def test_a_long_observation_is_cut_and_says_so() -> None:
    observation = bringing(observation="字" * (MAX_OBSERVATION_CHARS + 1))["observation"]

    assert len(observation) == MAX_OBSERVATION_CHARS
    assert observation.endswith("字 …")
    assert bringing(observation="字" * MAX_OBSERVATION_CHARS)["observation"] == "字" * MAX_OBSERVATION_CHARS


@pytest.mark.parametrize(
    "value",
    [
        "长" * 40_000,
        '"\\\n' * 30_000,
        [["row", n, "内容"] for n in range(20_000)],
        {f"column {n}": "x" * 900 for n in range(2_000)},
        {"rows": [{"name": "行" * 200, "value": 1.5}] * 5_000, "more": True},
        {"x" * 100_000: 1},
    ],
)
def test_a_large_result_is_cut_to_what_a_state_may_hold(value: JsonValue) -> None:
    result = bringing(observation="", result=value)["result"]

    assert len(json.dumps(result, ensure_ascii=False).encode()) <= MAX_RESULT_BYTES
    assert len(json.dumps(result, ensure_ascii=False).encode()) > 0.75 * MAX_RESULT_BYTES or value == {"x" * 100_000: 1}
    assert type(result) is type(value)


def test_a_result_that_fits_stays_as_it_is() -> None:
    value: JsonValue = {"columns": ["a", "b"], "rows": [[1, 2.5], [None, "空"], [True, ""]], "nested": {"x": [[], {}]}}

    assert bringing(observation="", result=value)["result"] == value


def test_numbers_that_json_does_not_know_are_left_out() -> None:
    assert bringing(observation="", result=[float("nan"), float("inf"), 1.5])["result"] == [None, None, 1.5]


def test_a_result_nested_without_end_is_cut() -> None:
    value: JsonValue = "core"
    for _ in range(80):
        value = [value]

    assert "core" not in json.dumps(bringing(observation="", result=value)["result"])

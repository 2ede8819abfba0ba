"""The calculator as a tool: its arguments, and what a run gets of it."""

from __future__ import annotations

from typing import Any

import pytest
from tools.calculate import handler

CALL = {
    "tenant_id": "01930d5a-7c1e-7a52-9d0b-6f3c2a1b4e63",
    "user_id": "01930d5a-7c1e-7a52-9d0b-6f3c2a1b4e64",
    "task_id": "01930d5a-7c1e-7a52-9d0b-6f3c2a1b4e65",
    "step": 1,
    "tool": "calculator",
    "allowed": ["calculator"],
}


def outcome(arguments: dict[str, Any]) -> Any:
    return handler({**CALL, "arguments": arguments}, None)


def test_the_result_is_the_number_as_text_beside_its_calculation() -> None:
    result = outcome({"expression": " (960 - 800) / 800 * 100 = ? "})["result"]

    assert (result["result"], result["observation"]) == ("20.0", "(960 - 800) / 800 * 100 = 20.0")


def test_what_is_no_calculation_is_a_failure_with_its_place() -> None:
    failure = outcome({"expression": "3 + apples"})["failure"]

    assert failure == {"code": "CALCULATION_NOT_ARITHMETIC", "details": {"place": "apples"}}


@pytest.mark.parametrize(
    "arguments", [{}, {"expression": ""}, {"expression": "1+" * 260}, {"expression": 3}, {"x": "1"}]
)
def test_arguments_that_hold_no_expression_are_refused(arguments: dict[str, Any]) -> None:
    assert outcome(arguments)["failure"]["code"] == "TOOL_ARGUMENTS_INVALID"

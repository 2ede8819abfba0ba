"""Limits of Step Functions that the emulator does not know: 256 KiB a state, 25,000 events an execution.

Entry: ``limit_states``, installed by ``emulator_main``. Both end the execution, whatever its states catch.
https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
"""

from __future__ import annotations

import inspect
import json
from typing import Any, Final

MOST_BYTES: Final = 262_144
MOST_EVENTS: Final = 25_000
# The emulator writes fewer events than AWS: none that an iteration of a Map and the state in it begin and end, and one
# where a task is scheduled and started.
_UNWRITTEN_OF_ITERATION: Final = 4
_UNWRITTEN_OF_TASK: Final = 1


def limit_states(stepfunctions: Any) -> None:
    add, fail, iterate = stepfunctions._add_event, stepfunctions._fail_execution, stepfunctions._run_sub_machine
    parameters = [list(inspect.signature(function).parameters) for function in (add, fail, iterate)]
    assert parameters == [
        ["execution", "event_type", "details"],
        ["execution", "error", "cause"],
        ["states", "start_at", "input_data", "execution", "ctx"],
    ], "another emulator version: check this patch"

    def fail_once(execution: Any, error: str, cause: str) -> None:
        if execution["status"] == "RUNNING":
            fail(execution, error, cause)

    def end(execution: Any, error: str, cause: str) -> None:
        fail_once(execution, error, cause)
        raise stepfunctions._ExecutionError(error, cause)

    def add_within_limits(execution: Any, event_type: str, details: Any = None) -> Any:
        if execution["status"] == "RUNNING":
            execution["unwritten"] = execution.get("unwritten", 0) + _unwritten(event_type)
            if len(execution["events"]) + execution["unwritten"] >= MOST_EVENTS:
                end(execution, "States.Runtime", f"The execution reached the maximum number of events ({MOST_EVENTS}).")
            if _size(details) > MOST_BYTES:
                end(execution, "States.DataLimitExceeded", f"{event_type}: over {MOST_BYTES} bytes of data.")
        return add(execution, event_type, details)

    def iterate_within_limits(states: Any, start_at: str, input_data: Any, execution: Any, ctx: Any) -> Any:
        execution["unwritten"] = execution.get("unwritten", 0) + _UNWRITTEN_OF_ITERATION
        if execution["status"] != "RUNNING":
            raise stepfunctions._ExecutionError("States.Runtime", "The execution is over.")
        return iterate(states, start_at, input_data, execution, ctx)

    stepfunctions._fail_execution = fail_once
    stepfunctions._add_event = add_within_limits
    stepfunctions._run_sub_machine = iterate_within_limits


def _unwritten(event_type: str) -> int:
    return _UNWRITTEN_OF_TASK if event_type == "TaskScheduled" else 0


def _size(details: Any) -> int:
    """Bytes of the largest input or output in an event, as AWS counts them: UTF-8 without escapes."""
    texts = [part[key] for part in (details or {}).values() for key in ("input", "output") if key in part]
    return max((len(_unescaped(text)) for text in texts), default=0)


def _unescaped(text: str) -> bytes:
    if len(text) <= MOST_BYTES:  # escapes only lengthen a text of ASCII
        return text.encode()
    return json.dumps(json.loads(text), ensure_ascii=False, separators=(",", ":")).encode()

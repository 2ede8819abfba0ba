"""Runs the agents' state machine in process: its own definition decides the way, the product's steps do the work.

``repeat`` carries out every state twice, as Lambda's at-least-once delivery may; ``killed_after`` ends the execution
behind so many states, as the loss of an execution does.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from voicehelper.adapters.executions import RUNNING
from voicehelper.agents.events import NextStep, TaskEvent, TaskFailed, ToolReturned
from voicehelper.agents.steps.compose_report import compose_report
from voicehelper.agents.steps.mark_task_failed import mark_task_failed
from voicehelper.agents.steps.moves import Deployment
from voicehelper.agents.steps.plan_task import plan_task
from voicehelper.agents.steps.record_step import record_step
from voicehelper.agents.steps.reflect_on_task import reflect_on_task
from voicehelper.agents.tools.protocol import ToolCall, ToolOutcome
from voicehelper.errors import VoiceHelperError

from infra.local.paths import ROOT

DEFINITION = json.loads((ROOT / "infra/state_machines/agents.asl.json").read_text("utf-8"))["States"]
RunTool = Callable[[ToolCall], ToolOutcome]


@dataclass
class Machine:
    """Implements ``Executions``; what was started runs when the test says so."""

    deployment: Deployment
    run_tool: RunTool
    repeat: bool = False
    killed_after: int | None = None
    statuses: dict[str, str] = field(default_factory=dict)
    visited: list[str] = field(default_factory=list)
    waiting: list[tuple[str, str]] = field(default_factory=list)

    def start(self, name: str, payload: str) -> bool:
        if name in self.statuses:
            return False
        self.statuses[name] = RUNNING
        self.waiting.append((name, payload))
        return True

    def status(self, name: str) -> str:
        return self.statuses.get(name, "FAILED")

    def run_waiting(self) -> None:
        """Every execution that was started, to its end."""
        while self.waiting:
            name, payload = self.waiting.pop(0)
            self.statuses[name] = self._run(json.loads(payload))

    def _run(self, state: dict[str, Any]) -> str:
        name, steps = "PlanTask", 0
        while True:
            self.visited.append(name)
            definition = DEFINITION[name]
            if definition["Type"] in ("Succeed", "Fail"):
                return "SUCCEEDED" if definition["Type"] == "Succeed" else "FAILED"
            if definition["Type"] == "Choice":
                name = _chosen(definition, state)
                continue
            if steps == self.killed_after:
                self.killed_after = None
                return "FAILED"
            steps += 1
            name, state = self._task(name, definition, state)

    def _task(self, name: str, definition: Mapping[str, Any], state: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        key = definition.get("InputPath", "$")[2:]
        given = state[key] if key else state
        try:
            result = [self._carry_out(name, given) for _ in range(1 + self.repeat)][-1]
        except VoiceHelperError as error:
            caught = {"Error": type(error).__name__, "Cause": json.dumps({"errorMessage": str(error)})}
            return definition["Catch"][0]["Next"], state | {"error": caught}
        path = definition.get("ResultPath", "$")[2:]
        return definition["Next"], state | {path: result} if path else result

    def _carry_out(self, name: str, given: dict[str, Any]) -> dict[str, Any]:
        steps: dict[str, Callable[[], Any]] = {
            "PlanTask": lambda: plan_task(TaskEvent.model_validate(given), self.deployment),
            "RecordStep": lambda: record_step(ToolReturned.model_validate(given), self.deployment),
            "ReflectOnTask": lambda: reflect_on_task(TaskEvent.model_validate(given), self.deployment),
            "ComposeReport": lambda: compose_report(NextStep.model_validate(given), self.deployment),
            "MarkTaskFailed": lambda: mark_task_failed(
                TaskFailed.model_validate(given), database=self.deployment.database
            ),
        }
        step = steps.get(name) or (lambda: self.run_tool(ToolCall.model_validate(given)))
        result: dict[str, Any] = json.loads(step().model_dump_json())
        return result


def _chosen(definition: Mapping[str, Any], state: Mapping[str, Any]) -> str:
    for rule in definition["Choices"]:
        if state[rule["Variable"][2:]] == rule["StringEquals"]:
            return str(rule["Next"])
    return str(definition["Default"])

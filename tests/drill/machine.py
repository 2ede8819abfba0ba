"""Carries out a state machine by its own definition, one state after the other: who does a state's work is given.

As much of the language as the two machines use. https://states-language.net/spec.html
"""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from infra.local.paths import ROOT

Json = dict[str, Any]
CarryOut = Callable[[str, Json], Json]
MACHINES: Final = {"ingestion": "ingestion", "agent_steps": "agents"}
TOOLS: Final = ("Calculate", "AskKnowledge")


class StateError(Exception):
    """A state's work ended with an error of this name."""

    def __init__(self, name: str, message: str = "") -> None:
        super().__init__(f"{name}: {message}")
        self.name, self.message = name, message


def handler_of(room: str, state: str) -> Callable[[Json, None], Json]:
    """The function of a state, which has its name."""
    package = "tools" if state in TOOLS else room
    module = importlib.import_module(f"{package}.{re.sub('(?<!^)(?=[A-Z])', '_', state).lower()}")
    handler: Callable[[Json, None], Json] = module.handler
    return handler


@dataclass
class Execution:
    """``run`` returns whether it succeeded. Waits before a try are left out; how often is tried is the definition's."""

    definition: Json
    carry_out: CarryOut
    visited: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, room: str, carry_out: CarryOut) -> Execution:
        path = ROOT / "infra/state_machines" / f"{MACHINES[room]}.asl.json"
        return cls(json.loads(path.read_text("utf-8")), carry_out)

    def run(self, state: Json) -> bool:
        return self._run(self.definition, state)[0]

    def _run(self, machine: Json, state: Json) -> tuple[bool, Json]:
        name = machine["StartAt"]
        while True:
            definition = machine["States"][name]
            self.visited.append(name)
            kind = definition["Type"]
            if kind in ("Succeed", "Fail"):
                return kind == "Succeed", state
            if kind == "Choice":
                name = _chosen(definition, state)
                continue
            try:
                state = self._task(name, definition, state) if kind == "Task" else self._map(definition, state)
            except StateError as error:
                [catch] = definition["Catch"]
                cause = json.dumps({"errorMessage": error.message})
                state = _placed(catch["ResultPath"], state, {"Error": error.name, "Cause": cause})
                name = catch["Next"]
                continue
            if definition.get("End"):
                return name != "MarkFailed", state
            name = definition["Next"]

    def _task(self, name: str, definition: Json, state: Json) -> Json:
        given = _value(definition.get("InputPath", "$"), state)
        tries = [rule["MaxAttempts"] for rule in definition.get("Retry", ())]
        while True:
            try:
                return _placed(definition.get("ResultPath", "$"), state, self.carry_out(name, given))
            except StateError as error:
                rule = _rule(definition, error.name)
                if rule is None or not tries[rule]:
                    raise
                tries[rule] -= 1

    def _map(self, definition: Json, state: Json) -> Json:
        for item in _value(definition["ItemsPath"], state):
            given = {
                key.removesuffix(".$"): item if path == "$$.Map.Item.Value" else _value(path, state)
                for key, path in definition["ItemSelector"].items()
            }
            self._map_one(definition["ItemProcessor"], given)
        return state

    def _map_one(self, processor: Json, given: Json) -> None:
        name = processor["StartAt"]
        self.visited.append(name)
        self._task(name, processor["States"][name], given)


def _rule(definition: Json, error: str) -> int | None:
    for number, rule in enumerate(definition.get("Retry", ())):
        if error in rule["ErrorEquals"] or "States.ALL" in rule["ErrorEquals"]:
            return number
    return None


def _chosen(definition: Json, state: Mapping[str, Any]) -> str:
    for rule in definition["Choices"]:
        if rule.get("IsPresent"):
            holds = bool(state.get(rule["Variable"][2:].removesuffix("[0]")))
        else:
            holds = state.get(rule["Variable"][2:]) == rule["StringEquals"]
        if holds:
            return str(rule["Next"])
    return str(definition["Default"])


def _value(path: str, state: Json) -> Any:
    return state if path == "$" else state[path[2:]]


def _placed(path: str | None, state: Json, result: Json) -> Json:
    if path is None:
        return state
    return result if path == "$" else state | {path[2:]: result}

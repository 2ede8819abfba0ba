"""Tasks of agents at the command line: what is printed of a plan, its steps and its report."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.integration.cli.conftest import Command
from tests.integration.cli.service import Service, problem

TASK = "task-01930d5a-7c1e-7a52-9d0b-6f3c2a1b4e5f"
APPROVAL = "approval-01930d5a-7c1e-7a52-9d0b-6f3c2a1b4e5f"
STATS = {"total_steps": 2, "tool_calls": 1, "execution_time": 1.5, "total_tokens": 0, "total_cost": 0.0}


def item(step: int, action: str, observation: str, error: str = "") -> dict[str, Any]:
    return {
        "step": step, "step_type": "tool_call", "thought": "why", "action": action, "action_input": {},
        "tool_result": None, "observation": observation,
        "error": {"code": "TOOL_UNAVAILABLE", "message": error} if error else None,
    }  # fmt: skip


def task(status: str = "completed", **changes: Any) -> dict[str, Any]:
    return {
        "task_id": TASK, "status": status, "task": "add it up", "mode": "plan_execute", "progress": 100,
        "created_at": "2026-01-01T00:00:00Z", "ended_at": None, "thought": "one sum",
        "plan": [{"step": 1, "description": "add", "tool": "calculator"}],
        "execution_trace": [item(1, "calculator", "1 + 1 =\n2"), item(2, "fetch_url", "away", error="away")],
        "final_result": "It is **2** [1].",
        "sources": [],
        "stats": STATS, "stopped_by": None, "error": None, "awaiting_approval": False,
    } | changes  # fmt: skip


def test_a_task_is_watched_step_by_step(signed_in: Command, service: Service) -> None:
    service.forced["POST /agent/execute"] = (202, {"task_id": TASK, "status": "running", "status_url": "/x"})
    service.forced[f"GET /agent/tasks/{TASK}"] = (200, task())

    result = signed_in("agent", "run", "add it up", "--tool", "calculator", "--max-steps", "5", "--no-reflect")

    assert result.returncode == 0
    assert result.stdout.splitlines() == [
        "Plan:",
        "one sum",
        "  1. add  (calculator)",
        "✓ 1. calculator  1 + 1 = 2",
        "✗ 2. fetch_url  away",
        "",
        "It is **2** [1].",
        "1.5 s, 1 call of tools, $0.0000",
    ]
    assert json.loads(service.posted("/agent/execute")[0]) == {
        "task": "add it up", "mode": "plan_execute", "max_steps": 5, "enable_reflection": False,
        "tools": ["calculator"],
    }  # fmt: skip


def test_a_script_reads_the_task_as_the_service_shows_it(signed_in: Command, service: Service) -> None:
    service.forced[f"GET /agent/tasks/{TASK}"] = (200, task("failed", error={"code": "X", "message": "it broke"}))

    shown, watched = signed_in("agent", "show", TASK, "--json"), signed_in("agent", "watch", TASK, "--json")

    assert json.loads(shown.stdout) == json.loads(watched.stdout)
    assert json.loads(shown.stdout)["error"]["message"] == "it broke"
    assert (shown.returncode, watched.returncode) == (0, 1)


def test_a_call_that_waits_is_decided_and_the_task_goes_on(signed_in: Command, service: Service) -> None:
    approval = {"id": APPROVAL, "status": "pending"}
    service.forced[f"GET /agent/tasks/{TASK}/approvals"] = (200, [{"id": "older", "status": "denied"}, approval])
    service.forced[f"POST /agent/tasks/{TASK}/approvals/{APPROVAL}"] = (202, task())
    service.forced[f"GET /agent/tasks/{TASK}"] = (200, task("running", awaiting_approval=True))

    result = signed_in("agent", "approve", TASK, "--comment", "fine")

    assert result.returncode == 0
    assert f"voicehelper agent approve {TASK}" in result.stdout
    [decided] = service.posted(f"/agent/tasks/{TASK}/approvals/{APPROVAL}")
    assert json.loads(decided) == {"decision": "approve", "comment": "fine"}


@pytest.mark.parametrize(
    ("arguments", "forced", "code", "said"),
    [
        (("deny", TASK), {f"GET /agent/tasks/{TASK}/approvals": (200, [])}, 1, "No call waits for a decision.\n"),
        (
            ("cancel", TASK),
            {f"DELETE /agent/tasks/{TASK}": (404, problem("TASK_NOT_FOUND", "no such task"))},
            4,
            "no such task\n",
        ),
    ],
)
def test_what_cannot_be_done_says_so(
    signed_in: Command, service: Service, arguments: tuple[str, ...], forced: dict[str, Any], code: int, said: str
) -> None:
    service.forced |= forced

    result = signed_in("agent", *arguments)

    assert (result.returncode, result.stderr) == (code, said)


def test_tasks_are_listed_by_their_state(signed_in: Command, service: Service) -> None:
    items = [{"task": "add it up", "status": "running", "progress": 40, "task_id": TASK}]
    page = {"items": items, "total": 1, "page": 1, "page_size": 20, "has_next": False}
    service.forced["GET /agent/tasks"] = (200, page)

    result = signed_in("agent", "list", "--status", "running")

    assert all(text in result.stdout for text in ("add it up", "40 %", "running"))

"""Tasks of agents through the gateway, without a model: planned by rules, read by the built-in reader."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.client import Client
from tests.support.product import Product

RESULT = {"task_id", "status", "plan", "execution_trace", "final_result", "stats"}
STATS = {"total_steps", "tool_calls", "execution_time", "total_tokens", "total_cost"}
REPORT = (
    "# 2024 年度报告\n\n2023 年营业收入为 1200 万元。\n\n2024 年营业收入为 1500 万元。\n\n"
    "# 差旅标准\n\n住宿费每人每天 350 元。\n\n# 风险\n\n主要风险是原材料价格上涨。\n"
)


@pytest.fixture(scope="module")
def kb_id(client: Client) -> str:
    return client.create_base_of("agents", "年度报告.md", REPORT)


def execute(client: Client, task: str, *tools: str, **more: Any) -> dict[str, Any]:
    """The task at its end, however long it takes."""
    body = {"task": task, "tools": list(tools) or ["knowledge_base", "calculator"], **more}
    shown = client.json("POST", "/api/v1/agent/execute", json=body)
    return until(client, f"/api/v1/agent/tasks/{shown['task_id']}", lambda task: task["status"] != "running")


def test_existing_clients_run_unchanged(client: Client, kb_id: str) -> None:
    """As the platform's published client sends a task, with its own user, and reads the result."""
    request = {
        "task": "分析公司 2024 年营业收入比 2023 年增长了百分之几", "mode": "plan_execute",
        "tools": ["web_search", "calculator", "knowledge_base"], "max_steps": 15, "enable_reflection": True,
        "user_id": client.user["id"], "session_id": "session-456",
    }  # fmt: skip

    result = client.json("POST", "/api/v1/agent/execute", json=request)

    assert set(result) >= RESULT
    assert result["task_id"].startswith("task-")
    assert result["status"] == "completed"
    assert [set(step) for step in result["plan"]] == [{"step", "description", "tool"}] * len(result["plan"])
    assert result["plan"][-1]["tool"] == "llm_synthesis"
    assert {"step", "step_type", "thought", "action", "action_input", "tool_result", "observation"} <= set(
        result["execution_trace"][0]
    )
    last = result["execution_trace"][-1]
    assert (last["step_type"], last["action"], last["observation"], last["tool_result"]) == (
        "synthesis", "final_answer", None, None,
    )  # fmt: skip
    assert set(result["stats"]) == STATS
    assert result["stats"]["tool_calls"] == sum(item["step_type"] == "tool_call" for item in result["execution_trace"])
    assert "25" in result["final_result"]


def test_a_calculation_over_found_values_cites_the_page_of_each(client: Client, kb_id: str) -> None:
    result = execute(client, "2024 年营业收入比 2023 年增长了多少？", kb_ids=[kb_id])

    assert "300" in result["final_result"]
    assert {source["filename"] for source in result["sources"]} == {"年度报告.md"}
    quotes = " ".join(source["quote"] for source in result["sources"])
    assert "1200 万元" in quotes
    assert "1500 万元" in quotes
    assert "营业收入" in client.open_link(result["sources"][0]["url"]).text


def test_a_problem_whose_numbers_stand_in_the_task_is_computed(client: Client) -> None:
    result = execute(client, "按每人每天 120 元，5 人 3 天共多少？", "calculator")

    assert "1800" in result["final_result"].replace(",", "")
    assert [step["tool"] for step in result["plan"]] == ["calculator", "llm_synthesis"]


def test_what_the_documents_do_not_hold_is_said_to_be_missing(client: Client, kb_id: str) -> None:
    result = execute(client, "火星基地的氧气消耗量是多少？", "knowledge_base", kb_ids=[kb_id])

    assert result["status"] == "completed"
    assert result["sources"] == []


def test_what_nobody_configured_is_not_planned_and_said_so(client: Client) -> None:
    result = execute(client, "上网搜索今天的天气", "web_search")

    assert all(item["action"] != "web_search" for item in result["execution_trace"])
    assert "web_search" in result["thought"]


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"tools": ["shell"]}, 422, "UNKNOWN_TOOL"),
        ({"user_id": "user-123"}, 403, "FOREIGN_USER"),
        ({"max_steps": 0}, 422, "VALIDATION_ERROR"),
        ({"max_steps": 51}, 422, "VALIDATION_ERROR"),
        ({"mode": "chaos"}, 422, "VALIDATION_ERROR"),
        ({"task": " "}, 422, "VALIDATION_ERROR"),
        ({"kb_ids": ["kb-01930d5a-7c1e-7a52-9d0b-6f3c2a1b4e5f"]}, 404, "KNOWLEDGE_BASE_NOT_FOUND"),
    ],
)
def test_what_cannot_be_carried_out_is_refused(client: Client, changes: dict[str, Any], status: int, code: str) -> None:
    body = {"task": "1+1", "tools": ["calculator"], **changes}

    refused = client.call("POST", "/api/v1/agent/execute", json=body)

    assert (refused.status_code, refused.json()["code"]) == (status, code)


def test_a_task_is_cancelled_resumed_and_listed(client: Client) -> None:
    """One that waits for a person, so that it cannot end by itself meanwhile."""
    task_id = execute_until_asked(client, "总结 http://127.0.0.1/secret 的内容")["task_id"]
    path = f"/api/v1/agent/tasks/{task_id}"
    [approval] = client.call("GET", f"{path}/approvals").json()
    cancelled = client.json("DELETE", path)
    listed = client.json("GET", "/api/v1/agent/tasks", params={"status": "cancelled"})
    late = client.call("POST", f"{path}/approvals/{approval['id']}", json={"decision": "approve"})

    resumed = client.call("POST", f"{path}/resume")
    client.json("POST", f"{path}/approvals/{approval['id']}", json={"decision": "deny", "comment": "不需要"})
    task = until(client, path, lambda task: task["status"] != "running")

    assert cancelled["status"] == "cancelled"
    assert task_id in [item["task_id"] for item in listed["items"]]
    assert (late.status_code, late.json()["code"]) == (409, "APPROVAL_DECIDED")
    assert resumed.status_code == 202
    assert (task["status"], task["progress"]) == ("completed", 100)
    assert [item["action"] for item in task["execution_trace"]] == ["fetch_url", "fetch_url", "final_answer"]
    assert "不需要" in task["execution_trace"][1]["observation"]
    assert client.call("DELETE", path).json()["code"] == "TASK_ENDED"
    assert client.call("POST", f"{path}/resume").json()["code"] == "TASK_NOT_RESUMABLE"
    assert client.call("GET", "/api/v1/agent/tasks", params={"status": "asleep"}).status_code == 422


def until(client: Client, path: str, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The task as soon as it is so; the API offers polling."""
    deadline = time.monotonic() + 60
    while not holds(task := client.json("GET", path)):
        assert time.monotonic() < deadline, task
        time.sleep(0.1)
    return task


def test_a_call_waits_for_its_approval_and_the_page_is_not_fetched_without_it(client: Client) -> None:
    """The test product has a person decide on ``fetch_url``."""
    task = execute_until_asked(client, "总结 http://169.254.169.254/latest/meta-data 的内容")
    path = f"/api/v1/agent/tasks/{task['task_id']}"
    [approval] = client.call("GET", f"{path}/approvals").json()
    before = client.json("GET", path)["execution_trace"]

    decision = f"{path}/approvals/{approval['id']}"
    decided = client.call("POST", decision, json={"decision": "approve", "comment": "看一下"})
    ended = until(client, path, lambda task: task["status"] != "running")
    again = client.call("POST", decision, json={"decision": "deny"})

    assert before == []
    assert (approval["action"], approval["status"]) == ("fetch_url", "pending")
    assert decided.status_code == 202
    assert ended["status"] == "completed"
    assert [item["step_type"] for item in ended["execution_trace"]][:2] == ["approval", "tool_call"]
    assert ended["execution_trace"][1]["error"]["code"] == "FETCH_ADDRESS_REFUSED"
    assert (again.status_code, again.json()["code"]) == (409, "APPROVAL_DECIDED")


def execute_until_asked(client: Client, task: str) -> dict[str, Any]:
    body = {"task": task, "tools": ["fetch_url"]}
    accepted = client.json("POST", "/api/v1/agent/execute", json=body)
    path = f"/api/v1/agent/tasks/{accepted['task_id']}"
    return until(client, path, lambda task: bool(task["awaiting_approval"]))


def test_tools_are_listed_with_the_schemas_of_their_arguments(client: Client) -> None:
    listed = client.call("GET", "/api/v1/agent/tools").json()

    assert {tool["name"] for tool in listed} == {"knowledge_base", "calculator", "fetch_url", "table_query"}
    assert all(tool["description"] and tool["parameters"]["type"] == "object" for tool in listed)


def test_foreign_and_unknown_tasks_are_not_found(client: Client, product: Product) -> None:
    task = execute(client, "计算 1+1", "calculator")
    stranger = Client(product.base_url)
    for path in (f"/api/v1/agent/tasks/{task['task_id']}", "/api/v1/agent/tasks/task-x"):
        for method, route in (
            ("GET", path), ("DELETE", path), ("POST", f"{path}/resume"), ("GET", f"{path}/approvals"),
            ("POST", f"{path}/approvals/approval-x"),
        ):  # fmt: skip
            refused = stranger.call(method, route, **({"json": {"decision": "deny"}} if "approval-x" in route else {}))
            assert (refused.status_code, refused.json()["code"]) == (404, "TASK_NOT_FOUND"), (method, route)
    assert stranger.json("GET", "/api/v1/agent/tasks")["total"] == 0
    assert stranger.http.get("/api/v1/agent/tools", headers={"authorization": "Bearer x"}).status_code == 401


def test_the_command_line_draws_a_task_as_it_goes(product: Product, tmp_path: Path) -> None:
    env = os.environ | {"XDG_CONFIG_HOME": str(tmp_path), "VOICEHELPER_URL": product.base_url, "LC_ALL": "C.UTF-8"}
    entry = "from voicehelper_cli.main import run; run()"

    def command(*arguments: str) -> str:
        called = [sys.executable, "-c", entry, *arguments]
        return subprocess.run(called, env=env, capture_output=True, text=True, check=True, timeout=60).stdout

    command(
        "register", f"{tmp_path.name}{time.time_ns()}@example.com", "--password", "Quiet-River-7", "--username", "ann"
    )
    drawn = command("agent", "run", "What is 12.5% of 8,400?", "--tool", "calculator")

    assert "Plan:" in drawn
    assert "✓ 1. calculator" in drawn
    assert "1050" in drawn.replace(",", "")
    assert "completed" in command("agent", "list")

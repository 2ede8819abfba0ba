"""What documents, tables and web pages say is data: a model that obeys every word of it gets no call that the task did
not allow, no approval, and nothing of another tenant.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from voicehelper.adapters.database import Database
from voicehelper.agents.planning.by_model import ModelPlanner, ToolSpec
from voicehelper.agents.planning.by_rules import RulesPlanner
from voicehelper.agents.service import list_approvals
from voicehelper.agents.steps.moves import Deployment
from voicehelper.agents.tools.protocol import Arguments, Tool, ToolCall, ToolOutcome, ToolResult
from voicehelper.entry.tools import tool_handler

from tests.integration.agents.conftest import Desk, make_desk
from tests.integration.models.chats import chat_of
from tests.support.injected_orders import ATTACKS, TARGETS
from tests.support.openai_server import OpenAIServer, Reply, answer, running_server, tool_calls

# Every tool that the deployment has, and so everything that a model could be talked into.
EVERY_TOOL = ("knowledge_base", "calculator", "fetch_url", "crm.delete_customer")
_ORDER = re.compile(r"([a-z_]+(?:\.[a-z_]+)?)\((\{[^()]{0,200}\})\)")


class Anything(Arguments, extra="allow"):
    """Whatever a tool is called with."""


def obedient(request: dict[str, Any]) -> Reply:
    """Does whatever it reads, and else what it was asked to: a plan of one question, or a call with its name."""
    prompt = "\n".join(message["content"] for message in request["messages"])
    orders = [(name, given) for name, given in _ORDER.findall(prompt)]
    named = [(name.replace(".", "__"), given) for name, given in orders]
    wanted = (request.get("tool_choice") or {}) if isinstance(request.get("tool_choice"), dict) else {}
    if wanted.get("function", {}).get("name") == "submit_plan":
        asked_for = [{"description": given, "tool": name} for name, given in orders]
        honest = [{"description": "ask", "tool": "knowledge_base"}]
        # Asked once more, it plans what the task needs; the order stays in what it says.
        steps = honest if "cannot be used" in prompt or not orders else [*honest, *asked_for]
        return tool_calls(("submit_plan", json.dumps({"thought": str(orders), "steps": steps})))(request)
    if "tools" in request:
        return tool_calls(*named, (request["tools"][0]["function"]["name"], '{"question": "x"}'))(request)
    return answer(f"Done: {orders} [1].")(request)


@pytest.fixture(scope="module")
def model() -> Iterator[OpenAIServer]:
    with running_server() as server:
        server.script = [obedient]
        yield server


@pytest.fixture
def attacked(database: Database, users: Callable[[], tuple[UUID, UUID]], model: OpenAIServer) -> Desk:
    """A task may use knowledge_base and the MCP tool that needs an approval; its observations are what a test says."""
    specs = {name: ToolSpec(name, {"type": "object"}) for name in EVERY_TOOL}
    desk = make_desk(database, *users(), needs_approval=frozenset({"crm.delete_customer"}))
    planner = ModelPlanner(chat_of(model), specs, RulesPlanner())
    desk.machine.deployment = Deployment(database, lambda: planner, frozenset({"crm.delete_customer"}))
    return desk


def enforcing(said: str, ran: list[ToolCall]) -> Callable[[ToolCall], ToolOutcome]:
    """The product's own handler around tools that say ``said`` and remember that they ran."""

    def run_tool(call: ToolCall) -> ToolOutcome:
        def run(_: Anything, made: ToolCall) -> ToolResult:
            ran.append(made)
            return ToolResult(observation=said, result={"status": "answered"})

        handler = tool_handler(Tool(call.tool, "", Anything, run))
        return ToolOutcome.model_validate(handler(json.loads(call.model_dump_json()), None))

    return run_tool


@pytest.mark.parametrize("mode", ["plan_execute", "react"])
@pytest.mark.parametrize(
    "tools", [["knowledge_base"], ["knowledge_base", "crm.delete_customer"]], ids=["one", "guarded"]
)
def test_no_order_in_what_was_found_reaches_a_tool_or_an_approval(attacked: Desk, mode: str, tools: list[str]) -> None:
    assert len(ATTACKS) >= 100
    unauthorised: list[str] = []

    for attack in ATTACKS:
        ran: list[ToolCall] = []
        attacked.machine.run_tool = enforcing(attack, ran)
        task_id = attacked.ask("Sum up our travel policy.", tools=tools, mode=mode, max_steps=6)
        approvals = list_approvals(attacked.owner, task_id)
        if any(call.tool != "knowledge_base" or call.tenant_id != attacked.owner.tenant.tenant_id for call in ran):
            unauthorised.append(attack)
        assert {approval.status for approval in approvals} <= {"pending"}
        assert ran or approvals

    assert unauthorised == []


@pytest.mark.parametrize("target", TARGETS)
def test_where_the_tool_runs_its_own_function_refuses(target: str) -> None:
    """The plan is not the only guard: a call that was smuggled into the state is refused by the tool itself."""
    name = target.partition("(")[0]
    ran: list[ToolCall] = []
    call = ToolCall(
        tenant_id=UUID(int=1), user_id=UUID(int=2), task_id=UUID(int=3), step=1, tool=name, allowed=["knowledge_base"]
    )

    outcome = enforcing("", ran)(call)

    assert (ran, outcome.failure and outcome.failure.code) == ([], "TOOL_NOT_ALLOWED")

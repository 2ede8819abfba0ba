"""The resources of agents, built once as those of ``resources``, for handlers alone."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final

from voicehelper.resources import chat, database
from voicehelper.settings import settings
from voicehelper.tool_resources import agent_config

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voicehelper.adapters.executions import Executions
    from voicehelper.adapters.refreshing import Refreshing
    from voicehelper.agents.models import ToolInfo
    from voicehelper.agents.planning.protocol import Planner
    from voicehelper.agents.planning.table_queries.known import KnownTable
    from voicehelper.agents.steps.moves import Deployment
    from voicehelper.agents.task import Task

_LISTING_S: Final = 10.0
_TOOLS_MAX_AGE_S: Final = 60.0


@functools.cache
def agent_executions() -> Executions:
    from voicehelper.adapters.executions import StateMachine

    return StateMachine(settings().agent_state_machine_arn)


def waiting_calls() -> int:
    """How many calls may wait for their tasks at once, in the whole deployment."""
    return settings().waiting_calls


def agent_deployment() -> Deployment:
    """What the steps of a task run with."""
    from voicehelper.agents.steps.moves import Deployment

    return Deployment(database(), planner, frozenset(agent_config().needs_approval))


def is_known_tool(name: str) -> bool:
    from voicehelper.agents.offered import is_known

    return is_known(name, agent_config())


def offered_tools() -> list[ToolInfo]:
    """Those of MCP servers as they were a minute ago at most."""
    return _offered().get()


@functools.cache
def _offered() -> Refreshing[list[ToolInfo]]:
    from voicehelper.adapters.invoke import invoke
    from voicehelper.adapters.refreshing import Refreshing
    from voicehelper.agents.offered import offered_tools

    call_mcp = functools.partial(invoke, settings().mcp_function, timeout_s=_LISTING_S)
    return Refreshing(lambda: offered_tools(agent_config(), call_mcp), max_age_s=_TOOLS_MAX_AGE_S, keep_stale=True)


def _known_tables(task: Task) -> Sequence[KnownTable]:
    from voicehelper.agents.known_tables import read_known_tables

    with database().transaction(task.tenant_id, task.viewer) as tx:
        return read_known_tables(tx, task.kb_ids or [])


def planner() -> Planner:
    """Rules, or the chat model that is configured."""
    from voicehelper.agents.offered import unusable
    from voicehelper.agents.planning.by_rules import RulesPlanner

    rules = RulesPlanner(unusable(agent_config()), _known_tables)
    if (model := chat()) is None:
        return rules
    from voicehelper.agents.planning.by_model import ModelPlanner, ToolSpec

    specs = {tool.name: ToolSpec(tool.description, tool.parameters) for tool in offered_tools()}
    return ModelPlanner(model, specs, rules)

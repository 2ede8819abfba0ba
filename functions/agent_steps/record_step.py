"""Agent step: write what a tool returned, and say what comes next."""

from voicehelper.agent_resources import agent_deployment
from voicehelper.agents.events import NextStep, ToolReturned
from voicehelper.agents.steps.record_step import record_step
from voicehelper.entry.steps import pipeline_step


@pipeline_step(ToolReturned)
def handler(event: ToolReturned) -> NextStep:
    return record_step(event, agent_deployment())

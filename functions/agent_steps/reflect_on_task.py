"""Agent step: look back, and add steps to the plan where something is missing."""

from voicehelper.agent_resources import agent_deployment
from voicehelper.agents.events import NextStep, TaskEvent
from voicehelper.agents.steps.reflect_on_task import reflect_on_task
from voicehelper.entry.steps import pipeline_step


@pipeline_step(TaskEvent, span="reflect")
def handler(event: TaskEvent) -> NextStep:
    return reflect_on_task(event, agent_deployment())

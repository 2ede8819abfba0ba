"""Agent step: plan the task and say what comes first."""

from voicehelper.agent_resources import agent_deployment
from voicehelper.agents.events import NextStep, TaskEvent
from voicehelper.agents.steps.plan_task import plan_task
from voicehelper.entry.steps import pipeline_step


@pipeline_step(TaskEvent, span="plan")
def handler(event: TaskEvent) -> NextStep:
    return plan_task(event, agent_deployment())

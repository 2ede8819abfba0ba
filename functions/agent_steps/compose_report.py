"""Agent step: write the report, and end the task."""

from voicehelper.agent_resources import agent_deployment
from voicehelper.agents.events import NextStep
from voicehelper.agents.steps.compose_report import compose_report
from voicehelper.entry.steps import pipeline_step


@pipeline_step(NextStep, span="report")
def handler(event: NextStep) -> NextStep:
    return compose_report(event, agent_deployment())

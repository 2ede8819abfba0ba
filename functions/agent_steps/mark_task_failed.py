"""Agent step: a step failed for good; record why."""

from voicehelper.agents.events import TaskEvent, TaskFailed
from voicehelper.agents.steps.mark_task_failed import mark_task_failed
from voicehelper.entry.steps import pipeline_step
from voicehelper.resources import database


@pipeline_step(TaskFailed)
def handler(event: TaskFailed) -> TaskEvent:
    return mark_task_failed(event, database=database())

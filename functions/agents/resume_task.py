"""POST /api/v1/agent/tasks/{task_id}/resume"""

from fastapi import APIRouter
from voicehelper.agent_resources import agent_executions
from voicehelper.agents import service
from voicehelper.agents.models import AgentTask
from voicehelper.agents.store import TaskNotFoundError, TaskNotResumableError
from voicehelper.entry.agents import OwnerDep
from voicehelper.entry.dependencies import needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.shapes.id_types import TaskId

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("ask")])


@router.post(
    "/agent/tasks/{task_id}/resume",
    status_code=202,
    summary="Go on with a task that failed, was cancelled or took too long.",
    responses=errors(TaskNotFoundError, TaskNotResumableError),
)
def resume_task(task_id: TaskId, owner: OwnerDep) -> AgentTask:
    return service.resume_task(owner, task_id, executions=agent_executions())


handler = lambda_handler(router)

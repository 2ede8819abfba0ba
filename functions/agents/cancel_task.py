"""DELETE /api/v1/agent/tasks/{task_id}"""

from fastapi import APIRouter
from voicehelper.agents import service
from voicehelper.agents.models import AgentTask
from voicehelper.agents.store import TaskEndedError, TaskNotFoundError
from voicehelper.entry.agents import OwnerDep
from voicehelper.entry.dependencies import needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.shapes.id_types import TaskId

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("ask")])


@router.delete(
    "/agent/tasks/{task_id}",
    summary="Cancel a task: the step under way is its last. Its trace so far stays.",
    responses=errors(TaskNotFoundError, TaskEndedError),
)
def cancel_task(task_id: TaskId, owner: OwnerDep) -> AgentTask:
    return service.cancel_task(owner, task_id)


handler = lambda_handler(router)

"""GET /api/v1/agent/tasks/{task_id}"""

from fastapi import APIRouter
from voicehelper.agents import service
from voicehelper.agents.models import AgentTask
from voicehelper.agents.store import TaskNotFoundError
from voicehelper.entry.agents import OwnerDep
from voicehelper.entry.dependencies import needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.shapes.id_types import TaskId

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("ask")])


@router.get(
    "/agent/tasks/{task_id}",
    summary="A task with its plan, its trace and its report, as far as they are.",
    responses=errors(TaskNotFoundError),
)
def get_task(task_id: TaskId, owner: OwnerDep) -> AgentTask:
    return service.show_task(owner, task_id)


handler = lambda_handler(router)

"""GET /api/v1/agent/tasks/{task_id}/approvals"""

from fastapi import APIRouter
from voicehelper.agents import service
from voicehelper.agents.models import Approval
from voicehelper.agents.store import TaskNotFoundError
from voicehelper.entry.agents import OwnerDep
from voicehelper.entry.dependencies import needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.shapes.id_types import TaskId

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("ask")])


@router.get(
    "/agent/tasks/{task_id}/approvals",
    summary="Calls of a task that a person decides on, with their arguments.",
    responses=errors(TaskNotFoundError),
)
def list_approvals(task_id: TaskId, owner: OwnerDep) -> list[Approval]:
    return service.list_approvals(owner, task_id)


handler = lambda_handler(router)

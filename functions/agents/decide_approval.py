"""POST /api/v1/agent/tasks/{task_id}/approvals/{approval_id}"""

from fastapi import APIRouter
from voicehelper.agent_resources import agent_executions
from voicehelper.agents import service
from voicehelper.agents.models import AgentTask, Decision
from voicehelper.agents.store import ApprovalDecidedError, ApprovalNotFoundError, TaskNotFoundError
from voicehelper.entry.agents import OwnerDep
from voicehelper.entry.dependencies import needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.shapes.id_types import ApprovalId, TaskId

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("ask")])


@router.post(
    "/agent/tasks/{task_id}/approvals/{approval_id}",
    status_code=202,
    summary="Approve or deny a call; the task goes on, with the call or without it.",
    responses=errors(TaskNotFoundError, ApprovalNotFoundError, ApprovalDecidedError),
)
def decide_approval(task_id: TaskId, approval_id: ApprovalId, decision: Decision, owner: OwnerDep) -> AgentTask:
    return service.decide(owner, task_id, approval_id, decision, executions=agent_executions())


handler = lambda_handler(router)

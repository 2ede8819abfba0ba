"""POST /api/v1/agent/execute"""

from typing import Annotated

from fastapi import APIRouter, Header, Response
from voicehelper.agent_resources import agent_executions, is_known_tool, waiting_calls
from voicehelper.agents import service
from voicehelper.agents.models import AgentTask, NewTask, TaskAccepted
from voicehelper.agents.service import ForeignUserError, UnknownToolError
from voicehelper.entry.agents import OwnerDep
from voicehelper.entry.dependencies import needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.index.bases import KnowledgeBaseNotFoundError

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("ask")])


@router.post(
    "/agent/execute",
    summary="Have an agent carry out a task; waits 25 seconds at most.",
    responses={**errors(ForeignUserError, UnknownToolError, KnowledgeBaseNotFoundError), 202: {"model": TaskAccepted}},
)
def execute_task(
    new: NewTask, owner: OwnerDep, response: Response, prefer: Annotated[str, Header()] = ""
) -> AgentTask | TaskAccepted:
    shown = service.execute_task(
        owner,
        new,
        is_tool=is_known_tool,
        executions=agent_executions(),
        waiting_calls=waiting_calls(),
        wait_s=service.wait_s_of(prefer),
    )
    response.status_code = 200 if isinstance(shown, AgentTask) else 202
    return shown


handler = lambda_handler(router)

"""GET /api/v1/agent/tools"""

from fastapi import APIRouter
from voicehelper.agent_resources import offered_tools
from voicehelper.agents.models import ToolInfo
from voicehelper.entry.dependencies import CurrentCaller, needs
from voicehelper.entry.http import API_PREFIX, lambda_handler

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("ask")])


@router.get("/agent/tools", summary="The tools that a task may name, with the schemas of their arguments.")
def list_tools(_caller: CurrentCaller) -> list[ToolInfo]:
    return offered_tools()


handler = lambda_handler(router)

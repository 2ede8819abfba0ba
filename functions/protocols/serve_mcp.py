"""POST /mcp"""

from fastapi import APIRouter, Response
from voicehelper.entry.dependencies import needs
from voicehelper.entry.http import lambda_handler
from voicehelper.entry.mcp import MCP_BODY, McpDep

router = APIRouter(dependencies=[needs("ask", "retrieve")])


@router.post(
    "/mcp",
    summary="Search, read and ask by the Model Context Protocol, one message a call.",
    openapi_extra=MCP_BODY,
    responses={202: {"description": "A notification, which is not answered."}},
)
def serve_mcp(reply: McpDep) -> Response:
    return reply


handler = lambda_handler(router)

"""``McpDep``: the answer to a POST of the Model Context Protocol, for its one endpoint."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from voicehelper.entry.answers import AnswerDep, SearchDep
from voicehelper.entry.dependencies import CurrentCaller, DatabaseDep, LanguageDep
from voicehelper.entry.links import AbsoluteLinksDep
from voicehelper.errors import UnsupportedMediaTypeError
from voicehelper.protocols.mcp.endpoint import serve
from voicehelper.protocols.mcp.library import Library
from voicehelper.protocols.mcp.methods import Server
from voicehelper.protocols.mcp.tools import ToolBox
from voicehelper.settings import settings

# For OpenAPI; FastAPI cannot derive it from a Request. A body is judged by the protocol, not by this schema.
MCP_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["jsonrpc", "method"],
                    "properties": {
                        "jsonrpc": {"const": "2.0"},
                        "id": {"type": ["string", "integer"]},
                        "method": {"type": "string", "examples": ["tools/list"]},
                        "params": {"type": "object"},
                    },
                }
            }
        },
    }
}


# What a caller needs one of for a tool; a tool that is not allowed is none that there is.
_SCOPES: Final[dict[str, frozenset[str]]] = {
    "ask": frozenset(("ask",)),
    "list_bases": frozenset(("ask", "retrieve")),
    "search": frozenset(("retrieve",)),
    "get_document": frozenset(("retrieve",)),
}


def mcp_server(
    caller: CurrentCaller,
    database: DatabaseDep,
    language: LanguageDep,
    answer: AnswerDep,
    search: SearchDep,
    make_url: AbsoluteLinksDep,
) -> Server:
    library = Library(database, language, answer, search, make_url)
    allowed = [tool for tool in library.tools() if _SCOPES[tool.name] & caller.scopes]
    return Server(ToolBox(allowed, language), settings().service_version)


async def mcp_reply(
    request: Request, _caller: CurrentCaller, server: Annotated[Server, Depends(mcp_server)]
) -> Response:
    """The body is read for verified callers only."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise UnsupportedMediaTypeError(details={"expected": ["application/json"]})
    reply = await run_in_threadpool(serve, await request.body(), request.headers, server)
    if reply.body is None:
        return Response(status_code=reply.status)
    return JSONResponse(reply.body, reply.status)


McpDep = Annotated[Response, Depends(mcp_reply)]

"""A server of the official MCP SDK over real sockets: as it is, and as servers were before protocol 2026-07-28."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send


@dataclass
class Tickets:
    """A server of tickets; ``created`` holds what was done, ``headers`` those of every request."""

    url: str = ""
    created: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    @property
    def methods(self) -> list[str]:
        return [headers[":method"] for headers in self.headers]


def _server(tickets: Tickets) -> MCPServer[Any]:
    server: MCPServer[Any] = MCPServer("tickets")

    @server.tool(description="Creates a ticket.")
    def create(title: str, priority: int = 3) -> dict[str, Any]:
        tickets.created.append(title)
        return {"number": len(tickets.created), "title": title, "priority": priority}

    @server.tool(description="Says how things are.")
    def status() -> str:
        return "Three tickets are open, see [7]."

    @server.tool(description="Cannot.")
    def close(number: int) -> str:
        raise ToolError(f"ticket {number} is locked")

    @server.tool(description="Tells how far it is.")
    async def export(context: Context[Any, Any]) -> str:
        for part in range(3):
            await context.report_progress(part, 3)
        return "exported"

    return server


@contextlib.contextmanager
def tickets_server(
    *, is_older: bool = False, json_response: bool = False, stateless: bool = False
) -> Iterator[Tickets]:
    tickets = Tickets()
    app: ASGIApp = _server(tickets).streamable_http_app(json_response=json_response, stateless_http=stateless)
    config = uvicorn.Config(_recording(app, tickets, is_older=is_older), log_level="error", lifespan="on")
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        tickets.url = f"http://127.0.0.1:{listener.getsockname()[1]}/mcp"
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started and thread.is_alive():
            thread.join(0.01)
        try:
            yield tickets
        finally:
            server.should_exit = True
            thread.join(10)


def _recording(app: ASGIApp, tickets: Tickets, *, is_older: bool) -> ASGIApp:
    """``is_older`` refuses the newest protocol as the SDK did before it had one."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            headers = {name.decode(): value.decode() for name, value in scope["headers"]}
            tickets.headers.append(headers | {":method": scope["method"]})
            if is_older and headers.get("mcp-protocol-version", "") > "2025-11-25":
                error = {"code": -32600, "message": "Bad Request: Unsupported protocol version"}
                refusal = JSONResponse({"jsonrpc": "2.0", "id": "server-error", "error": error}, 400)
                await refusal(scope, receive, send)
                return
        await app(scope, receive, send)

    return serve

"""The methods of the protocol that this server has: the handshake, discovery, and tools."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from voicehelper.protocols.mcp.messages import INVALID_PARAMS, METHOD_NOT_FOUND, Request, RpcError
from voicehelper.protocols.mcp.tools import ToolBox
from voicehelper.protocols.mcp.versions import SUPPORTED, negotiate
from voicehelper.shapes.bodies import is_storable

INSTRUCTIONS: Final = (
    "VoiceHelper answers from the documents of a company's knowledge bases and names the page. Call ask for an answer "
    "with citations, or search for the passages themselves; get_document reads on in a document that was found. An "
    "answer with the status refused means that the documents do not say it: do not fill the gap."
)
_CAPABILITIES: Final = {"tools": {"listChanged": False}}
_SERVER_INFO_KEY: Final = "io.modelcontextprotocol/serverInfo"
_KEEP_MS: Final = 300_000  # lists of tools change with a deployment only

Method = Callable[[Mapping[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Server:
    """Raises RpcError for what a request lacks; what a tool cannot do is its result."""

    tools: ToolBox
    version: str

    def after_handshake(self, request: Request) -> dict[str, Any]:
        """The result of a request of a revision with a handshake, which nobody here remembers."""
        return self._call(request, {"initialize": self._initialize, "ping": _ping, **self._of_tools()})

    def stateless(self, request: Request) -> dict[str, Any]:
        """The result of a request that carries its revision."""
        result = self._call(request, {"server/discover": self._discover, **self._of_tools()})
        if request.method != "tools/call":
            result |= {"ttlMs": _KEEP_MS, "cacheScope": "public"}
        return result | {"resultType": "complete", "_meta": {_SERVER_INFO_KEY: self._info()}}

    def _of_tools(self) -> dict[str, Method]:
        return {"tools/list": self._list, "tools/call": self._call_tool}

    def _call(self, request: Request, methods: Mapping[str, Method]) -> dict[str, Any]:
        if (method := methods.get(request.method)) is None:
            raise RpcError(METHOD_NOT_FOUND, "Method not found")
        return method(request.params)

    def _info(self) -> dict[str, Any]:
        return {"name": "voicehelper", "title": "VoiceHelper", "version": self.version}

    def _initialize(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "protocolVersion": negotiate(params.get("protocolVersion")),
            "capabilities": _CAPABILITIES,
            "serverInfo": self._info(),
            "instructions": INSTRUCTIONS,
        }

    def _discover(self, _: Mapping[str, Any]) -> dict[str, Any]:
        return {"supportedVersions": list(SUPPORTED), "capabilities": _CAPABILITIES, "instructions": INSTRUCTIONS}

    def _list(self, params: Mapping[str, Any]) -> dict[str, Any]:
        if params.get("cursor") is not None:
            raise RpcError(INVALID_PARAMS, "Invalid params: the list of tools has one page")
        return {"tools": self.tools.declarations()}

    def _call_tool(self, params: Mapping[str, Any]) -> dict[str, Any]:
        name, arguments = params.get("name"), params.get("arguments")
        if not isinstance(name, str) or not self.tools.has(name):
            raise RpcError(INVALID_PARAMS, "Invalid params: there is no tool of this name")
        if arguments is not None and not isinstance(arguments, dict):
            raise RpcError(INVALID_PARAMS, "Invalid params: arguments must be an object")
        if not is_storable(arguments):  # names of arguments are told back
            raise RpcError(INVALID_PARAMS, "Invalid params: arguments hold what cannot be read")
        return self.tools.call(name, arguments or {})


def _ping(_: Mapping[str, Any]) -> dict[str, Any]:
    return {}

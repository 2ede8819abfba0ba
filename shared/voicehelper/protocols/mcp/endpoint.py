"""One POST to /mcp → one answer: ``serve`` is the entry, ``entry.mcp`` the caller.

Stateless: no session is made, nothing is pushed, and GET and DELETE are not served. Who calls is known from the bearer
token of each POST, which a page of another origin cannot send: the gateway lets none ask.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from voicehelper.protocols.mcp import messages
from voicehelper.protocols.mcp.messages import INVALID_REQUEST, METHOD_NOT_FOUND, Request, Response, RpcError
from voicehelper.protocols.mcp.methods import Server
from voicehelper.protocols.mcp.versions import (
    BATCHING,
    STATELESS,
    VERSION_HEADER,
    check_envelope,
    is_stateless,
    revision_of_headers,
)

MOST_MESSAGES: Final = 16  # of one body, which share the time of one call
_JSON_TYPES: Final = ("application/json", "application/*", "*/*")
# A stateless request tells by its status what became of it; older clients read the body of a 200.
_STATUSES: Final = {METHOD_NOT_FOUND: 404}


@dataclass(frozen=True, slots=True)
class Reply:
    """``body`` is None where nothing is to be answered."""

    status: int
    body: Any = None


def accepts_json(accept: str | None) -> bool:
    """Without the header, anything is accepted."""
    if not accept:
        return True
    return any(part.split(";")[0].strip().lower() in _JSON_TYPES for part in accept.split(","))


def serve(body: bytes, headers: Mapping[str, str], server: Server) -> Reply:
    """``headers`` by lower-case name. Never raises an RpcError."""
    if not accepts_json(headers.get("accept")):
        return Reply(406, messages.failure(None, RpcError(INVALID_REQUEST, "Answers are application/json")))
    try:
        revision = revision_of_headers(headers)
        value = messages.decode(body)
        if isinstance(value, list):
            return _serve_batch(value, revision, server)
    except RpcError as error:
        return Reply(400, messages.failure(None, error))
    return _serve_one(messages.message_of(value), headers, server)


def _serve_one(message: messages.Message, headers: Mapping[str, str], server: Server) -> Reply:
    if isinstance(message, RpcError):
        return Reply(400, messages.failure(None, message))
    if isinstance(message, Response) and headers.get(VERSION_HEADER) in STATELESS:
        error = RpcError(INVALID_REQUEST, "Invalid request: nobody asked for a response")
        return Reply(400, messages.failure(None, error))
    if isinstance(message, Response) or message.id is None:
        return Reply(202)
    if not is_stateless(message, headers):
        return Reply(200, _answer(message, server))
    try:
        check_envelope(message, headers)
        return Reply(200, messages.result(message.id, server.stateless(message)))
    except RpcError as error:
        return Reply(_STATUSES.get(error.code, 400), messages.failure(message.id, error))


def _serve_batch(values: Sequence[Any], revision: str, server: Server) -> Reply:
    """Only of revisions that have batches; a handshake stands alone."""
    if revision not in BATCHING or not 0 < len(values) <= MOST_MESSAGES:
        raise RpcError(INVALID_REQUEST, "Invalid request: one JSON-RPC message is expected")
    parsed = [messages.message_of(value) for value in values]
    if any(isinstance(message, Request) and message.method == "initialize" for message in parsed):
        raise RpcError(INVALID_REQUEST, "Invalid request: initialize cannot be part of a batch")
    answers = [answer for message in parsed if (answer := _answer_in_batch(message, server))]
    return Reply(200, answers) if answers else Reply(202)


def _answer_in_batch(message: messages.Message, server: Server) -> dict[str, Any] | None:
    if isinstance(message, RpcError):
        return messages.failure(None, message)
    if isinstance(message, Response) or message.id is None:
        return None
    return _answer(message, server)


def _answer(request: Request, server: Server) -> dict[str, Any]:
    assert request.id is not None
    try:
        return messages.result(request.id, server.after_handshake(request))
    except RpcError as error:
        return messages.failure(request.id, error)

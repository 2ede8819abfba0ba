"""The calls by which a release is checked, as an HTTP API hands them to a function; ``release_check`` makes them.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

from __future__ import annotations

import base64
import json
import uuid
from dataclasses import dataclass
from typing import Any, Final

from voicehelper.operations.release_workspace import MEMBER_ID, WORKSPACE_ID

DOCUMENT: Final = """# Release check

The spare key of the release check lies in drawer 4711 of the grey cabinet. It is counted every Monday.
"""
QUESTION: Final = "In which drawer does the spare key of the release check lie?"
ANSWER: Final = "4711"  # as the document says it, whatever the words around it

_BASES: Final = "/api/v1/knowledge/bases"
_MEMBER: Final = {
    "user_id": str(MEMBER_ID),
    "tenant_id": str(WORKSPACE_ID),
    "family_id": str(MEMBER_ID),
    "roles": "owner",
}
_BOUNDARY: Final = "release-check"
_FORM: Final = (
    f"--{_BOUNDARY}\r\n"
    'Content-Disposition: form-data; name="file"; filename="release_check.md"\r\n'
    f"Content-Type: text/markdown\r\n\r\n{DOCUMENT}\r\n--{_BOUNDARY}--\r\n"
)


@dataclass(frozen=True, slots=True)
class Request:
    name: str  # of the route, for whoever reads why a release was refused
    event: dict[str, Any]


def anonymous_message() -> Request:
    path = f"/api/v1/conversations/conv-{WORKSPACE_ID}/messages"
    route = "/api/v1/conversations/{conversation_id}/messages"
    request = _request("POST", route, path, body={"content": QUESTION}, conversation_id=f"conv-{WORKSPACE_ID}")
    request.event["requestContext"].pop("authorizer")
    return request


def base_list() -> Request:
    return _request("GET", _BASES, query="page_size=100")


def new_base(name: str) -> Request:
    return _request("POST", _BASES, body={"name": name, "display_name": "Release check"})


def upload(kb_id: str) -> Request:
    """The same bytes each time, so one document of the base."""
    request = _request("POST", f"{_BASES}/{{kb_id}}/documents", f"{_BASES}/{kb_id}/documents", kb_id=kb_id)
    request.event["headers"]["content-type"] = f"multipart/form-data; boundary={_BOUNDARY}"
    request.event.update(body=base64.b64encode(_FORM.encode()).decode(), isBase64Encoded=True)
    return request


def status_of(document_id: str) -> Request:
    route = "/api/v1/knowledge/documents/{document_id}/status"
    return _request("GET", route, route.format(document_id=document_id), document_id=document_id)


def question(kb_id: str) -> Request:
    return _request("POST", "/api/v1/rag/query", body={"query": QUESTION, "kb_id": kb_id, "use_cache": False})


def _request(
    method: str, route: str, path: str = "", *, query: str = "", body: dict[str, Any] | None = None, **parameters: str
) -> Request:
    path, key = path or route, f"{method} {route}"
    http = {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": _BOUNDARY}
    context = {"http": http, "requestId": f"release-check-{uuid.uuid4()}", "routeKey": key, "stage": "$default"}
    event = {
        "version": "2.0",
        "routeKey": key,
        "rawPath": path,
        "rawQueryString": query,
        "headers": {"host": "release-check", "accept-language": "en", "content-type": "application/json"},
        "requestContext": {**context, "authorizer": {"lambda": dict(_MEMBER)}},
        "pathParameters": parameters,
        "isBase64Encoded": False,
        "body": json.dumps(body) if body is not None else "",
    }
    return Request(key, event)

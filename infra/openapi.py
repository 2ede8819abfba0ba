"""The OpenAPI description of the whole API, and the routes that the code declares.

Entry: ``python -m infra.openapi`` (`make openapi`) writes the committed file, which a contract test compares with
``openapi_text()``. Where a token is needed is read from the template.
"""

from __future__ import annotations

import importlib
import json
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from fastapi import FastAPI
from fastapi.routing import APIRoute
from voicehelper.entry.caller import NEEDS_SESSION
from voicehelper.entry.http import API_PREFIX
from voicehelper.protocols.refusals import Protocol, protocol_of, shown_code

from infra import template
from infra.local.paths import ROOT

FUNCTIONS: Final = ROOT / "functions"
OPENAPI_FILE: Final = ROOT / "shared/voicehelper/operations/openapi.json"

TITLES: Final = {
    "retrieval": "Questions to a knowledge base.",
    "agents": "Tasks of several steps, with their trace and approvals.",
    "voice": "Recordings to text, text to speech, and spoken questions.",
    "conversations": "Questions that know what was said before.",
    "knowledge": "Knowledge bases, documents and their versions.",
    "identity": "Accounts, sign-in and sessions.",
    "protocols": "What clients of OpenAI's API, of MCP and of Dify call.",
    "members": "Members of a workspace, their groups and invitations.",
    "webhooks": "Where a workspace is told of what happens.",
    "operations": "Health and readiness.",
}

_IDEMPOTENCY_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!-~]+$"},
    "description": "Repeats of the call with the same key do nothing for a day and get the answer of the first.",
}
# Of calls that a limit counts, and of their refusal.
_STANDING: Final = {
    f"RateLimit-{name}": {"description": text, "schema": {"type": "integer"}}
    for name, text in (
        ("Limit", "calls that the nearest limit lets in"),
        ("Remaining", "of them, those left"),
        ("Reset", "seconds until the oldest counted call is forgotten"),
    )
}
_RETRY_AFTER: Final = {"Retry-After": {"description": "seconds to wait", "schema": {"type": "integer"}}}
_ERROR: Final = {
    "type": "object",
    "required": ["code", "message"],
    "properties": {
        "code": {"type": "string", "description": "stable; the responses of each operation list theirs"},
        "message": {"type": "string", "description": "in the language of Accept-Language"},
        "details": {"type": "object"},
    },
}
# Of the paths that other protocols name, as their clients read them.
_ERRORS: Final[dict[Protocol, dict[str, Any]]] = {
    "own": _ERROR,
    "openai": {
        "type": "object",
        "required": ["error"],
        "properties": {
            "error": {
                "type": "object",
                "required": ["message", "type", "param", "code"],
                "properties": {
                    "message": {"type": "string"},
                    "type": {"type": "string"},
                    "param": {"type": ["string", "null"]},
                    "code": {"type": ["string", "null"]},
                },
            }
        },
    },
    "mcp": {
        "type": "object",
        "required": ["jsonrpc", "id", "error"],
        "properties": {
            "jsonrpc": {"const": "2.0"},
            "id": {"type": ["string", "integer", "null"]},
            "error": {
                "type": "object",
                "required": ["code", "message"],
                "properties": {"code": {"type": "integer"}, "message": {"type": "string"}},
            },
        },
    },
    "dify": {
        "type": "object",
        "required": ["error_code", "error_msg"],
        "properties": {"error_code": {"type": "integer"}, "error_msg": {"type": "string"}},
    },
}
ERROR_NAMES: Final[dict[Protocol, str]] = {
    "own": "Error",
    "openai": "OpenAIError",
    "mcp": "JsonRpcError",
    "dify": "DifyError",
}


def handler_files() -> list[Path]:
    """Every file that is a function, relative to functions/."""
    return sorted(path.relative_to(FUNCTIONS) for path in FUNCTIONS.glob("*/*.py"))


def handler_of(path: Path) -> str:
    """As the template names it: knowledge.list_chunks.handler."""
    return f"{path.parent.name}.{path.stem}.handler"


def load(path: Path) -> ModuleType:
    """A function's module, imported as Lambda does it: the code folder is on the path."""
    if str(FUNCTIONS) not in sys.path:
        sys.path.insert(0, str(FUNCTIONS))
    return importlib.import_module(f"{path.parent.name}.{path.stem}")


def endpoint_modules() -> dict[str, ModuleType]:
    """Modules with a router, by handler."""
    modules = {handler_of(path): load(path) for path in handler_files()}
    return {handler: module for handler, module in modules.items() if hasattr(module, "router")}


def code_routes() -> dict[tuple[str, str], str]:
    """(method, path) → handler, as the code declares them; the catch-all is left out."""
    return {
        (method, route.path): handler
        for handler, module in endpoint_modules().items()
        for route in module.router.routes
        if isinstance(route, APIRoute) and "{path:path}" not in route.path
        for method in route.methods or ()
    }


def openapi() -> dict[str, Any]:
    """One document for all functions."""
    app = FastAPI(
        title="VoiceHelper",
        version="1",
        description="Answers from a company's documents, with the page. HEAD answers as GET does, without a body.",
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        servers=[{"url": "/"}],
        openapi_tags=[{"name": name, "description": text} for name, text in TITLES.items()],
        generate_unique_id_function=lambda route: route.name,
    )
    for handler, module in endpoint_modules().items():
        app.include_router(module.router, tags=[handler.partition(".")[0]])
    document: dict[str, Any] = json.loads(_with_plain_names(json.dumps(app.openapi())))
    _drop_placeholders(document)
    components = document.setdefault("components", {})
    components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}
    components["parameters"] = {"IdempotencyKey": _IDEMPOTENCY_KEY}
    public = template.read().public_routes()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            operation["security"] = []
            if (method.upper(), path) not in public:
                operation["security"] = [*_others(method, path), {"bearer": []}]
                _add_codes(operation, 401, "UNAUTHENTICATED", "INVALID_TOKEN")
                _describe_conventions(method, operation)
    for (method, path), code in _refusals().items():
        _add_codes(document["paths"][path][method.lower()], 403, code)
    _use_error_shapes(document)
    _show_limits(document)
    return document


def _show_limits(document: dict[str, Any]) -> None:
    """Limits of sign-in count single calls; others tell when to come again."""
    for methods in document["paths"].values():
        for operation in methods.values():
            for status, response in operation["responses"].items():
                if status == "429":
                    counted = "TOO_MANY_REQUESTS" in response["description"]
                    response["headers"] = _RETRY_AFTER | (_STANDING if counted else {})


def _describe_conventions(method: str, operation: dict[str, Any]) -> None:
    """What ``entry.http`` does for every operation of a caller."""
    if method == "get":
        operation["responses"]["304"] = {"description": "As the ETag in If-None-Match says, the client has it."}
        return
    operation.setdefault("parameters", []).append({"$ref": "#/components/parameters/IdempotencyKey"})
    _add_codes(operation, 409, "CALL_IN_PROGRESS")
    _add_codes(operation, 422, "IDEMPOTENCY_KEY_INVALID", "IDEMPOTENCY_KEY_REUSED")


def _others(method: str, path: str) -> list[dict[str, list[str]]]:
    """How else a caller may be let in: nothing in the header, where a link has its own proof."""
    return [{}] if (method, path) == ("get", f"{API_PREFIX}/knowledge/documents/{{document_id}}/file") else []


def _refusals() -> dict[tuple[str, str], str]:
    """The codes of callers without the scope, or without a session, by method and path."""
    modules, refusals = endpoint_modules(), {}
    for route, handler in code_routes().items():
        needed = modules[handler].router.dependencies
        if needed:
            refusals[route] = "SESSION_NEEDED" if NEEDS_SESSION in needed else "SCOPE_MISSING"
    return refusals


def _drop_placeholders(node: Any) -> None:
    """A field that may be left out has a default in the code; one that its own schema refuses says nothing."""
    if isinstance(node, dict):
        if node.get("default") == "" and (node.get("minLength") or not re.search(node.get("pattern", ""), "")):
            del node["default"]
        for part in node.values():
            _drop_placeholders(part)
    elif isinstance(node, list):
        for part in node:
            _drop_placeholders(part)


def _with_plain_names(text: str) -> str:
    """DocumentPage, not Page_Document_ or Page[Document]: generated clients name their classes so."""
    return re.sub(r"\bPage(?:_(\w+?)_|\[(\w+)\])", lambda found: f"{found.group(1) or found.group(2)}Page", text)


def _add_codes(operation: dict[str, Any], status: int, *codes: str) -> None:
    response = operation["responses"].setdefault(str(status), {"description": ""})
    response["description"] = ", ".join(sorted({*filter(None, response["description"].split(", ")), *codes}))


def _use_error_shapes(document: dict[str, Any]) -> None:
    """The framework documents a 422 body of its own; the product answers every error in the shape of the path."""
    schemas = document["components"].setdefault("schemas", {})
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    used = {protocol_of(path) for path in document["paths"]}
    schemas |= {ERROR_NAMES[protocol]: _ERRORS[protocol] for protocol in used}
    for path, methods in document["paths"].items():
        name = ERROR_NAMES[protocol_of(path)]
        content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}
        for operation in methods.values():
            responses = operation["responses"]
            invalid = responses.pop("422", None)
            if invalid or "requestBody" in operation:
                known = {*(invalid["description"].split(", ") if invalid else ()), "VALIDATION_ERROR"}
                responses["422"] = {"description": ", ".join(sorted(known - {"Validation Error"}))}
            responses["default"] = {"description": "Any other error"}
            for status, response in responses.items():
                if (status == "default" or status >= "400") and "content" not in response:
                    response["content"] = content
                if status != "default" and status >= "400":
                    codes = filter(None, response["description"].split(", "))
                    response["description"] = ", ".join(sorted({shown_code(path, int(status), c) for c in codes}))


def openapi_text() -> str:
    return json.dumps(openapi(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    OPENAPI_FILE.write_text(openapi_text(), "utf-8")

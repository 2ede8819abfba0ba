"""From a router with one endpoint to a Lambda handler: errors in one shape, request ids, languages.

Statuses live here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from mangum import Mangum
from starlette.exceptions import HTTPException

from voicehelper import errors
from voicehelper.entry.invocation import invocation
from voicehelper.messages.catalogue import field_message, has_message, message_for
from voicehelper.messages.language import Language, preferred_language
from voicehelper.observability.logs import logger
from voicehelper.observability.metrics import count
from voicehelper.settings import check_settings

API_PREFIX: Final = "/api/v1"

# The first family that fits decides; a class of no family is our own fault.
_STATUS: Final[tuple[tuple[type[Exception], int], ...]] = (
    (errors.InvalidInputError, 422),
    (errors.UnauthenticatedError, 401),
    (errors.ForbiddenError, 403),
    (errors.NotFoundError, 404),
    (errors.MethodNotAllowedError, 405),
    (errors.ConflictError, 409),
    (errors.PayloadTooLargeError, 413),
    (errors.UnsupportedMediaTypeError, 415),
    (errors.TooManyRequestsError, 429),
    (errors.UpstreamUnavailableError, 503),
)

# What the framework itself answers with, before any code of ours runs.
_FRAMEWORK_CODES: Final = {
    401: "UNAUTHENTICATED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    413: "PAYLOAD_TOO_LARGE",
    415: "UNSUPPORTED_MEDIA_TYPE",
    422: "VALIDATION_ERROR",
}


def application(router: APIRouter) -> FastAPI:
    """The ASGI application of one function; the router's paths are whole."""
    app = FastAPI(title="VoiceHelper", version="1", openapi_url=None, docs_url=None, redoc_url=None)
    app.include_router(router)
    app.add_exception_handler(errors.VoiceHelperError, _on_expected)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_framework)
    app.add_exception_handler(Exception, _on_unexpected)
    return app


def lambda_handler(router: APIRouter) -> Any:
    """The entry point API Gateway calls. Never raises: Lambda's own error metric would not see the cause."""
    check_settings()
    # Mangum would run ASGI start-up on every invocation; nothing here needs it.
    mangum = Mangum(application(router), lifespan="off")

    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        request_id = _request_id(event, context)
        with invocation(event.get("routeKey", ""), context, request_id=request_id):
            response: dict[str, Any] = mangum(event, context)
        response.setdefault("headers", {})["x-request-id"] = request_id
        return response

    return handler


def _request_id(event: Mapping[str, Any], context: Any) -> str:
    gateway = event.get("requestContext", {}).get("requestId")
    return str(gateway or getattr(context, "aws_request_id", ""))


def error_response(request: Request, status: int, code: str, details: Mapping[str, Any] | None = None) -> JSONResponse:
    """{code, message, details?}; the message is in the caller's language."""
    language = preferred_language(request.headers.get("accept-language"))
    body: dict[str, Any] = {"code": code, "message": message_for(code, language, details)}
    if details:
        body["details"] = dict(details)
    return JSONResponse(body, status, {"content-language": language, **_extra_headers(status, details)})


def _extra_headers(status: int, details: Mapping[str, Any] | None) -> dict[str, str]:
    if status == 401:
        return {"www-authenticate": "Bearer"}
    wait = (details or {}).get("retry_after_s")
    return {"retry-after": str(wait)} if wait else {}


def status_of(error: Exception) -> int:
    return next((status for family, status in _STATUS if isinstance(error, family)), 500)


def _on_expected(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, errors.VoiceHelperError)
    status = status_of(error)
    if status >= 500:
        logger().error("request failed", exc_info=error)
        count("ServerErrors")
    return error_response(request, status, error.code, error.details if status < 500 else None)


def _on_invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    language = preferred_language(request.headers.get("accept-language"))
    fields = [{"field": _field(item["loc"]), "message": _sentence(item, language)} for item in error.errors()]
    return error_response(request, 422, "VALIDATION_ERROR", {"fields": fields})


_PARTS: Final = ("body", "query", "path", "header")


def _field(location: tuple[int | str, ...]) -> str:
    """Its path inside the body; a number there is a place in broken JSON or in a list."""
    named = [str(part) for part in (location[1:] if location[:1] and location[0] in _PARTS else location)]
    if location[:1] == ("body",) and len(location) == 2 and isinstance(location[1], int):
        return "body"
    return ".".join(named) or "body"


def _sentence(item: Mapping[str, Any], language: Language) -> str:
    """By the code our own rules raise, or by the library's name for what is wrong."""
    context = item.get("ctx") or {}
    code = str(context.get("error", ""))
    return message_for(code, language) if has_message(code) else field_message(item["type"], language, context)


def _on_framework(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    # A body the framework cannot take apart is as invalid as one that breaks a rule of ours.
    status = 422 if error.status_code == 400 else error.status_code
    return error_response(request, status, _FRAMEWORK_CODES.get(status, "INTERNAL_ERROR"))


def _on_unexpected(request: Request, error: Exception) -> JSONResponse:
    logger().exception("unexpected error", exc_info=error)
    count("ServerErrors")
    return error_response(request, 500, "INTERNAL_ERROR")

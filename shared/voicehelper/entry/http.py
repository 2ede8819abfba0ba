"""``lambda_handler``: turns a router with one endpoint into a Lambda handler, with request ids and uniform errors.

The only module that maps errors to statuses, and the one that adds the headers of every answer.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from types import ModuleType
from typing import Any, Final, cast

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from mangum import Mangum
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from voicehelper import errors as families
from voicehelper.entry.caller import Caller, caller_without_link, current_caller
from voicehelper.entry.head import as_get, headers_only, is_head
from voicehelper.entry.invocation import answered, http_invocation
from voicehelper.entry.transfer import for_transfer
from voicehelper.messages.catalogue import field_message, has_message, message_for
from voicehelper.messages.language import Language, preferred_language
from voicehelper.observability.logs import logger
from voicehelper.observability.metrics import count
from voicehelper.observability.traces import note
from voicehelper.protocols.refusals import refusal_body
from voicehelper.settings import check_settings, settings
from voicehelper.shapes.standing import Standing, standings

API_PREFIX: Final = "/api/v1"

# FastAPI asks of every parameter whether it is a model of Pydantic 1, and takes an ImportError for a no: importing all
# of Pydantic 1 to learn it is 23 ms of each cold start.
sys.modules.setdefault("pydantic.v1", cast("ModuleType", None))

# The first family that matches decides; an error of no family is a 500.
_STATUS: Final[tuple[tuple[type[Exception], int], ...]] = (
    (families.InvalidInputError, 422),
    (families.UnauthenticatedError, 401),
    (families.ForbiddenError, 403),
    (families.NotFoundError, 404),
    (families.MethodNotAllowedError, 405),
    (families.ConflictError, 409),
    (families.PayloadTooLargeError, 413),
    (families.UnsupportedMediaTypeError, 415),
    (families.TooManyRequestsError, 429),
    (families.UpstreamUnavailableError, 503),
)

# Codes for the framework's own errors, raised before our code runs.
_FRAMEWORK_CODES: Final = {
    401: "UNAUTHENTICATED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    413: "PAYLOAD_TOO_LARGE",
    415: "UNSUPPORTED_MEDIA_TYPE",
    422: "VALIDATION_ERROR",
}

# For every answer that does not say otherwise, as the files of /docs do. Answers are tokens and personal data, and no
# page: nothing of them is stored, loaded or framed. A document's link carries its token in the URL, which must not
# reach another host as a referrer.
_HEADERS: Final = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
CallerCheck = Callable[[Request], Caller | None]
_WRITES: Final = frozenset(("POST", "PUT", "PATCH", "DELETE"))
# Where the error says nothing: the next request may meet a healthy service, the next of too many may not.
_RETRY_AFTER_S: Final = {429: 30, 503: 5}


def application(router: APIRouter) -> FastAPI:
    """The ASGI application of one function; the router's paths include the prefix."""
    app = FastAPI(title="VoiceHelper", version="1", openapi_url=None, docs_url=None, redoc_url=None)
    app.include_router(router, dependencies=[Depends(known_parameters)])
    if check := next(filter(None, map(_check_of_caller, router.routes)), None):
        app.add_middleware(CallerFirst, check=check, methods=_methods(router))
    app.add_exception_handler(families.VoiceHelperError, _on_expected)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_framework)
    app.add_exception_handler(Exception, _on_unexpected)
    return app


def known_parameters(request: Request) -> None:
    """Refuses query parameters of the API that its endpoint does not declare: what they ask for would not happen."""
    route = request.scope.get("route")
    if not isinstance(route, APIRoute) or not route.path.startswith(API_PREFIX):
        return
    dependants = list(_dependants(route))
    if any(dependant.call is any_parameters for dependant in dependants):
        return
    declared = {field.alias for dependant in dependants for field in dependant.query_params}
    if unknown := sorted(set(request.query_params) - declared):
        raise RequestValidationError([{"loc": ("query", name), "type": "extra_forbidden"} for name in unknown])


def any_parameters() -> None:
    """A dependency of endpoints that others call by a protocol which lets them add parameters."""


class CallerFirst:
    """Refuses a request without a caller before its body is read; one of no method of ``methods``, for its method."""

    def __init__(self, app: ASGIApp, check: CallerCheck, methods: Collection[str]) -> None:
        self._app, self._check, self._methods = app, check, methods

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in self._methods:
            return await self._app(scope, receive, send)
        request = Request(scope)
        try:
            self._check(request)
        except families.VoiceHelperError as error:
            await _on_expected(request, error)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _methods(router: APIRouter) -> frozenset[str]:
    """Those of its endpoints; its route in the template may let others in."""
    return frozenset(method for route in router.routes if isinstance(route, APIRoute) for method in route.methods or ())


def _check_of_caller(route: object) -> CallerCheck | None:
    """What the endpoint or one of its dependencies, at any depth, knows its caller by."""
    calls = [dependant.call for dependant in _dependants(route)]
    return next((check for check in (caller_without_link, current_caller) if check in calls), None)


def _dependants(route: object) -> Iterator[Dependant]:
    """The endpoint and its dependencies, at any depth."""
    stack = [route.dependant] if isinstance(route, APIRoute) else []
    while stack:
        yield (dependant := stack.pop())
        stack += dependant.dependencies


def lambda_handler(router: APIRouter) -> Any:
    """The handler that API Gateway calls. Never raises: Lambda's error metric would not show the cause."""
    check_settings()
    # Mangum would run ASGI start-up on every invocation, and nothing needs it.
    mangum, methods = Mangum(application(router), lifespan="off"), _methods(router)

    def handler(asked: dict[str, Any], context: Any) -> dict[str, Any]:
        event, request_id = as_get(asked), _request_id(asked, context)
        with http_invocation(event, context, request_id), standings() as noted:
            response = answered(_answer(event, context, mangum, methods))
        added = _default_headers(response) | _standing_headers(noted)
        response["headers"] = added | response.get("headers", {}) | {"x-request-id": request_id}
        response = for_transfer(event, response)
        return headers_only(response) if is_head(asked) else response

    return handler


def _answer(
    event: dict[str, Any], context: Any, application: Callable[[Any, Any], dict[str, Any]], methods: Collection[str]
) -> dict[str, Any]:
    """A write with an Idempotency-Key is carried out once."""
    if not _is_repeatable(event, methods):
        return application(event, context)
    from voicehelper.entry.idempotency import answer_once  # the others do not pay for it

    try:
        return answer_once(event, context, lambda: application(event, context))
    except families.VoiceHelperError as error:
        request = Request(
            {
                "type": "http",
                "path": event["rawPath"],
                "headers": [(k.encode(), v.encode()) for k, v in event["headers"].items()],
            }
        )
        refusal = _on_expected(request, error)
        return {
            "statusCode": refusal.status_code,
            "headers": dict(refusal.headers),
            "body": bytes(refusal.body).decode(),
        }


def _is_repeatable(event: Mapping[str, Any], methods: Collection[str]) -> bool:
    request = event.get("requestContext", {})
    caller = request.get("authorizer", {}).get("lambda") or {}
    is_write = request.get("http", {}).get("method") in _WRITES.intersection(methods)
    return is_write and "idempotency-key" in (event.get("headers") or {}) and bool(caller.get("user_id"))


def _default_headers(response: Mapping[str, Any]) -> dict[str, str]:
    wait_s = _RETRY_AFTER_S.get(response["statusCode"])
    return _HEADERS | ({"retry-after": str(wait_s)} if wait_s else {})


def _standing_headers(noted: Collection[Standing]) -> dict[str, str]:
    """Of the limit that is nearest; none for a call that no limit counts."""
    return min(noted, key=lambda one: (one.remaining, -one.reset_s)).headers() if noted else {}


def _request_id(event: Mapping[str, Any], context: Any) -> str:
    gateway = event.get("requestContext", {}).get("requestId")
    return str(gateway or getattr(context, "aws_request_id", ""))


def error_response(request: Request, status: int, code: str, details: Mapping[str, Any] | None = None) -> JSONResponse:
    """{code, message, details?}, or what the clients of the path's protocol read; in the caller's language."""
    language = language_of(request)
    note(code=code)
    body = refusal_body(request.url.path, status, code, message_for(code, language, details), details)
    headers = {"content-language": language} | ({"www-authenticate": "Bearer"} if status == 401 else {})
    return JSONResponse(body, status, headers)


def language_of(request: Request) -> Language:
    return preferred_language(request.headers.get("accept-language"), settings().default_language)


def status_of(error: Exception) -> int:
    return _status_of_class(type(error))


def _status_of_class(kind: type[Exception]) -> int:
    return next((status for family, status in _STATUS if issubclass(kind, family)), 500)


def errors(*kinds: type[families.VoiceHelperError]) -> dict[int | str, dict[str, Any]]:
    """What an endpoint declares as ``responses``: the codes of these errors, by status."""
    codes: dict[int | str, list[str]] = {}
    for kind in kinds:
        codes.setdefault(_status_of_class(kind), []).append(kind.code)
    return {status: {"description": ", ".join(sorted(names))} for status, names in codes.items()}


def _on_expected(request: Request, error: Exception) -> JSONResponse:
    """Internal details of a server's failure stay in the log; how long to wait is told in any case."""
    assert isinstance(error, families.VoiceHelperError)
    status = status_of(error)
    is_told = status < 500 or isinstance(error, families.NotConfiguredError)
    if isinstance(error, families.StartingError):
        logger().info("asked to return", extra={"code": error.code})
        count("AskedToReturn")
    elif isinstance(error, families.NotConfiguredError):
        logger().info("not configured", extra={"code": error.code})
    elif status >= 500:
        logger().error("request failed", exc_info=error)
        count("ServerErrors")
    response = error_response(request, status, error.code, error.details if is_told else None)
    if wait_s := error.details.get("retry_after_s"):
        response.headers["retry-after"] = str(math.ceil(wait_s))
    return response


def _on_invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    language = language_of(request)
    fields = [{"field": _field(item["loc"]), "message": _sentence(item, language)} for item in error.errors()]
    return error_response(request, 422, "VALIDATION_ERROR", {"fields": fields})


_PARTS: Final = ("body", "query", "path", "header")


def _field(location: tuple[int | str, ...]) -> str:
    """The field's path inside the body; a number is a position in invalid JSON or an index in a list."""
    names = [str(part) for part in (location[1:] if location[:1] and location[0] in _PARTS else location)]
    if location[:1] == ("body",) and len(location) == 2 and isinstance(location[1], int):
        return "body"
    return ".".join(names) or "body"


def _sentence(item: Mapping[str, Any], language: Language) -> str:
    """The message of the code that our validators raise, or of the library's error type."""
    context = item.get("ctx") or {}
    code = str(context.get("error", ""))
    return message_for(code, language) if has_message(code) else field_message(item["type"], language, context)


def _on_framework(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    # 400 is the framework's status for a body that it cannot parse; ours for invalid input is 422.
    status = 422 if error.status_code == 400 else error.status_code
    return error_response(request, status, _FRAMEWORK_CODES.get(status, "INTERNAL_ERROR"))


def _on_unexpected(request: Request, error: Exception) -> JSONResponse:
    logger().exception("unexpected error", exc_info=error)
    count("ServerErrors")
    return error_response(request, 500, "INTERNAL_ERROR")

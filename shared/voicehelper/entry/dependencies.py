"""FastAPI dependencies of endpoints: the caller, the language, the page, and handles of the process's resources.

Handles connect at first use, because dependencies run before the request is validated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request

from voicehelper import resources
from voicehelper.adapters.content import ContentStore
from voicehelper.adapters.database import Database, TenantDatabase
from voicehelper.adapters.executions import Executions
from voicehelper.adapters.queues import Queue
from voicehelper.errors import UnauthenticatedError
from voicehelper.messages.language import Language, preferred_language
from voicehelper.shapes.pages import PageRequest


@dataclass(frozen=True, slots=True)
class Caller:
    """The caller as verified by the authorizer; no field is ever taken from the request's body."""

    user_id: UUID
    tenant_id: UUID
    roles: tuple[str, ...]
    family_id: UUID


class RequestTokenError(UnauthenticatedError):
    code = "INVALID_TOKEN"


def current_caller(request: Request) -> Caller:
    """The authorizer allows every request and adds the caller, so that refusals have the product's error shape."""
    event = request.scope.get("aws.event", {})
    context = event.get("requestContext", {}).get("authorizer", {}).get("lambda") or {}
    if not context.get("user_id"):
        raise (RequestTokenError if request.headers.get("authorization") else UnauthenticatedError)()
    return Caller(
        user_id=UUID(context["user_id"]),
        tenant_id=UUID(context["tenant_id"]),
        roles=tuple(str(context.get("roles", "")).split()),
        family_id=UUID(context["family_id"]),
    )


CurrentCaller = Annotated[Caller, Depends(current_caller)]


def tenant_database(caller: CurrentCaller) -> TenantDatabase:
    return TenantDatabase(resources.database(), caller.tenant_id)


DatabaseDep = Annotated[TenantDatabase, Depends(tenant_database)]
SystemDatabaseDep = Annotated[Database, Depends(resources.database)]
ContentDep = Annotated[ContentStore, Depends(resources.content)]
UploadQueueDep = Annotated[Queue, Depends(resources.upload_queue)]
PurgeQueueDep = Annotated[Queue, Depends(resources.purge_queue)]
IngestionsDep = Annotated[Executions, Depends(resources.ingestions)]


def caller_language(request: Request) -> Language:
    return preferred_language(request.headers.get("accept-language"))


LanguageDep = Annotated[Language, Depends(caller_language)]


def page_request(
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1, page_size: Annotated[int, Query(ge=1, le=200)] = 20
) -> PageRequest:
    return PageRequest(page=page, page_size=page_size)


PageDep = Annotated[PageRequest, Depends(page_request)]

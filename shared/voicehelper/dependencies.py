"""What handlers receive: built once per process, connected to nothing until used."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from fastapi import Depends, Request

from voicehelper.adapters.aws_call import read_secret
from voicehelper.adapters.database import Database, TenantDatabase
from voicehelper.errors import ForbiddenError, UnauthenticatedError
from voicehelper.settings import settings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, as the authorizer proved it; nothing of it ever comes from the request's body."""

    user_id: UUID
    tenant_id: UUID
    roles: tuple[str, ...]
    family_id: UUID


class TokenRefusedError(UnauthenticatedError):
    code = "INVALID_TOKEN"


def current_caller(request: Request) -> Caller:
    """The authorizer lets every request pass and says what it found, so that a refusal can speak S14."""
    event = request.scope.get("aws.event", {})
    context = event.get("requestContext", {}).get("authorizer", {}).get("lambda") or {}
    if not context.get("user_id"):
        raise (TokenRefusedError if request.headers.get("authorization") else UnauthenticatedError)()
    return Caller(
        user_id=UUID(context["user_id"]),
        tenant_id=UUID(context["tenant_id"]),
        roles=tuple(str(context.get("roles", "")).split()),
        family_id=UUID(context["family_id"]),
    )


CurrentCaller = Annotated[Caller, Depends(current_caller)]


def admin_only(caller: CurrentCaller) -> Caller:
    if "admin" not in caller.roles:
        raise ForbiddenError("needs the admin role")
    return caller


AdminCaller = Annotated[Caller, Depends(admin_only)]


@functools.cache
def database() -> Database:
    return Database(lambda: database_dsn(read_secret(settings().database_secret_arn)[1]))


def database_dsn(secret: dict[str, Any]) -> str:
    """A connection string from our own secret ({"dsn"}) or from the one RDS manages."""
    if "dsn" in secret:
        return str(secret["dsn"])
    from psycopg.conninfo import make_conninfo

    return make_conninfo(
        host=secret["host"],
        port=secret.get("port", 5432),
        dbname=secret.get("dbname", "voicehelper"),
        user=secret["username"],
        password=secret["password"],
        sslmode="require",
    )


def tenant_database(caller: CurrentCaller) -> TenantDatabase:
    return TenantDatabase(database(), caller.tenant_id)


DatabaseDep = Annotated[TenantDatabase, Depends(tenant_database)]
SystemDatabaseDep = Annotated[Database, Depends(database)]


@functools.cache
def s3() -> S3Client:
    import boto3
    from botocore.config import Config

    # Path style: the emulator has no wildcard DNS; time-outs leave room for two retries inside 30 s.
    style: Any = {"addressing_style": "path" if settings().endpoint_url else "virtual"}
    return boto3.client("s3", config=Config(s3=style, connect_timeout=3, read_timeout=10, retries={"max_attempts": 3}))

"""Pydantic types of the API's ids. Separate from ``ids``, so that the authorizer need not import pydantic."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from voicehelper.shapes.ids import parse, parse_plain, show


def _read(prefix: str) -> BeforeValidator:
    return BeforeValidator(lambda value: parse(prefix, value) if isinstance(value, str) else value)


def _write(prefix: str) -> PlainSerializer:
    return PlainSerializer(lambda key: show(prefix, key), str)


def _schema(prefix: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "examples": [f"{prefix}-01930d5a-7c1e-7a52-9d0b-6f3c2a1b4e5f"]})


KnowledgeBaseId = Annotated[UUID, _read("kb"), _write("kb"), _schema("kb")]
DocumentId = Annotated[UUID, _read("doc"), _write("doc"), _schema("doc")]
ChunkId = Annotated[UUID, _read("chunk"), _write("chunk"), _schema("chunk")]
ConversationId = Annotated[UUID, _read("conv"), _write("conv"), _schema("conv")]
MessageId = Annotated[UUID, _read("msg"), _write("msg"), _schema("msg")]
KeyId = Annotated[UUID, _read("key"), _write("key"), _schema("key")]
SessionId = Annotated[UUID, _read("session"), _write("session"), _schema("session")]
TaskId = Annotated[UUID, _read("task"), _write("task"), _schema("task")]
ApprovalId = Annotated[UUID, _read("approval"), _write("approval"), _schema("approval")]
GroupId = Annotated[UUID, _read("group"), _write("group"), _schema("group")]
InvitationId = Annotated[UUID, _read("invitation"), _write("invitation"), _schema("invitation")]
WebhookId = Annotated[UUID, _read("webhook"), _write("webhook"), _schema("webhook")]
DeliveryId = Annotated[UUID, _read("delivery"), _write("delivery"), _schema("delivery")]
# Users and workspaces are named by plain UUIDs, as the tokens name them.
UserId = Annotated[UUID, BeforeValidator(lambda value: parse_plain(value) if isinstance(value, str) else value)]
WorkspaceId = UserId

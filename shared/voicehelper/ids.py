"""Identifiers: UUIDv7 keys (RFC 9562 §5.7), shown to people with a prefix such as ``doc-``."""

from __future__ import annotations

import os
import time
from typing import Annotated
from uuid import UUID

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

# No row ever has this id, so an id that cannot exist ends in the same 404 as one that does not.
NOWHERE = UUID(int=0)


def new_id() -> UUID:
    """A UUIDv7: 48 bits of Unix milliseconds, then 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    random_bits = int.from_bytes(os.urandom(10))
    value = (milliseconds & (1 << 48) - 1) << 80
    value |= 0x7 << 76 | (random_bits >> 68) << 64 | 0b10 << 62 | random_bits & (1 << 62) - 1
    return UUID(int=value)


def show(prefix: str, key: UUID) -> str:
    return f"{prefix}-{key}"


def parse(prefix: str, text: str) -> UUID:
    """The key behind a shown id; ``NOWHERE`` for anything that is not one."""
    head, _, tail = text.partition("-")
    try:
        return UUID(tail) if head == prefix and len(tail) == 36 else NOWHERE
    except ValueError:
        return NOWHERE


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

"""Identifiers: UUIDv7 keys (RFC 9562 §5.7), with a prefix such as ``doc-`` in the API."""

from __future__ import annotations

import os
import time
from uuid import UUID

# No row has this id, so a malformed id leads to the same 404 as an unknown one.
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
    """The key of an id with prefix; ``NOWHERE`` for anything else."""
    head, _, tail = text.partition("-")
    return parse_plain(tail) if head == prefix else NOWHERE


def parse_plain(text: str) -> UUID:
    """The key of an id without prefix, in its usual form of 36 characters; ``NOWHERE`` for anything else."""
    try:
        return UUID(text) if len(text) == 36 else NOWHERE
    except ValueError:
        return NOWHERE

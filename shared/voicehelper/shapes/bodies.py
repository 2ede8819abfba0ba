"""``Body``: base class of all JSON request bodies, which refuses values that cannot be stored or returned."""

from __future__ import annotations

import math

from pydantic import BaseModel, field_validator


class Body(BaseModel):
    """JSON allows values that the database or a JSON response does not; refused here, with the field's name."""

    @field_validator("*", mode="before")
    @classmethod
    def _refuse_unstorable(cls, value: object) -> object:
        if not is_storable(value):
            raise ValueError("VALUE_UNREADABLE")
        return value


def is_storable(value: object) -> bool:
    """No NUL and no half of a surrogate pair in any text, no NaN and no infinity, at any depth."""
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            stack += [*item, *item.values()]
        elif isinstance(item, list):
            stack += item
        elif not _is_plain(item):
            return False
    return True


def _is_plain(item: object) -> bool:
    if isinstance(item, str):
        return "\0" not in item and not any("\ud800" <= character <= "\udfff" for character in item)
    return not isinstance(item, float) or math.isfinite(item)

"""What every JSON body must be before its own rules: values that can be stored, and repeated in an answer."""

from __future__ import annotations

import math

from pydantic import BaseModel, field_validator


class Body(BaseModel):
    """JSON can spell what no database takes and no answer can repeat: refused here, with the field's name."""

    @field_validator("*", mode="before")
    @classmethod
    def _refuse_unstorable(cls, value: object) -> object:
        if not is_storable(value):
            raise ValueError("VALUE_UNREADABLE")
        return value


def is_storable(value: object) -> bool:
    """No NUL and no half of a surrogate pair in any text, no NaN and no infinity, at any depth."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            waiting += [*item, *item.values()]
        elif isinstance(item, list):
            waiting += item
        elif not _is_plain(item):
            return False
    return True


def _is_plain(item: object) -> bool:
    if isinstance(item, str):
        return "\0" not in item and not any("\ud800" <= character <= "\udfff" for character in item)
    return not isinstance(item, float) or math.isfinite(item)

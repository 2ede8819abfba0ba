"""``Body``: base class of all JSON request bodies, which refuses values that cannot be stored or returned."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import ClassVar, Final

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator

# Serializers recurse, and fail at some 255 levels; nobody describes a document in so many.
MAX_DEPTH: Final = 16


class Body(BaseModel):
    """JSON allows values that the database or a JSON response does not; refused here, with the field's name, as are
    fields that no model declares: what they ask for would not happen.
    """

    model_config = ConfigDict(extra="forbid")
    # Fields that nest deeper, by a bound of their own.
    DEPTHS: ClassVar[Mapping[str, int]] = {}

    @field_validator("*", mode="before")
    @classmethod
    def _refuse_unstorable(cls, value: object, info: ValidationInfo) -> object:
        if not is_storable(value, cls.DEPTHS.get(info.field_name or "", MAX_DEPTH)):
            raise ValueError("VALUE_UNREADABLE")
        return value


def is_storable(value: object, depth: int = MAX_DEPTH) -> bool:
    """Objects and lists nest ``depth`` deep at most; no NUL and no half of a surrogate pair in any text, no NaN and
    no infinity.
    """
    level = [value]
    for _ in range(depth):
        if not all(map(_is_plain, level)):
            return False
        level = [inner for item in level for inner in _inside(item)]
    return all(_is_plain(item) and not isinstance(item, (dict, list)) for item in level)


def _inside(item: object) -> list[object]:
    if isinstance(item, dict):
        return [*item, *item.values()]
    return item if isinstance(item, list) else []


def _is_plain(item: object) -> bool:
    if isinstance(item, str):
        return "\0" not in item and not any("\ud800" <= character <= "\udfff" for character in item)
    return not isinstance(item, float) or math.isfinite(item)

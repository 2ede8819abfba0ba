"""``Filter``: the field of a request that restricts a search, refused by the place at which it is wrong."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field, ValidationError

from voicehelper.index.filters import FilterError, parse_filter

DESCRIPTION: Final = (
    "Search only documents that pass. Keys: and, or (lists of filters), not (a filter), a key of the metadata (dots "
    "lead into nested objects), document.filename, document.type (as pdf), document.size_bytes, document.created_at, "
    "document.pages, document.status, document.id. Values: a plain value that the metadata contains, or conditions "
    "{eq, ne, in, lt, lte, gt, gte, exists, contains}. Texts that are ISO 8601 dates are compared as dates, in UTC "
    "unless they name a zone; a missing field meets only ne and exists: false. At most 8 levels, 50 conditions, 200 "
    "values of a list and 1 kB a text."
)


def _checked(raw: dict[str, Any]) -> dict[str, Any]:
    """The filter as it came, since that is what names a cached answer."""
    try:
        parse_filter(raw)
    except FilterError as error:
        details = {"type": "value_error", "loc": error.place, "input": None, "ctx": {"error": ValueError(error.code)}}
        raise ValidationError.from_exception_data("filter", [details]) from error  # type: ignore[list-item]
    return raw


Filter = Annotated[dict[str, Any], Field(default_factory=dict, description=DESCRIPTION), AfterValidator(_checked)]
# Eight levels of lists in objects, and a list in the innermost condition.
FILTER_DEPTHS: Final = {"filter": 20}

"""Bodies that are a file (multipart) or the announcement of one (JSON), for ``upload_request`` and ``read_request``.

Each is read for verified callers only. 422 names the field of a body that cannot be read.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from voicehelper.errors import InvalidInputError, UnsupportedMediaTypeError

ModelT = TypeVar("ModelT", bound=BaseModel)
ReadT = TypeVar("ReadT")


async def file_or_announcement(
    request: Request, read_file: Callable[[Request], Awaitable[ReadT]], announcement: type[ModelT]
) -> ReadT | ModelT:
    """415 for any other content type."""
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type == "multipart/form-data":
        return await read_file(request)
    if content_type == "application/json":
        return await _announced(request, announcement)
    raise UnsupportedMediaTypeError(details={"expected": ["multipart/form-data", "application/json"]})


async def _announced(request: Request, model: type[ModelT]) -> ModelT:
    try:
        body = json.loads(await request.body())
    except (ValueError, RecursionError) as error:
        raise InvalidInputError("the body is not JSON") from error
    return validated(model, body)


def validated(model: type[ModelT], value: Any) -> ModelT:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise RequestValidationError([{**item, "loc": ("body", *item["loc"])} for item in error.errors()]) from error


def missing(field: str) -> RequestValidationError:
    return RequestValidationError([{"loc": ("body", field), "msg": "Field required", "type": "missing"}])

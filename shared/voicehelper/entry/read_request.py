"""``ReadRequestDep``: the body of a file to be read, a file (multipart) or the announcement of one (JSON).

``functions/multimodal/process_file.py`` is the caller; the body is read for verified callers only.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.datastructures import UploadFile

from voicehelper import resources
from voicehelper.entry.dependencies import CurrentCaller
from voicehelper.errors import InvalidInputError, UnsupportedMediaTypeError
from voicehelper.multimodal.models import NewFile, ReadOptions
from voicehelper.multimodal.service import Reading, SentFile

_OPTIONS = {name: ReadOptions.model_json_schema()["properties"][name] for name in ("mode", "language")}
READ_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}, **_OPTIONS},
                }
            },
        },
    }
}
ModelT = TypeVar("ModelT", bound=BaseModel)


def reading() -> Reading:
    return Reading(resources.content(), resources.recognise_later())


ReadingDep = Annotated[Reading, Depends(reading)]


async def read_request(request: Request, _caller: CurrentCaller) -> SentFile | NewFile:
    """415 for any other content type, 422 naming the field for a body that cannot be read."""
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type == "multipart/form-data":
        return await _sent_file(request)
    if content_type == "application/json":
        return await _new_file(request)
    raise UnsupportedMediaTypeError(details={"expected": ["multipart/form-data", "application/json"]})


async def _sent_file(request: Request) -> SentFile:
    async with request.form(max_files=1, max_fields=8) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise RequestValidationError([{"loc": ("body", "file"), "msg": "Field required", "type": "missing"}])
        options = {name: value for name, value in form.items() if name != "file"}
        return SentFile(await file.read(), _validated(ReadOptions, options))


async def _new_file(request: Request) -> NewFile:
    try:
        body = json.loads(await request.body())
    except (ValueError, RecursionError) as error:
        raise InvalidInputError("the body is not JSON") from error
    return _validated(NewFile, body)


def _validated(model: type[ModelT], value: Any) -> ModelT:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise RequestValidationError([{**item, "loc": ("body", *item["loc"])} for item in error.errors()]) from error


ReadRequestDep = Annotated[SentFile | NewFile, Depends(read_request)]

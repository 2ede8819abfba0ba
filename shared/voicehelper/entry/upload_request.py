"""``UploadDep``: the body of an upload, a file (multipart) or the announcement of a direct upload (JSON).

``functions/knowledge/upload_document.py`` is the caller.
"""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.datastructures import UploadFile

from voicehelper.entry.dependencies import CurrentCaller
from voicehelper.errors import InvalidInputError, UnsupportedMediaTypeError
from voicehelper.knowledge.models import NewDirectUpload
from voicehelper.knowledge.uploads import InlineFile

# The body for OpenAPI; FastAPI cannot derive it from a Request. An announcement (JSON) is described at a path of its
# own, since generated clients cannot send two kinds of body; existing clients send it here.
UPLOAD_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "metadata": {"type": "string", "description": "a JSON object", "default": "{}"},
                    },
                }
            },
        },
    }
}


async def upload_request(request: Request, _caller: CurrentCaller) -> InlineFile | NewDirectUpload:
    """The body is read for verified callers only.

    415 for any other content type, 422 naming the field for a body that cannot be read.
    """
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type == "multipart/form-data":
        return await _inline_file(request)
    if content_type == "application/json":
        return await _direct_upload(request)
    raise UnsupportedMediaTypeError(details={"expected": ["multipart/form-data", "application/json"]})


async def _inline_file(request: Request) -> InlineFile:
    async with request.form(max_files=1, max_fields=8) as form:
        file, metadata = form.get("file"), form.get("metadata", "{}")
        if not isinstance(file, UploadFile):
            raise _missing("file")
        if not isinstance(metadata, str):
            raise _missing("metadata")
        return InlineFile(filename=file.filename or "", body=await file.read(), metadata=metadata)


def _missing(field: str) -> RequestValidationError:
    return RequestValidationError([{"loc": ("body", field), "msg": "Field required", "type": "missing"}])


async def _direct_upload(request: Request) -> NewDirectUpload:
    try:
        return NewDirectUpload.model_validate(json.loads(await request.body()))
    except ValidationError as error:
        raise RequestValidationError([{**item, "loc": ("body", *item["loc"])} for item in error.errors()]) from error
    except (ValueError, RecursionError) as error:
        raise InvalidInputError("the body is not JSON") from error


UploadDep = Annotated[InlineFile | NewDirectUpload, Depends(upload_request)]

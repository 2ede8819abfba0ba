"""``UploadDep``: the body of an upload, a file (multipart) or the announcement of a direct upload (JSON).

``functions/knowledge/upload_document.py`` is the caller.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import UploadFile

from voicehelper.entry.bodies import file_or_announcement, missing
from voicehelper.entry.dependencies import CurrentCaller
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
    return await file_or_announcement(request, _inline_file, NewDirectUpload)


async def _inline_file(request: Request) -> InlineFile:
    async with request.form(max_files=1, max_fields=8) as form:
        file, metadata = form.get("file"), form.get("metadata", "{}")
        if not isinstance(file, UploadFile):
            raise missing("file")
        if not isinstance(metadata, str):
            raise missing("metadata")
        return InlineFile(filename=file.filename or "", body=await file.read(), metadata=metadata)


UploadDep = Annotated[InlineFile | NewDirectUpload, Depends(upload_request)]

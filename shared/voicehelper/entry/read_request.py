"""``ReadRequestDep``: the body of a file to be read, a file (multipart) or the announcement of one (JSON).

``functions/multimodal/process_file.py`` is the caller; the body is read for verified callers only.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import UploadFile

from voicehelper import resources
from voicehelper.entry.bodies import file_or_announcement, missing, validated
from voicehelper.entry.dependencies import CurrentCaller
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


def reading() -> Reading:
    return Reading(resources.content(), resources.recognise_later())


ReadingDep = Annotated[Reading, Depends(reading)]


async def read_request(request: Request, _caller: CurrentCaller) -> SentFile | NewFile:
    return await file_or_announcement(request, _sent_file, NewFile)


async def _sent_file(request: Request) -> SentFile:
    async with request.form(max_files=1, max_fields=8) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise missing("file")
        options = {name: value for name, value in form.items() if name != "file"}
        return SentFile(await file.read(), validated(ReadOptions, options))


ReadRequestDep = Annotated[SentFile | NewFile, Depends(read_request)]

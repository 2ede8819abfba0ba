"""Files on their way to the service and back, of any size: ``upload`` and ``download``.

Neither holds a file in memory: what one request cannot carry goes to storage directly.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import IO, Any, Final

import httpx

from voicehelper_cli.api import EXIT_UNREACHABLE, Api, CliError
from voicehelper_cli.texts import text

# What one API request can carry; larger files are uploaded to storage directly.
INLINE_BYTES: Final = 4_000_000
_PIECE: Final = 1 << 20


def upload(api: Api, base_id: str, path: Path, *, filename: str = "", metadata: dict[str, Any] | None = None) -> str:
    """Uploads a file, under its own name unless another is given, and returns the document's id."""
    target, name = f"/knowledge/bases/{base_id}/documents", filename or path.name
    try:
        if path.stat().st_size <= INLINE_BYTES:
            files, data = {"file": (name, path.read_bytes())}, {"metadata": json.dumps(metadata or {})}
            return str(api.call("POST", target, files=files, data=data)["document_id"])
        form = api.call("POST", target, json=_announcement(path, name, metadata or {}))
        if "upload_url" in form:  # a file that the base already holds needs no upload
            post_to_storage(form, path)
    except OSError as error:
        raise CliError(text("unreadable", path=path, reason=error.strerror)) from error
    return str(form["document_id"])


def _announcement(path: Path, name: str, metadata: dict[str, Any]) -> dict[str, Any]:
    """The digest lets the service recognise a file it already has, so a repeated upload changes nothing."""
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return {"filename": name, "size_bytes": path.stat().st_size, "sha256": digest, "metadata": metadata}


def post_to_storage(form: dict[str, Any], path: Path) -> None:
    """Posts the file with the form fields that the service signed."""
    try:
        with path.open("rb") as stream:
            response = httpx.post(form["upload_url"], data=form["fields"], files={"file": stream}, timeout=600)
    except httpx.HTTPError as error:
        reason = text("storage_unreachable", name=path.name, reason=type(error).__name__)
        raise CliError(reason, hint=text("upload_again"), exit_code=EXIT_UNREACHABLE) from error
    if not response.is_success:
        reason = text("storage_refused", name=path.name, status=response.status_code)
        raise CliError(reason, hint=text("upload_again"))


def download(url: str, target: IO[bytes], *, name: str) -> bool:
    """Writes the file behind a link of the store into ``target``; False where there is none."""
    try:
        with httpx.stream("GET", url, timeout=600) as response:
            if response.status_code in (403, 404):  # what is not there is 403 for who may not list a bucket
                return False
            if not response.is_success:
                raise CliError(text("unexpected", status=response.status_code), exit_code=EXIT_UNREACHABLE)
            for piece in response.iter_bytes(_PIECE):
                target.write(piece)
    except httpx.HTTPError as error:
        reason = text("storage_away", name=name, reason=type(error).__name__)
        raise CliError(reason, exit_code=EXIT_UNREACHABLE) from error
    return True

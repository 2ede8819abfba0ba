"""Takes files to be read, waits a little, and shows what became of them. ``functions/multimodal`` are the callers.

``read`` is for what was sent: ``receive`` stores a small file and waits for its result, ``announce`` gives a form for a
large one. ``show`` starts what has arrived, and what a dead process left. Reading twice gives the same outcome.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from voicehelper.adapters.content import ContentStore
from voicehelper.adapters.invoke import Later
from voicehelper.errors import PayloadTooLargeError
from voicehelper.messages.catalogue import message_for
from voicehelper.messages.language import Language
from voicehelper.multimodal.keys import TaskRef
from voicehelper.multimodal.limits import MAX_FILE_BYTES, MAX_INLINE_BYTES, READ_WITHIN_S, UPLOAD_FORM_LIFE_S, WAIT_S
from voicehelper.multimodal.models import (
    NewFile,
    Outcome,
    ReadAccepted,
    ReadFailure,
    ReadFile,
    ReadOptions,
    ReadTask,
    TaskState,
)
from voicehelper.multimodal.rejections import PictureEmptyError, ReadTaskNotFoundError, rejection

STATUS_PATH: Final = "/api/v1/multimodal/tasks/"
_LOOKS_EACH_S: Final = 0.25
_LOST_AFTER_S: Final = READ_WITHIN_S + 120.0


@dataclass(frozen=True, slots=True)
class Reading:
    """What the service works with; ``now`` and ``sleep`` are the clock."""

    content: ContentStore
    read_later: Later
    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True)
class SentFile:
    body: bytes
    options: ReadOptions


def read(tools: Reading, ref: TaskRef, sent: SentFile | NewFile, prefer: str) -> ReadFile | ReadAccepted:
    return announce(tools, ref, sent) if isinstance(sent, NewFile) else receive(tools, ref, sent, wait_s_of(prefer))


def wait_s_of(prefer: str) -> float:
    """Of the header ``Prefer: respond-async``: https://www.rfc-editor.org/rfc/rfc7240#section-4.1"""
    wishes = [wish.split(";")[0].strip().lower() for wish in prefer.split(",")]
    return 0.0 if "respond-async" in wishes else WAIT_S


def receive(tools: Reading, ref: TaskRef, file: SentFile, wait_s: float) -> ReadFile | ReadAccepted:
    """The result, or where it will be. Raises what ``rejections.rejection`` makes of the file."""
    if not file.body:
        raise PictureEmptyError
    if len(file.body) > MAX_INLINE_BYTES:
        raise PayloadTooLargeError(details={"max_bytes": MAX_INLINE_BYTES, "use": "direct upload (JSON body)"})
    _keep_request(tools, ref, file.options)
    tools.content.put(ref.source, file.body)
    _start(tools, ref)
    outcome = _wait(tools, ref, wait_s)
    if outcome is None:
        return _accepted(ref, "processing")
    if outcome.result is None:
        raise rejection(outcome.reason)
    return outcome.result


def announce(tools: Reading, ref: TaskRef, new: NewFile) -> ReadAccepted:
    """A form that sends the file to storage; it is read once its task is looked at."""
    if not new.size_bytes:
        raise PictureEmptyError
    if new.size_bytes > MAX_FILE_BYTES:
        raise PayloadTooLargeError(details={"max_bytes": MAX_FILE_BYTES})
    _keep_request(tools, ref, new)
    digest = bytes.fromhex(new.sha256) if new.sha256 else None
    form = tools.content.upload_form(
        ref.source, size_bytes=new.size_bytes, sha256=digest, expires_in=UPLOAD_FORM_LIFE_S
    )
    return _accepted(ref, "waiting", form["url"], form["fields"])


def show(tools: Reading, ref: TaskRef, language: Language) -> ReadTask:
    """Starts to read a file that has arrived, and again one whose reader has not been heard of for too long."""
    if (outcome := _outcome(tools, ref)) is not None:
        return _ended(ref, outcome, language)
    if not tools.content.exists(ref.request):
        raise ReadTaskNotFoundError
    if not tools.content.exists(ref.source):
        return ReadTask(task_id=ref.task_id, status="waiting")
    if _is_idle(tools, ref):
        _start(tools, ref)
    return ReadTask(task_id=ref.task_id, status="processing")


def _keep_request(tools: Reading, ref: TaskRef, options: ReadOptions) -> None:
    kept = options.model_dump(include={"mode", "language"})
    tools.content.put(ref.request, json.dumps(kept).encode(), content_type="application/json")


def _start(tools: Reading, ref: TaskRef) -> None:
    tools.content.put(ref.started, str(tools.now()).encode())
    tools.read_later({"tenant_id": str(ref.tenant_id), "user_id": str(ref.user_id), "task_id": str(ref.task_id)})


def _is_idle(tools: Reading, ref: TaskRef) -> bool:
    if not tools.content.exists(ref.started):
        return True
    return tools.now() - float(tools.content.get(ref.started)) > _LOST_AFTER_S


def _wait(tools: Reading, ref: TaskRef, wait_s: float) -> Outcome | None:
    end = tools.now() + wait_s
    while tools.now() < end:
        tools.sleep(_LOOKS_EACH_S)
        if (outcome := _outcome(tools, ref)) is not None:
            return outcome
    return None


def _outcome(tools: Reading, ref: TaskRef) -> Outcome | None:
    if not tools.content.exists(ref.outcome):
        return None
    return Outcome.model_validate_json(tools.content.get(ref.outcome))


def _ended(ref: TaskRef, outcome: Outcome, language: Language) -> ReadTask:
    if outcome.result is not None:
        return ReadTask(task_id=ref.task_id, status="completed", result=outcome.result)
    error = rejection(outcome.reason)
    failure = ReadFailure(code=error.code, message=message_for(error.code, language, error.details))
    return ReadTask(task_id=ref.task_id, status="failed", error=failure)


def _accepted(
    ref: TaskRef, status: TaskState, upload_url: str | None = None, upload_fields: dict[str, str] | None = None
) -> ReadAccepted:
    return ReadAccepted(
        task_id=ref.task_id,
        status=status,
        status_url=f"{STATUS_PATH}task-{ref.task_id}",
        upload_url=upload_url,
        upload_fields=upload_fields,
    )

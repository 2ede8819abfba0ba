"""Whether a release may have traffic: its own functions upload a document, have it read, and answer a question.

``check_release`` is the entry; ``functions/operations/check_release.py`` calls it before traffic moves. The document
stays, so that the next release finds it read; it is in a workspace that nobody else is in.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

from voicehelper.errors import UpstreamUnavailableError
from voicehelper.operations.release_requests import (
    ANSWER,
    Request,
    anonymous_message,
    base_list,
    new_base,
    question,
    status_of,
    upload,
)

# (function's name, event) → what it returned; UpstreamUnavailableError where it failed.
Invoke = Callable[[str, dict[str, Any]], dict[str, Any]]

# Within it the database wakes up, a throttled call comes again, and the pipeline reads the document.
PATIENCE_S: Final = 200.0
CALL_TIMEOUT_S: Final = 31.0  # two seconds more than a function may take
_TRIES: Final = 3  # of a function that fails, as a broken version does each time
_WAIT_S: Final = 3.0
_PASSING: Final = frozenset({429, 502, 503, 504})
_BASE: Final = "release_check"


class ReleaseRefusedError(Exception):
    """What the release did instead of answering; no traffic may go to it."""


@dataclass(frozen=True, slots=True)
class Release:
    """Functions by their names; ``name:version`` for one that is about to get traffic."""

    authorize: str
    ask: str
    send: str
    upload: str
    list_bases: str
    create_base: str
    get_status: str

    @classmethod
    def of(cls, text: str) -> Release:
        """Of a JSON object of names or ARNs."""
        given = json.loads(text)
        return cls(**{field.name: _name(given[field.name]) for field in fields(cls)})


def _name(arn: str) -> str:
    """``arn:aws:lambda:<region>:<account>:function:<name>:<version>`` → ``<name>:<version>``."""
    return arn.split(":", 6)[6] if arn.startswith("arn:") else arn


@dataclass
class _Check:
    invoke: Invoke
    wait: Callable[[float], None]
    clock: Callable[[], float]
    ends_at: float

    def returned(self, function: str, event: dict[str, Any]) -> dict[str, Any]:
        """ReleaseRefusedError for a function that fails again and again."""
        for attempt in range(1, _TRIES + 1):
            try:
                return self.invoke(function, event)
            except UpstreamUnavailableError as error:
                if attempt == _TRIES:
                    raise ReleaseRefusedError(str(error)) from error
                self.pause(str(error))
        raise AssertionError("unreachable")

    def answer(self, function: str, request: Request) -> tuple[int, dict[str, Any]]:
        """(status, body), once it is no answer that passes."""
        while True:
            response = self.returned(function, request.event)
            status = int(response.get("statusCode", 0))
            if status not in _PASSING:
                return status, json.loads(response.get("body") or "{}")
            self.pause(f"{request.name}: {status} {response.get('body', '')}")

    def body(self, function: str, request: Request, *, expected: int) -> dict[str, Any]:
        status, body = self.answer(function, request)
        if status != expected:
            raise ReleaseRefusedError(f"{request.name}: {status} {body.get('code', '')}")
        return body

    def pause(self, reason: str) -> None:
        if self.clock() + _WAIT_S > self.ends_at:
            raise ReleaseRefusedError(f"not within its time: {reason}")
        self.wait(_WAIT_S)


def check_release(
    release: Release,
    invoke: Invoke,
    *,
    wait: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
    patience_s: float = PATIENCE_S,
) -> None:
    """ReleaseRefusedError says what is wrong with it. May run several times at once, for several functions."""
    check = _Check(invoke, wait, clock, clock() + patience_s)
    _check_callers(check, release)
    names = [base["name"] for base in _bases(check, release)]
    if not names or _answers(check, release, names[0]) is None:
        # The models have changed since the base was made, and a base keeps its own.
        fresh = f"{_BASE}_{len(names)}" if names else _BASE
        check.answer(release.create_base, new_base(fresh))  # another check may have been faster
        if _answers(check, release, fresh) is None:
            raise ReleaseRefusedError("the models of a new base are not those of its question")


def _check_callers(check: _Check, release: Release) -> None:
    """Of a call without a token: the authorizer lets it pass as nobody's, and the function refuses it."""
    request = anonymous_message()
    if check.returned(release.authorize, request.event) != {"isAuthorized": True, "context": {}}:
        raise ReleaseRefusedError("the authorizer knows a caller without a token")
    check.body(release.send, request, expected=401)


def _bases(check: _Check, release: Release) -> list[dict[str, Any]]:
    """Those of earlier checks, newest first."""
    return list(check.body(release.list_bases, base_list(), expected=200)["items"])


def _answers(check: _Check, release: Release, base: str) -> bool | None:
    """None where the base was made with other models."""
    kb_id = _id_of(check, release, base)
    accepted = check.body(release.upload, upload(kb_id), expected=202)
    _wait_until_indexed(check, release, accepted["document_id"])
    status, body = check.answer(release.ask, question(kb_id))
    if body.get("code") == "EMBEDDING_MODEL_MISMATCH":
        return None
    if status != 200 or not _is_right(body):
        raise ReleaseRefusedError(f"question: {status} {body.get('code') or body.get('answer')}")
    return True


def _id_of(check: _Check, release: Release, name: str) -> str:
    for base in _bases(check, release):
        if base["name"] == name:
            return str(base["id"])
    raise ReleaseRefusedError(f"{name} was made and is not listed")


def _wait_until_indexed(check: _Check, release: Release, document_id: str) -> None:
    while (state := check.body(release.get_status, status_of(document_id), expected=200))["status"] != "indexed":
        if state["status"] == "failed":
            raise ReleaseRefusedError(f"the document was not read: {state.get('error')}")
        check.pause("the document is not read yet")


def _is_right(body: Mapping[str, Any]) -> bool:
    return ANSWER in str(body["answer"]) and bool(body["sources"])

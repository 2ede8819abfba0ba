"""`make smoke URL=https://…` or `STAGE=dev`: whether a deployment works, as a client sees it; exit code 0 if it does.

Entries: ``main``, and ``smoke`` for tests.
It signs in, uploads a document, asks a question whose answer it knows, and deletes what it made. With SMOKE_EMAIL and
SMOKE_PASSWORD it signs in as that account, with SMOKE_KEY it calls with that key; without either it makes an account
and deletes it at the end, which needs a deployment that lets anybody register. Workflows call it after a deployment.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import httpx
from botocore.exceptions import BotoCoreError, ClientError

from infra.deploy import STAGES, chosen_region, outputs, stack_name

PATIENCE_S: Final = 180.0  # for a database that wakes up, and for a document that is read
_PAUSE_S: Final = 1.0
_PASSING: Final = frozenset({429, 502, 503, 504})
_DOCUMENT: Final = (
    "# Smoke test\n\nThe smoke test of this deployment keeps its matches in box {number} below the stairs.\n"
)
_QUESTION: Final = "In which box does the smoke test keep its matches?"


class SmokeError(Exception):
    """What the deployment did instead."""


@dataclass
class Caller:
    """Repeats what was not begun, until ``ends_at``; everything else that is no success is a SmokeError."""

    http: httpx.Client
    ends_at: float

    def call(self, method: str, path: str, **more: Any) -> Any:
        while True:
            response = self._sent(method, path, **more)
            if response is not None and response.is_success:
                return response.json() if response.content else None
            reason = f"{method} {path}: {_shown(response)}"
            if response is not None and response.status_code not in _PASSING:
                raise SmokeError(reason)
            self.pause(reason)

    def pause(self, reason: str) -> None:
        if time.monotonic() + _PAUSE_S > self.ends_at:
            raise SmokeError(reason)
        time.sleep(_PAUSE_S)

    def _sent(self, method: str, path: str, **more: Any) -> httpx.Response | None:
        """None where nobody answers, as while a new deployment's name is not known everywhere yet."""
        try:
            return self.http.request(method, f"/api/v1{path}", **more)
        except httpx.ConnectError:
            return None


def _shown(response: httpx.Response | None) -> str:
    return "nobody answers" if response is None else f"{response.status_code} {response.text[:300]}"


def smoke(
    url: str, settings: Mapping[str, str], say: Callable[[str], object] = print, patience_s: float = PATIENCE_S
) -> None:
    """SmokeError says what does not work. What it made is deleted either way."""
    with httpx.Client(base_url=url.rstrip("/"), timeout=60, headers={"accept-language": "en"}) as http:
        caller = Caller(http, time.monotonic() + patience_s)
        with signed_in(caller, settings) as who, _base(caller) as kb_id:
            say(f"signed in: {who}")
            number = str(1000 + secrets.randbelow(9000))
            document_id = _upload(caller, kb_id, number)
            say(f"read: {document_id}")
            say(f"answered: {_answer(caller, kb_id, number)}")


@contextmanager
def signed_in(caller: Caller, settings: Mapping[str, str]) -> Iterator[str]:
    """Who calls from then on."""
    if key := settings.get("SMOKE_KEY"):
        caller.http.headers["authorization"] = f"Bearer {key}"
        yield "with a key"
        return
    email, password = settings.get("SMOKE_EMAIL", ""), settings.get("SMOKE_PASSWORD", "")
    own = not email
    if own:
        email, password = f"smoke-{secrets.token_hex(8)}@voicehelper.invalid", f"Aa1{secrets.token_urlsafe(24)}"
        caller.call("POST", "/auth/register", json={"email": email, "password": password, "username": "smoke"})
    tokens = caller.call("POST", "/auth/login", json={"email": email, "password": password})
    caller.http.headers["authorization"] = f"Bearer {tokens['access_token']}"
    try:
        yield email
    finally:
        if own:
            caller.call("DELETE", "/users/me", json={"password": password})
        else:
            caller.call("POST", "/auth/logout", json={"refresh_token": tokens["refresh_token"]})


@contextmanager
def _base(caller: Caller) -> Iterator[str]:
    name = f"smoke_{secrets.token_hex(4)}"
    kb_id = caller.call("POST", "/knowledge/bases", json={"name": name, "display_name": "Smoke test"})["id"]
    try:
        yield kb_id
    finally:
        caller.call("DELETE", f"/knowledge/bases/{kb_id}")


def _upload(caller: Caller, kb_id: str, number: str) -> str:
    file = ("smoke.md", _DOCUMENT.format(number=number).encode(), "text/markdown")
    path = f"/knowledge/bases/{kb_id}/documents"
    document_id = str(caller.call("POST", path, files={"file": file}, data={"metadata": json.dumps({})})["document_id"])
    while (state := caller.call("GET", f"/knowledge/documents/{document_id}/status"))["status"] != "indexed":
        if state["status"] == "failed":
            raise SmokeError(f"the document was not read: {state.get('error')}")
        caller.pause("the document is not read yet")
    return document_id


def _answer(caller: Caller, kb_id: str, number: str) -> str:
    answer = caller.call("POST", "/rag/query", json={"query": _QUESTION, "kb_id": kb_id})
    if number not in answer["answer"] or not answer["sources"]:
        raise SmokeError(f"the answer does not say {number}: {answer['answer'][:300]}")
    return str(answer["answer"])


def url_of(stage: str) -> str:
    return outputs(stack_name(stage), region_name=chosen_region())["ApiUrl"]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("url", nargs="?", help="where the API answers, without /api/v1")
    where.add_argument("--stage", choices=STAGES, help="ask AWS where this stage's API answers")
    options = parser.parse_args(arguments)
    try:
        smoke(options.url or url_of(options.stage), os.environ)
    except (SmokeError, httpx.HTTPError, BotoCoreError, ClientError) as error:
        print(f"it does not work: {error}")
        return 1
    print("it works")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

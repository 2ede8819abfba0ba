"""Role × grant to the member, to a group, to nobody × session or key of one scope × every operation, in process."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Final

import httpx
import psycopg
import pytest
from voicehelper.adapters.database import Database

from tests.e2e.members.test_roles import HIDDEN, body_of
from tests.e2e.test_tenants_are_separate import NEEDS_TOKEN
from tests.support.in_process import Credential, InProcess
from tests.support.operations import OPERATIONS, ROLES, SCOPES, Outcome
from tests.support.restricted import GRANTS, WRITE, RestrictedBase

PREFIX: Final = "/api/v1"
CREDENTIALS: Final = (None, *SCOPES)
# Whose gates are passed before something of AWS is asked, which is away here.
ASKS_AWS: Final = frozenset((
    "POST /auth/logout", "POST /auth/switch", "DELETE /users/me", "POST /users/me/password", "POST /agent/execute",
    "DELETE /users/me/sessions/{session_id}", "POST /knowledge/bases/{kb_id}/documents",
    "POST /knowledge/bases/{kb_id}/documents/direct", "POST /knowledge/documents/{document_id}/reindex",
    "GET /multimodal/tasks/{task_id}", "GET /voice/voices", "GET /knowledge/documents/{document_id}/file",
))  # fmt: skip


def name_of(method: str, path: str) -> str:
    return f"{method.upper()} {path.removeprefix(PREFIX)}"


ROUTES: Final = {name_of(method, path): f"{method.upper()} {path}" for method, path in NEEDS_TOKEN}


@pytest.fixture
def company(admin: psycopg.Connection[Any], database: Database) -> RestrictedBase:
    return RestrictedBase(admin, database)


@pytest.fixture
def product(monkeypatch: pytest.MonkeyPatch, database: Database) -> Iterator[InProcess]:
    opened = InProcess(monkeypatch, database)
    yield opened
    opened.close()


def outcome(operation: str, answer: httpx.Response) -> Outcome | str:
    """The status for a failure that is none of a service that is away."""
    if answer.status_code == 403:
        return "refused"
    if answer.status_code >= 500 and operation not in ASKS_AWS:
        return f"{answer.status_code} {answer.text}"
    if answer.status_code != 404:
        return "allowed"
    body = answer.json()
    code = body.get("code") or body.get("error_code") or body["error"]["code"]
    return "hidden" if code in HIDDEN else "allowed"


def call(product: InProcess, company: RestrictedBase, who: Credential, operation: str) -> httpx.Response:
    method, path = ROUTES[operation].split(" ", 1)
    body = body_of(method.lower(), path, company.ids["kb_id"])
    return product.call(who, ROUTES[operation], path.format(**company.ids), body)


def test_the_table_has_every_operation() -> None:
    assert set(OPERATIONS) == set(ROUTES)


@pytest.mark.timeout(300)
def test_every_caller_is_answered_as_the_table_says(
    product: InProcess,
    company: RestrictedBase,
    capsys: pytest.CaptureFixture[str],
    record_property: Callable[[str, object], None],
) -> None:
    wrong, counts = {}, Counter[tuple[str, str]]()
    for (role, grant), credentials in company.members.items():
        for scope in CREDENTIALS:
            for operation, needs in OPERATIONS.items():
                expected = needs.outcome(role, scope, 0 if grant == "nobody" else WRITE)
                found = outcome(operation, call(product, company, credentials[scope], operation))
                counts[role, found] += 1
                if found != expected:
                    wrong[role, grant, scope or "session", operation] = (found, expected)

    record_property("calls", counts.total())
    with capsys.disabled():
        print(f"\n{sum(counts.values())} calls: {json.dumps({' '.join(key): n for key, n in sorted(counts.items())})}")
    kinds = Counter((key[3], *pair) for key, pair in wrong.items())
    assert kinds == Counter()
    assert sum(counts.values()) == len(ROLES) * len(GRANTS) * len(CREDENTIALS) * len(OPERATIONS)

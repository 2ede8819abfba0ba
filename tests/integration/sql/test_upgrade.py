"""What an earlier release has left behind, under the code of today: it is migrated, signs in, answers and opens.

`python -m infra.local.record_state` records the next one. Those of before the first release are of commits of main.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from voicehelper.adapters.database import Database
from voicehelper.shapes.document_ref import DocumentRef
from voicehelper.sql.migrate import file_digests, migrate

from infra.local.backup import database as dumps
from infra.local.backup.archive import Backup, checked
from infra.local.backup.take import DUMP, ROLES
from infra.local.record_state import ACCOUNT, BASE, DOCUMENTS, QUESTIONS, STATES
from tests.support.in_process import Credential, InProcess
from tests.support.postgres import in_database

NAMES = sorted(path.stem for path in STATES.glob("*.backup"))
_OWNER = """
    SELECT u.id, m.tenant_id, m.role FROM app_user AS u JOIN membership AS m ON m.user_id = u.id WHERE u.email = %s
"""
_FILES = "SELECT tenant_id, kb_id, id, source_attempt, filename FROM document"


@dataclass(frozen=True)
class Upgraded:
    url: str
    backup: Backup
    recorded: dict[str, Any]
    applied: list[str]

    def rows(self, statement: str, *values: object) -> list[Any]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(statement.encode(), values).fetchall()


@pytest.fixture(scope="module", params=NAMES)
def upgraded(request: pytest.FixtureRequest, postgres_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> Upgraded:
    folder = tmp_path_factory.mktemp("upgrade")
    backup = checked(STATES / f"{request.param}.backup", room_in=folder)
    dumps.require_known(backup.manifest["migrations"])
    url = in_database(postgres_dsn, f"vh_{uuid4().hex}")
    with psycopg.connect(postgres_dsn, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(url.rpartition("/")[2])))
    backup.extract(DUMP, folder / DUMP)
    dumps.load(url, folder / DUMP, backup.read(ROLES).decode())
    with psycopg.connect(url) as connection:
        applied = migrate(connection)
    recorded = json.loads((STATES / f"{request.param}.json").read_text("utf-8"))
    return Upgraded(url, backup, recorded, applied)


@pytest.fixture
def product(upgraded: Upgraded, monkeypatch: pytest.MonkeyPatch) -> Iterator[InProcess]:
    database = Database(lambda: upgraded.url)
    opened = InProcess(monkeypatch, database, built_in_models=True)
    yield opened
    opened.close()
    database.close()


def test_a_state_of_every_stage_is_recorded_and_small() -> None:
    assert len(NAMES) >= 3
    assert all(path.stat().st_size < 200_000 for path in STATES.iterdir())


def test_the_migrations_that_it_lacks_are_applied(upgraded: Upgraded) -> None:
    before = upgraded.backup.manifest["migrations"]

    assert upgraded.applied
    assert sorted([*before, *upgraded.applied]) == list(file_digests())


def test_it_signs_in_and_answers_as_before(upgraded: Upgraded, product: InProcess) -> None:
    [(user_id, tenant_id, role)] = upgraded.rows(_OWNER, ACCOUNT["email"])
    caller, route = Credential(user_id, tenant_id, role), "/api/v1/rag/query"

    signed_in = product.call(None, "POST /api/v1/auth/login", "/api/v1/auth/login", dict(ACCOUNT))
    listed = product.call(caller, "GET /api/v1/knowledge/bases", "/api/v1/knowledge/bases").json()["items"]

    assert (signed_in.status_code, role) == (200, "owner")
    assert [(base["name"], base["document_count"]) for base in listed] == [(BASE, len(DOCUMENTS))]
    for told in upgraded.recorded["answers"]:
        body = {"kb_id": upgraded.recorded["kb_id"], "query": told["query"]}
        answer = product.call(caller, f"POST {route}", route, body).json()
        assert answer["answer"] == told["answer"]
        assert answer["sources"][0]["document_id"] == told["document_id"]
    assert [told["query"] for told in upgraded.recorded["answers"]] == list(QUESTIONS)


def test_its_files_are_where_todays_code_looks_for_them(upgraded: Upgraded) -> None:
    stored = {entry.get("key"): name for name, entry in upgraded.backup.entries.items()}
    found = {
        filename: upgraded.backup.read(stored[DocumentRef(tenant, base, document).source_key(attempt)]).decode()
        for tenant, base, document, attempt, filename in upgraded.rows(_FILES)
    }

    assert found == DOCUMENTS

"""Who signs in to serve requests sees nothing without a tenant named and the role that policies are for."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from psycopg import errors, sql
from psycopg.conninfo import make_conninfo
from voicehelper.adapters.database import Database
from voicehelper.adapters.database_address import database_dsn
from voicehelper.knowledge.store import count_bases

from tests.support.bases import create_base

PASSWORD = "of-this-test"
LOGINS = ("voicehelper_api", "voicehelper_pipeline")


@pytest.fixture(params=LOGINS)
def login_dsn(admin: psycopg.Connection[Any], database_url: str, request: pytest.FixtureRequest) -> str:
    command = sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(request.param), sql.Literal(PASSWORD))
    admin.execute(command)
    return make_conninfo(database_url, user=request.param, password=PASSWORD)


def test_a_login_serves_its_tenants(admin: psycopg.Connection[Any], login_dsn: str) -> None:
    base, other = create_base(admin), create_base(admin)
    database = Database(lambda: login_dsn)

    with database.transaction(base.tenant_id) as tx:
        assert count_bases(tx) == 1
        assert tx.count("SELECT count(*) FROM knowledge_base") == 1
    with database.transaction() as tx:
        assert tx.count("SELECT count(*) FROM knowledge_base WHERE id = %(id)s", id=other.kb_id) == 0


@pytest.mark.parametrize("table", ["app_user", "knowledge_base", "chunk", "chunk_lex", "schema_migration"])
def test_a_login_has_no_right_of_its_own(login_dsn: str, table: str) -> None:
    with psycopg.connect(login_dsn, autocommit=True) as connection:
        with pytest.raises(errors.InsufficientPrivilege):
            connection.execute(sql.SQL("SELECT FROM {}").format(sql.Identifier(table)))
        connection.execute("SET ROLE voicehelper_app")
        connection.execute("RESET ROLE")
        with pytest.raises(errors.InsufficientPrivilege):
            connection.execute(sql.SQL("SELECT FROM {}").format(sql.Identifier(table)))


@pytest.mark.parametrize("role", ["postgres", "voicehelper_owner"])
def test_a_login_becomes_nobody_else(login_dsn: str, role: str) -> None:
    with psycopg.connect(login_dsn, autocommit=True) as connection, pytest.raises(psycopg.Error):
        connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(role)))


def test_policies_hold_for_the_owner_of_the_tables_as_well(admin: psycopg.Connection[Any]) -> None:
    rows = admin.execute("SELECT relname, relforcerowsecurity FROM pg_class WHERE relrowsecurity").fetchall()

    assert {name for name, _ in rows} >= {"knowledge_base", "document", "chunk", "conversation", "message"}
    assert all(forced for _, forced in rows)


def test_a_secret_may_name_its_user_or_leave_it_to_the_function() -> None:
    assert "user=api" in database_dsn({"dsn": "postgresql://h/d"}, login="api")
    assert "user=given" in database_dsn({"dsn": "postgresql://given@h/d"}, login="api")

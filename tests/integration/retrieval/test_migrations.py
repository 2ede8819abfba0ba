"""Data that an earlier version has written is brought up to date, not refused."""

from __future__ import annotations

from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from voicehelper.retrieval.language import is_chinese
from voicehelper.sql.migrate import migrate, migration_files

from tests.support.bases import create_base, create_document
from tests.support.postgres import in_database

TEXTS = (
    "空气滤网每 3 个月更换一次。",
    "The filter is washed every 14 days, the duck (鸭) is not.",
    "Electron 提供容器，React 提供体验，chroma-js 与 lcms 提供色彩能力。",
    "12:00",
)


@pytest.fixture
def before_languages(postgres_dsn: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database as the first four files left it."""
    name = f"vh_{uuid4().hex}"
    with psycopg.connect(postgres_dsn, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    dsn = in_database(postgres_dsn, name)
    first = [file for file in migration_files() if file[0] < "0005"]
    with monkeypatch.context() as patched, psycopg.connect(dsn) as connection:
        patched.setattr("voicehelper.sql.migrate.migration_files", lambda: first)
        assert len(migrate(connection)) == 4
    return dsn


def test_chunks_from_before_learn_their_language(before_languages: str) -> None:
    with psycopg.connect(before_languages, autocommit=True) as connection:
        base = create_base(connection)
        document_id = create_document(connection, base)
        for number, text in enumerate(TEXTS):
            key = uuid4()
            connection.execute(
                "INSERT INTO chunk (id, tenant_id, kb_id, document_id, seq, title, content) "
                "VALUES (%s, %s, %s, %s, %s, 't', %s)",
                (key, base.tenant_id, base.kb_id, document_id, number, text),
            )
            connection.execute(
                "INSERT INTO chunk_vec (chunk_id, tenant_id, kb_id, embedding) VALUES (%s, %s, %s, '[1,0]')",
                (key, base.tenant_id, base.kb_id),
            )
        assert migrate(connection) == ["0005_languages_and_fitness.sql"]
        told = connection.execute(
            "SELECT content, han FROM chunk JOIN chunk_vec ON chunk_id = id ORDER BY seq"
        ).fetchall()

    assert told == [(text, is_chinese(f"t\n{text}")) for text in TEXTS]
    assert {han for _, han in told} == {True, False}

"""Data that an earlier version has written is brought up to date, not refused."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from voicehelper.adapters.database import Transaction
from voicehelper.index.pgvector.index import PgvectorBackend
from voicehelper.index.pgvector.write import replace_text
from voicehelper.sql.migrate import migrate, migration_files
from voicehelper.text.language import is_chinese

from tests.support.bases import chunks_of, create_base, create_document
from tests.support.postgres import in_database

TEXTS = (
    "空气滤网每 3 个月更换一次。",
    "The filter is washed every 14 days, the duck (鸭) is not.",
    "Electron 提供容器，React 提供体验，chroma-js 与 lcms 提供色彩能力。",
    "12:00",
)

UPLOADED = (
    ("a.md", "alpha tariff"),
    ("a.md", "beta tariff"),
    ("a.md", "gamma tariff"),
    ("a.md", "broken"),
    ("b.md", "other tariff"),
)

Before = Callable[[str], str]


@pytest.fixture
def database_before(postgres_dsn: str, monkeypatch: pytest.MonkeyPatch) -> Before:
    """Makes a database as the migrations before the given one left it; returns its DSN."""

    def make(first_missing: str) -> str:
        name = f"vh_{uuid4().hex}"
        with psycopg.connect(postgres_dsn, autocommit=True) as admin:
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        dsn = in_database(postgres_dsn, name)
        earlier = [file for file in migration_files() if file[0] < first_missing]
        with monkeypatch.context() as patched, psycopg.connect(dsn) as connection:
            patched.setattr("voicehelper.sql.migrate.migration_files", lambda: earlier)
            assert migrate(connection) == [name for name, *_ in earlier]
        return dsn

    return make


def test_chunks_from_before_learn_their_language(database_before: Before) -> None:
    with psycopg.connect(database_before("0005"), autocommit=True) as connection:
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
        assert "0005_languages_and_fitness.sql" in migrate(connection)
        told = connection.execute(
            "SELECT content, han FROM chunk JOIN chunk_vec ON chunk_id = id ORDER BY seq"
        ).fetchall()

    assert told == [(text, is_chinese(f"t\n{text}")) for text in TEXTS]
    assert {han for _, han in told} == {True, False}


def test_counters_from_before_keep_their_counts(database_before: Before) -> None:
    counts = {0: 3, 255: 1, 256: 2, 65_535: 100_000, 700: 0}
    with psycopg.connect(database_before("0006"), autocommit=True) as connection:
        base = create_base(connection)
        for bucket, df in counts.items():
            connection.execute(
                "INSERT INTO lex_df (tenant_id, kb_id, bucket, df) VALUES (%s, %s, %s, %s)",
                (base.tenant_id, base.kb_id, bucket, df),
            )
        assert "0006_counter_pages.sql" in migrate(connection)
        kept = connection.execute(
            "SELECT page * 256 + n - 1, t.df::int FROM lex_df_page, unnest(df::real[]) WITH ORDINALITY AS t (df, n) "
            "WHERE kb_id = %s AND t.df <> 0",
            (base.kb_id,),
        ).fetchall()

    assert dict(kept) == {bucket: df for bucket, df in counts.items() if df}


def test_accounts_and_sessions_from_before_have_one_form_and_an_end(database_before: Before) -> None:
    """An address whose form another user has stays as it is: nobody loses an account."""
    emails = ["\uff4c\uff45\uff4fn@example.org", "Nora@example.org", "\uff2dila@example.org", "mila@example.org"]
    with psycopg.connect(database_before("0008"), autocommit=True) as connection:
        for email in emails:
            tenant_id, user_id = uuid4(), uuid4()
            connection.execute("INSERT INTO tenant (id, name) VALUES (%s, 't')", (tenant_id,))
            connection.execute(
                "INSERT INTO app_user (id, tenant_id, email, username, password_hash) VALUES (%s, %s, %s, 'u', 'h')",
                (user_id, tenant_id, email),
            )
            connection.execute(
                "INSERT INTO refresh_family (id, user_id, token_hash, created_at, expires_at) "
                "VALUES (%s, %s, 'x', now() - interval '9 days', now() + interval '5 days')",
                (uuid4(), user_id),
            )
        assert "0008_sign_in.sql" in migrate(connection)
        kept = connection.execute("SELECT email FROM app_user ORDER BY id").fetchall()
        days = connection.execute(
            "SELECT DISTINCT round(extract(epoch FROM ends_at - now()) / 86400)::int, "
            "round(extract(epoch FROM now() - last_used_at) / 86400)::int FROM refresh_family"
        ).fetchall()

    assert {email for (email,) in kept} == {"leon@example.org", "Nora@example.org", "\uff2dila@example.org", emails[3]}
    assert days == [(21, 2)]


def test_documents_of_one_name_from_before_become_versions_of_which_the_newest_answers(
    database_before: Before,
) -> None:
    with psycopg.connect(database_before("0012"), autocommit=True) as connection:
        base, backend = create_base(connection), PgvectorBackend()
        documents = {text: create_document(connection, base, name) for name, text in UPLOADED}
        for age, (text, document_id) in enumerate(reversed(documents.items())):
            text_of = backend.prepare_text(chunks_of(document_id, text))
            connection.execute(
                "UPDATE document SET status = %s, created_at = now() - make_interval(hours => %s) WHERE id = %s",
                ("failed" if text == "broken" else "indexed", age, document_id),
            )
            # The statements that wrote it then: today's index also ends cached answers, which that schema has not.
            replace_text(Transaction(connection, base.tenant_id), base.ref(document_id), text_of, {})
        assert "0012_versions.sql" in migrate(connection)
        rows = connection.execute("SELECT id, version, superseded_by FROM document").fetchall()
        found = connection.execute("SELECT document_id FROM chunk_lex").fetchall()
        counters = connection.execute(
            "SELECT (SELECT sum(n)::int FROM lex_df_page, unnest(df::real[]) AS n),"
            " (SELECT sum(chunks)::int FROM lex_stats),"
            " (SELECT count(*)::int FROM (SELECT DISTINCT chunk_id, x & 65535 FROM chunk_lex,"
            " unnest(lex_terms(lex)) AS x) AS t)"
        ).fetchone()

    assert {document_id: (version, by) for document_id, version, by in rows} == {
        documents["alpha tariff"]: (1, documents["gamma tariff"]),
        documents["beta tariff"]: (2, documents["gamma tariff"]),
        documents["gamma tariff"]: (3, None),
        documents["broken"]: (4, None),
        documents["other tariff"]: (1, None),
    }
    assert {document_id for (document_id,) in found} == {
        documents[text] for text in ("gamma tariff", "broken", "other tariff")
    }
    assert counters
    assert counters[:2] == (counters[2], 3)

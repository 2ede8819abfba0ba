"""The last step: a document is indexed whether or not its base can be looked after."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from voicehelper.adapters.database import Database
from voicehelper.errors import UpstreamUnavailableError
from voicehelper.index.pgvector.index import PgvectorBackend
from voicehelper.ingestion.steps.finish_document import finish_document

from tests.support.bases import Base, chunks_of, create_base, create_document
from tests.support.fakes import FakeQueue

BACKEND = PgvectorBackend()


def _finish(admin: psycopg.Connection[Any], database: Database, base: Base, start: Callable[[], None]) -> None:
    document = create_document(admin, base)
    chunks = chunks_of(document, "Das Sieb wird alle neun Wochen gespült.")
    with database.transaction(base.tenant_id) as tx:
        BACKEND.open(tx).replace_text(base.ref(document), BACKEND.prepare_text(chunks), {})
        BACKEND.open(tx).add_vectors(base.ref(document), BACKEND.prepare_vectors(chunks, [[0.5, 1.0]]))
    finish_document(base.event(document), database=database, index=BACKEND, uploads=FakeQueue(), start_upkeep=start)

    status = admin.execute("SELECT status FROM document WHERE id = %s", [document]).fetchone()

    assert status == ("indexed",)


@pytest.mark.parametrize(("chunks", "calls"), [(0, 0), (19_000, 0), (19_999, 1), (500_000, 1)])
def test_upkeep_is_started_for_a_large_base_alone(
    admin: psycopg.Connection[Any], database: Database, chunks: int, calls: int
) -> None:
    base, started = create_base(admin), []
    admin.execute("INSERT INTO lex_stats (kb_id, tenant_id, chunks) VALUES (%s, %s, %s)",
                  [base.kb_id, base.tenant_id, chunks])  # fmt: skip

    _finish(admin, database, base, lambda: started.append(1))

    assert len(started) == calls


def test_a_document_is_indexed_where_upkeep_cannot_be_started(
    admin: psycopg.Connection[Any], database: Database
) -> None:
    def refuse() -> None:
        raise UpstreamUnavailableError("busy")

    base = create_base(admin)
    admin.execute("INSERT INTO lex_stats (kb_id, tenant_id, chunks) VALUES (%s, %s, 30000)",
                  [base.kb_id, base.tenant_id])  # fmt: skip

    _finish(admin, database, base, refuse)

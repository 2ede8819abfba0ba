"""A tenant with a base and documents in a real database, for tests below the HTTP interface."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4, uuid5

import psycopg
from voicehelper.adapters.database import Transaction
from voicehelper.index.chunk import Chunk, Place
from voicehelper.index.pgvector.index import PgvectorBackend, PgvectorIndex
from voicehelper.ingestion.events import IngestionEvent
from voicehelper.shapes.document_ref import DocumentRef


@dataclass(frozen=True)
class Base:
    tenant_id: UUID
    kb_id: UUID

    def ref(self, document_id: UUID) -> DocumentRef:
        return DocumentRef(self.tenant_id, self.kb_id, document_id)

    def index(self, connection: psycopg.Connection[Any]) -> PgvectorIndex:
        """The product's index over the caller's own connection; who commits is the caller."""
        return PgvectorIndex(Transaction(connection, self.tenant_id))

    def event(self, document_id: UUID) -> IngestionEvent:
        return IngestionEvent(tenant_id=self.tenant_id, kb_id=self.kb_id, document_id=document_id, attempt=1)


def create_base(connection: psycopg.Connection[Any], base: Base | None = None, *, model: str = "m") -> Base:
    base = base or Base(uuid4(), uuid4())
    connection.execute("INSERT INTO tenant VALUES (%s, 'test')", (base.tenant_id,))
    connection.execute(
        "INSERT INTO knowledge_base (id, tenant_id, name, display_name, embedding_model) VALUES (%s, %s, 'b', 'b', %s)",
        (base.kb_id, base.tenant_id, model),
    )
    return base


def add_member(
    connection: psycopg.Connection[Any],
    tenant_id: UUID,
    role: str = "owner",
    *,
    user_id: UUID | None = None,
    email: str = "",
    password_hash: str = "x",
) -> UUID:
    """A user of the tenant, which exists."""
    user_id = user_id or uuid4()
    connection.execute(
        "INSERT INTO app_user (id, tenant_id, email, username, password_hash) VALUES (%s, %s, %s, 'user', %s)",
        (user_id, tenant_id, email or f"{user_id}@example.com", password_hash),
    )
    connection.execute(
        "INSERT INTO membership (tenant_id, user_id, role) VALUES (%s, %s, %s)", (tenant_id, user_id, role)
    )
    return user_id


def create_document(
    connection: psycopg.Connection[Any], base: Base, filename: str = "x", *, document_id: UUID | None = None
) -> UUID:
    document_id = document_id or uuid4()
    connection.execute(
        "INSERT INTO document (id, tenant_id, kb_id, filename, size_bytes) VALUES (%s, %s, %s, %s, 1)",
        (document_id, base.tenant_id, base.kb_id, filename),
    )
    return document_id


def chunks_of(document_id: UUID, *texts: str) -> list[Chunk]:
    return [
        Chunk(uuid5(document_id, f"{number}{text}"), number, "手册", text, Place(page=number + 1), (), 10)
        for number, text in enumerate(texts)
    ]


def index_document(
    connection: psycopg.Connection[Any], base: Base, filename: str, *texts: str, vectors: Sequence[Sequence[float]] = ()
) -> UUID:
    """An indexed document with a chunk for each text; without ``vectors`` only its words can be found."""
    document_id = create_document(connection, base, filename)
    chunks, backend, index = chunks_of(document_id, *texts), PgvectorBackend(), base.index(connection)
    with connection.transaction():
        index.replace_text(base.ref(document_id), backend.prepare_text(chunks), {})
        if vectors:
            index.add_vectors(base.ref(document_id), backend.prepare_vectors(chunks, vectors))
        connection.execute(
            "UPDATE document SET status = 'indexed', stage = 'finished', chunk_count = %s WHERE id = %s",
            (len(texts), document_id),
        )
    return document_id

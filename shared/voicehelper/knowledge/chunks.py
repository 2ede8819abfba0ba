"""Chunks as people change them: their text, whether they are searched, and chunks that the file does not have.

``functions/knowledge`` are the callers. What changes is embedded and indexed at once, and nothing else of the document
is; ``ingestion/edits.py`` keeps it for the next time that the file is read. A chunk that is disabled leaves the index,
so nothing can find it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import PurePath
from uuid import UUID

from voicehelper.adapters.database import TenantDatabase, Transaction
from voicehelper.errors import ConflictError, NotFoundError
from voicehelper.identity.usage import Charge, charge
from voicehelper.index.bases import require_base
from voicehelper.index.protocol import IndexBackend
from voicehelper.index.rights import require_right
from voicehelper.ingestion import edits
from voicehelper.ingestion import store as ingestion_store
from voicehelper.ingestion.edits import EditedChunk
from voicehelper.knowledge import chunk_store, store
from voicehelper.knowledge.lifecycle import DocumentSupersededError
from voicehelper.knowledge.models import ChunkChange, ChunkView, NewChunk
from voicehelper.models.pricing import Tariff
from voicehelper.models.protocols import Embedder, of_model
from voicehelper.shapes.document_ref import DocumentRef
from voicehelper.shapes.ids import new_id, show
from voicehelper.text.tokens import approximate_tokens


class ChunkNotFoundError(NotFoundError):
    code = "CHUNK_NOT_FOUND"


class DocumentNotIndexedError(ConflictError):
    """It is being processed, or has failed: its chunks are about to be made anew."""

    code = "DOCUMENT_NOT_INDEXED"


class ChunkModelChangedError(ConflictError):
    """The base was built with another embedding model, whose vectors cannot stand beside those of this one."""

    code = "CHUNK_MODEL_CHANGED"


class ChunkChangedError(ConflictError):
    """Somebody else has changed the chunk meanwhile."""

    code = "CHUNK_CHANGED"


class ChunkNotAddedError(ConflictError):
    """A chunk of the file can be disabled, and not deleted."""

    code = "CHUNK_NOT_ADDED"


class LastChunkError(ConflictError):
    """A document without a chunk would answer nothing; it can be deleted."""

    code = "CHUNK_LAST"


@dataclass(frozen=True, slots=True)
class ChunkEditing:
    """What an edit needs. ``embedder`` is called outside transactions, and only for a text that is searched.

    ``tariff`` is that of a hosted one.
    """

    tenant: TenantDatabase
    index: IndexBackend
    model: str
    embedder: Callable[[], Embedder]
    tariff: Tariff | None = None


def add_chunk(editing: ChunkEditing, document_id: UUID, new: NewChunk) -> ChunkView:
    """At the end of the document."""
    with editing.tenant.transaction() as tx:
        document = _editable_document(tx, document_id, model=editing.model)
    title = new.title or PurePath(document.filename).stem
    added = EditedChunk(new_id(), 0, "added", None, title, new.content, None, {}, True)
    vector = _embed(editing, added)
    with editing.tenant.transaction() as tx:
        document = _locked_document(tx, document_id, model=editing.model)
        added = replace(added, seq=edits.next_sequence(tx, document_id))
        _write(tx, editing, document, added, vector)
    return _view(added)


def change_chunk(editing: ChunkEditing, document_id: UUID, chunk_id: UUID, change: ChunkChange) -> ChunkView:
    """Only what ``change`` names. Nothing is written where that is what the chunk has."""
    with editing.tenant.transaction() as tx:
        _editable_document(tx, document_id, model=editing.model)
        current = _chunk(tx, document_id, chunk_id)
    changed = replace(current, **change.model_dump(exclude_unset=True))
    if changed == current:
        return _view(current)
    vector = _embed(editing, changed) if changed.enabled else []
    with editing.tenant.transaction() as tx:
        document = _locked_document(tx, document_id, model=editing.model)
        if _chunk(tx, document_id, chunk_id) != current:
            raise ChunkChangedError
        if current.enabled and not changed.enabled:
            _require_others(document)
        _write(tx, editing, document, changed, vector)
    return _view(changed)


def remove_chunk(tenant: TenantDatabase, document_id: UUID, chunk_id: UUID, *, index: IndexBackend) -> None:
    """Of chunks that were added; idempotent it is not: the second call finds none."""
    with tenant.transaction() as tx:
        document = _locked_document(tx, document_id)
        current = _chunk(tx, document_id, chunk_id)
        if current.origin != "added":
            raise ChunkNotAddedError
        if current.enabled:
            _require_others(document)
        edits.delete_edit(tx, chunk_id)
        ref = DocumentRef(tx.tenant_id, document.kb_id, document.id)
        opened = index.open(tx)
        opened.remove_chunks(ref, [chunk_id])
        chunk_store.set_counts(tx, document_id, opened.count(ref))


def _editable_document(tx: Transaction, document_id: UUID, *, model: str | None = None) -> store.DocumentRow:
    document = store.get_document(tx, document_id)
    require_right(tx, document.kb_id, "write")
    if document.superseded_by:
        raise DocumentSupersededError(details={"superseded_by": show("doc", document.superseded_by)})
    if document.status != "indexed":
        raise DocumentNotIndexedError
    if model is not None and require_base(tx, document.kb_id).embedding_model != model:
        raise ChunkModelChangedError
    return document


def _locked_document(tx: Transaction, document_id: UUID, *, model: str | None = None) -> store.DocumentRow:
    """No attempt of the pipeline begins until the transaction ends."""
    ingestion_store.current_attempt(tx, document_id)
    return _editable_document(tx, document_id, model=model)


def _chunk(tx: Transaction, document_id: UUID, chunk_id: UUID) -> EditedChunk:
    if found := edits.find_chunk(tx, document_id, chunk_id):
        return found
    raise ChunkNotFoundError


def _require_others(document: store.DocumentRow) -> None:
    if document.chunk_count <= 1:
        raise LastChunkError


def _embed(editing: ChunkEditing, chunk: EditedChunk) -> list[list[float]]:
    from voicehelper.ingestion.steps.embed_chunks import embedding_text  # with its models: deletions need none

    embedder = of_model(editing.embedder(), editing.model)
    return [list(vector) for vector in embedder.embed_passages([embedding_text(chunk.chunk)])]


def _charge(tx: Transaction, tariff: Tariff, kb_id: UUID, chunk: EditedChunk) -> None:
    tokens = approximate_tokens(f"{chunk.title} {chunk.content}")
    charge(tx, Charge(tariff.model, 0, tokens, 0, tariff.cost_usd(tokens), kb_id, asked=False))


def _write(
    tx: Transaction, editing: ChunkEditing, document: store.DocumentRow, chunk: EditedChunk, vector: list[list[float]]
) -> None:
    ref = DocumentRef(tx.tenant_id, document.kb_id, document.id)
    opened = editing.index.open(tx)
    edits.save_edit(tx, ref, chunk)
    if chunk.enabled:
        text, vectors = editing.index.prepare_text([chunk.chunk]), editing.index.prepare_vectors([chunk.chunk], vector)
        opened.put_chunks(ref, text, vectors, document.metadata)
        if editing.tariff:
            _charge(tx, editing.tariff, document.kb_id, chunk)
    else:
        opened.remove_chunks(ref, [chunk.id])
    chunk_store.set_counts(tx, document.id, opened.count(ref))


def _view(chunk: EditedChunk) -> ChunkView:
    is_edited = chunk.origin == "file" and edits.text_digest(chunk.content) != chunk.original
    return ChunkView(
        id=chunk.id,
        sequence=chunk.seq,
        title=chunk.title,
        content=chunk.content,
        page=chunk.page,
        origin="edited" if is_edited else chunk.origin,
        enabled=chunk.enabled,
    )

"""PATCH /api/v1/knowledge/documents/{document_id}/chunks/{chunk_id}"""

from fastapi import APIRouter
from voicehelper import resources
from voicehelper.entry.dependencies import DatabaseDep, needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.knowledge import chunks
from voicehelper.knowledge.lifecycle import DocumentSupersededError
from voicehelper.knowledge.models import ChunkChange, ChunkView
from voicehelper.knowledge.store import DocumentNotFoundError
from voicehelper.shapes.id_types import ChunkId, DocumentId

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("write")])


@router.patch(
    "/knowledge/documents/{document_id}/chunks/{chunk_id}",
    summary="Change the text or the title of a chunk, or whether it is searched.",
    responses=errors(
        DocumentNotFoundError,
        chunks.ChunkNotFoundError,
        DocumentSupersededError,
        chunks.DocumentNotIndexedError,
        chunks.ChunkModelChangedError,
        chunks.ChunkChangedError,
        chunks.LastChunkError,
    ),
)
def change_chunk(document_id: DocumentId, chunk_id: ChunkId, change: ChunkChange, database: DatabaseDep) -> ChunkView:
    tariff = resources.tariffs().embedding
    editing = chunks.ChunkEditing(
        database, resources.chunk_index(), resources.embedding_model(), resources.embedder, tariff
    )
    return chunks.change_chunk(editing, document_id, chunk_id, change)


handler = lambda_handler(router)

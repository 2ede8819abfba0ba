"""DELETE /api/v1/knowledge/documents/{document_id}/chunks/{chunk_id}"""

from fastapi import APIRouter
from voicehelper import resources
from voicehelper.entry.dependencies import DatabaseDep, needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.knowledge import chunks
from voicehelper.knowledge.lifecycle import DocumentSupersededError
from voicehelper.knowledge.store import DocumentNotFoundError
from voicehelper.shapes.id_types import ChunkId, DocumentId

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("write")])


@router.delete(
    "/knowledge/documents/{document_id}/chunks/{chunk_id}",
    status_code=204,
    summary="Delete a chunk that was added; one of the file can be disabled.",
    responses=errors(
        DocumentNotFoundError,
        chunks.ChunkNotFoundError,
        DocumentSupersededError,
        chunks.DocumentNotIndexedError,
        chunks.ChunkNotAddedError,
        chunks.LastChunkError,
    ),
)
def remove_chunk(document_id: DocumentId, chunk_id: ChunkId, database: DatabaseDep) -> None:
    chunks.remove_chunk(database, document_id, chunk_id, index=resources.chunk_index())


handler = lambda_handler(router)

"""POST /api/v1/knowledge/documents/{document_id}/chunks"""

from fastapi import APIRouter
from voicehelper import resources
from voicehelper.entry.dependencies import DatabaseDep, needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.knowledge import chunks
from voicehelper.knowledge.lifecycle import DocumentSupersededError
from voicehelper.knowledge.models import ChunkView, NewChunk
from voicehelper.knowledge.store import DocumentNotFoundError
from voicehelper.shapes.id_types import DocumentId

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("write")])


@router.post(
    "/knowledge/documents/{document_id}/chunks",
    status_code=201,
    summary="Add a chunk at the end of a document; it is searched at once.",
    responses=errors(
        DocumentNotFoundError,
        DocumentSupersededError,
        chunks.DocumentNotIndexedError,
        chunks.ChunkModelChangedError,
    ),
)
def add_chunk(document_id: DocumentId, new: NewChunk, database: DatabaseDep) -> ChunkView:
    tariff = resources.tariffs().embedding
    editing = chunks.ChunkEditing(
        database, resources.chunk_index(), resources.embedding_model(), resources.embedder, tariff
    )
    return chunks.add_chunk(editing, document_id, new)


handler = lambda_handler(router)

"""PATCH /api/v1/knowledge/documents/{document_id}"""

from fastapi import APIRouter
from voicehelper import resources
from voicehelper.entry.dependencies import DatabaseDep, LanguageDep, needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.knowledge import changes
from voicehelper.knowledge.models import Document, DocumentChange
from voicehelper.knowledge.store import DocumentNotFoundError
from voicehelper.knowledge.uploads import MetadataInvalidError
from voicehelper.knowledge.views import document_view
from voicehelper.shapes.id_types import DocumentId

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("write")])


@router.patch(
    "/knowledge/documents/{document_id}",
    summary="Give a document other metadata, by which searches filter at once.",
    responses=errors(DocumentNotFoundError, MetadataInvalidError),
)
def update_document(
    document_id: DocumentId, change: DocumentChange, database: DatabaseDep, language: LanguageDep
) -> Document:
    with database.transaction() as tx:
        row = changes.update_document(tx, document_id, change, index=resources.chunk_index())
    return document_view(row, language)


handler = lambda_handler(router)

"""GET /api/v1/knowledge/documents/{document_id}/file: a citation's link; leads to the file at its page.

A browser that follows a link sends no Authorization header, so the link carries its own short-lived proof.
"""

from fastapi import APIRouter
from fastapi.responses import RedirectResponse
from voicehelper.entry.dependencies import ContentDep
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.entry.links import FileReaderDep
from voicehelper.identity.scopes import ScopeMissingError
from voicehelper.knowledge.links import InvalidLinkError, file_url
from voicehelper.knowledge.store import DocumentNotFoundError
from voicehelper.shapes.id_types import DocumentId

router = APIRouter(prefix=API_PREFIX)


@router.get(
    "/knowledge/documents/{document_id}/file",
    status_code=302,
    response_class=RedirectResponse,
    summary="The file itself; the link of a source leads here, and so does a token.",
    responses=errors(InvalidLinkError, ScopeMissingError, DocumentNotFoundError),
)
def open_document(document_id: DocumentId, reader: FileReaderDep, content: ContentDep) -> str:
    return file_url(reader, content, document_id)


handler = lambda_handler(router)

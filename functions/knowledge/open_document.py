"""GET /api/v1/knowledge/documents/{document_id}/file: a citation's link; leads to the file at its page.

A browser that follows a link sends no Authorization header, so the link carries its own short-lived proof.
"""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import RedirectResponse
from voicehelper.entry.dependencies import ContentDep, SystemDatabaseDep
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.knowledge.links import InvalidLinkError, open_link
from voicehelper.knowledge.store import DocumentNotFoundError
from voicehelper.resources import link_keys
from voicehelper.shapes.id_types import DocumentId

router = APIRouter(prefix=API_PREFIX)


@router.get(
    "/knowledge/documents/{document_id}/file",
    status_code=302,
    response_class=RedirectResponse,
    summary="The file itself; the link of a source leads here.",
    responses=errors(InvalidLinkError, DocumentNotFoundError),
)
def open_document(
    document_id: DocumentId,
    database: SystemDatabaseDep,
    content: ContentDep,
    token: Annotated[str, Query(max_length=2048)],
) -> str:
    return open_link(database, content, link_keys(), document_id, token)


handler = lambda_handler(router)

"""GET /api/v1/knowledge/documents/{document_id}/pages/{page}/boxes"""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from voicehelper.entry.dependencies import ContentDep, DatabaseDep, needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.knowledge.chunks import ChunkNotFoundError
from voicehelper.knowledge.models import PageBoxes
from voicehelper.knowledge.pages import (
    BoxesNotKeptError,
    NoPagesError,
    PageNotFoundError,
    QuoteMissingError,
    page_boxes,
)
from voicehelper.knowledge.quote_boxes import MAX_QUOTE
from voicehelper.knowledge.store import DocumentNotFoundError
from voicehelper.shapes.id_types import ChunkId, DocumentId

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("retrieve")])
_ERRORS = (
    DocumentNotFoundError,
    PageNotFoundError,
    NoPagesError,
    BoxesNotKeptError,
    ChunkNotFoundError,
    QuoteMissingError,
)


@router.get(
    "/knowledge/documents/{document_id}/pages/{page}/boxes",
    summary="Where a quote, or the text of a chunk, stands on a page.",
    responses=errors(*_ERRORS),
)
def get_page_boxes(
    document_id: DocumentId,
    page: Annotated[int, Path(ge=1, le=100_000)],
    database: DatabaseDep,
    content: ContentDep,
    quote: Annotated[str, Query(max_length=MAX_QUOTE)] = "",
    chunk_id: ChunkId | None = None,
) -> PageBoxes:
    return page_boxes(database, document_id, page, quote=quote, chunk_id=chunk_id, content=content)


handler = lambda_handler(router)

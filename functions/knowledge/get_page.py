"""GET /api/v1/knowledge/documents/{document_id}/pages/{page}"""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Response
from voicehelper.entry.dependencies import ContentDep, DatabaseDep, needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.knowledge.pages import NoPagesError, PageNotDrawnError, PageNotFoundError, page_picture
from voicehelper.knowledge.store import DocumentNotFoundError
from voicehelper.resources import draw_page
from voicehelper.shapes.id_types import DocumentId

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("retrieve")])


# Of image/webp generators of clients know nothing, and leave the operation out.
_BINARY: Final[dict[str, Any]] = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}


@router.get(
    "/knowledge/documents/{document_id}/pages/{page}",
    response_class=Response,
    summary="The picture of a page, of a PDF or a picture file.",
    responses={
        200: {"description": "image/webp", "content": _BINARY},
        **errors(DocumentNotFoundError, PageNotFoundError, NoPagesError, PageNotDrawnError),
    },
)
def get_page(
    document_id: DocumentId, page: Annotated[int, Path(ge=1, le=100_000)], database: DatabaseDep, content: ContentDep
) -> Response:
    picture = page_picture(database, document_id, page, content=content, draw=draw_page)
    return Response(picture, media_type="image/webp", headers={"cache-control": "private, no-cache"})


handler = lambda_handler(router)

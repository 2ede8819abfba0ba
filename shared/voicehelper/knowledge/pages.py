"""The pages of a document as pictures, and where a quote stands on one.

``functions/knowledge/get_page.py`` and ``get_page_boxes.py`` call it. Whoever may see the document may see its pages,
those of a version that does not answer any more too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from voicehelper.adapters.content import ContentStore
from voicehelper.adapters.database import TenantDatabase, Transaction
from voicehelper.errors import ConflictError, InvalidInputError, NotFoundError
from voicehelper.ingestion.events import PageRequested
from voicehelper.ingestion.filenames import TYPES_BY_EXTENSION, extension
from voicehelper.ingestion.layouts import first_of_batch, layout_of_page
from voicehelper.ingestion.steps.keys import layout_key, page_picture_key
from voicehelper.knowledge import chunk_store, store
from voicehelper.knowledge.chunks import ChunkNotFoundError
from voicehelper.knowledge.models import PageBox, PageBoxes
from voicehelper.knowledge.quote_boxes import boxes_of_quote
from voicehelper.shapes.document_ref import DocumentRef
from voicehelper.shapes.recognition import Box

# Hands a ``PageRequested`` over to the function that draws pages, and waits for its result.
Draw = Callable[[dict[str, Any]], Mapping[str, Any]]
_PAGED_TYPES: Final = ("pdf", "image")
_PAGE_NOT_FOUND: Final = "page_not_found"
_DIGITS: Final = 5  # of a fraction of a page


class PageNotFoundError(NotFoundError):
    """The document has no page of this number."""

    code = "PAGE_NOT_FOUND"


class NoPagesError(NotFoundError):
    """A text, a table or a mail, whose pages nobody has set; or slides, which no program here draws."""

    code = "DOCUMENT_HAS_NO_PAGES"


class PageNotDrawnError(ConflictError):
    """The file is damaged, locked, or not there yet."""

    code = "PAGE_NOT_DRAWN"


class BoxesNotKeptError(NotFoundError):
    """The document was read before boxes were kept, or has not been read yet."""

    code = "PAGE_BOXES_NOT_KEPT"


class QuoteMissingError(InvalidInputError):
    """Neither a quote nor a chunk of the document was given."""

    code = "QUOTE_MISSING"


def page_picture(tenant: TenantDatabase, document_id: UUID, number: int, *, content: ContentStore, draw: Draw) -> bytes:
    """A WebP, drawn at the first call and kept with the document."""
    with tenant.transaction() as tx:
        row = _paged_document(tx, document_id, number)
    ref = DocumentRef(tenant.tenant_id, row.kb_id, document_id)
    key = page_picture_key(ref, row.source_attempt, number)
    if picture := content.find(key):
        return picture
    request = PageRequested(
        tenant_id=tenant.tenant_id,
        kb_id=row.kb_id,
        document_id=document_id,
        source_attempt=row.source_attempt,
        filename=row.filename,
        page=number,
    )
    if reason := draw(request.model_dump(mode="json"))["reason"]:
        raise PageNotFoundError if reason == _PAGE_NOT_FOUND else PageNotDrawnError(details={"reason": reason})
    return content.get(key)


def page_boxes(
    tenant: TenantDatabase,
    document_id: UUID,
    number: int,
    *,
    quote: str,
    chunk_id: UUID | None,
    content: ContentStore,
) -> PageBoxes:
    """Of the quote, or of the chunk's text where there is no quote."""
    with tenant.transaction() as tx:
        row = _paged_document(tx, document_id, number)
        wanted = quote or (chunk_store.chunk_text(tx, document_id, chunk_id) if chunk_id else "")
    if not wanted.strip():
        raise QuoteMissingError if chunk_id is None else ChunkNotFoundError
    ref = DocumentRef(tenant.tenant_id, row.kb_id, document_id)
    batch = content.find(layout_key(ref, first_of_batch(number)))
    layout = layout_of_page(batch, number) if batch else None
    if layout is None:
        raise BoxesNotKeptError
    found = boxes_of_quote(layout, wanted)
    return PageBoxes(page=number, boxes=[_rounded(box) for box in found.boxes], matched=round(found.matched, 4))


def _rounded(box: Box) -> PageBox:
    return round(box.x0, _DIGITS), round(box.y0, _DIGITS), round(box.x1, _DIGITS), round(box.y1, _DIGITS)


def _paged_document(tx: Transaction, document_id: UUID, number: int) -> store.DocumentRow:
    row = store.get_document(tx, document_id)
    if TYPES_BY_EXTENSION.get(extension(row.filename)) not in _PAGED_TYPES:
        raise NoPagesError
    if row.pages_total and number > row.pages_total:
        raise PageNotFoundError(details={"pages": row.pages_total})
    return row

"""Links that open a cited document at its page: ``LinkMaker`` makes them, ``open_link`` resolves them.

A browser that follows a link sends no Authorization header, so the link contains a token of a kind of its own, for one
document, one tenant and one hour. It is accepted nowhere else, and access tokens are not accepted here.
"""

from __future__ import annotations

import mimetypes
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from voicehelper.adapters.content import ContentStore
from voicehelper.adapters.database import Database
from voicehelper.identity.keys import KeyRing
from voicehelper.identity.tokens import Claims, issue, verify
from voicehelper.knowledge.store import DocumentNotFoundError, get_document
from voicehelper.shapes.document_ref import DocumentRef
from voicehelper.shapes.ids import show

LIFE_S: Final = 3600
# Displayed in the browser. Everything else is downloaded: an uploaded HTML page must not run in our origin.
_INLINE_TYPES: Final = ("application/pdf", "image/png", "image/jpeg", "text/plain")


@dataclass(frozen=True, slots=True)
class LinkMaker:
    """(document, page) → URL; the page is a fragment, as PDF viewers read it (RFC 8118 §3).

    ``base_url`` empty makes links relative.
    """

    keys: KeyRing
    tenant_id: UUID
    base_url: str
    clock: Callable[[], float] = time.time

    def __call__(self, document_id: UUID, page: int | None) -> str:
        claims = Claims(subject=document_id, tenant_id=self.tenant_id)
        token = issue(self.keys, claims, "file+jwt", life_s=LIFE_S, now=int(self.clock()))
        fragment = f"#page={page}" if page else ""
        path = f"/api/v1/knowledge/documents/{show('doc', document_id)}/file"
        return f"{self.base_url}{path}?token={token}{fragment}"


def open_link(database: Database, content: ContentStore, keys: KeyRing, document_id: UUID, token: str) -> str:
    """A short-lived URL of the file; InvalidTokenError, or DocumentNotFoundError after its deletion."""
    claims = verify(keys, token, "file+jwt")
    if claims.subject != document_id:
        raise DocumentNotFoundError
    with database.transaction(claims.tenant_id) as tx:
        row = get_document(tx, document_id)
    key = DocumentRef(claims.tenant_id, row.kb_id, document_id).source_key(row.source_attempt)
    guess = mimetypes.guess_type(row.filename)[0] or ""
    content_type = guess if guess in _INLINE_TYPES else "application/octet-stream"
    return content.link(key, filename=row.filename, content_type=content_type, expires_in=300)

"""Links that open a cited document at its page.

A browser that follows a link sends no Authorization header, so the link carries a token of its own kind: one
document, one tenant, one hour. It is not accepted anywhere else, nor is an access token accepted here.
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
# Shown by a browser itself. Everything else is downloaded: an uploaded HTML page must never run as ours.
_SHOWN: Final = ("application/pdf", "image/png", "image/jpeg", "text/plain")


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
    """Where the file itself is; InvalidTokenError, or DocumentNotFoundError once it was deleted."""
    claims = verify(keys, token, "file+jwt")
    if claims.subject != document_id:
        raise DocumentNotFoundError
    with database.transaction(claims.tenant_id) as tx:
        row = get_document(tx, document_id)
    key = DocumentRef(claims.tenant_id, row.kb_id, document_id).source_key
    kind = mimetypes.guess_type(row.filename)[0] or "application/octet-stream"
    shown = kind if kind in _SHOWN else "application/octet-stream"
    return content.link(key, filename=row.filename, content_type=shown, expires_in=300)

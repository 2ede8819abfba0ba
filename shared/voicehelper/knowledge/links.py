"""Links that open a cited document at its page.

A browser that follows a link sends no Authorization header, so the link carries a token of its own kind: one
document, one tenant, one hour. It is not accepted anywhere else, nor is an access token accepted here.
"""

from __future__ import annotations

import mimetypes
import time
from collections.abc import Callable
from uuid import UUID

from voicehelper.adapters.content import ContentStore
from voicehelper.adapters.database import Database
from voicehelper.identity.keys import KEYS
from voicehelper.identity.tokens import Identity, issue, verify
from voicehelper.ingestion.events import document_prefix, source_key
from voicehelper.knowledge.documents_store import DocumentNotFoundError, get_document
from voicehelper.settings import settings
from voicehelper.shapes.ids import NOWHERE, show

LIFE_S = 3600
# Shown by a browser itself. Everything else is downloaded: an uploaded HTML page must never run as ours.
_SHOWN = ("application/pdf", "image/png", "image/jpeg", "text/plain")


def link_maker(tenant_id: UUID) -> Callable[[UUID, int | None], str]:
    """(document, page) → URL; the page is a fragment, as PDF viewers read it (RFC 8118 §3)."""

    def make(document_id: UUID, page: int | None) -> str:
        identity = Identity(user_id=document_id, tenant_id=tenant_id, family_id=NOWHERE)
        token = issue(KEYS, identity, "file+jwt", life_s=LIFE_S, now=int(time.time()))
        fragment = f"#page={page}" if page else ""
        path = f"/api/v1/knowledge/documents/{show('doc', document_id)}/file"
        return f"{settings().public_base_url}{path}?token={token}{fragment}"

    return make


def open_link(database: Database, content: ContentStore, document_id: UUID, token: str) -> str:
    """Where the file itself is; InvalidTokenError, or DocumentNotFoundError once it was deleted."""
    identity = verify(KEYS, token, "file+jwt")
    if identity.user_id != document_id:
        raise DocumentNotFoundError
    with database.transaction(identity.tenant_id) as conn:
        row = get_document(conn, document_id, tenant_id=identity.tenant_id)
    key = source_key(document_prefix(identity.tenant_id, row["kb_id"], document_id))
    kind = mimetypes.guess_type(row["filename"])[0] or "application/octet-stream"
    shown = kind if kind in _SHOWN else "application/octet-stream"
    return content.link(key, filename=row["filename"], content_type=shown, expires_in=300)

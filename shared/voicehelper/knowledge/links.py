"""Links that open a cited document at its page: ``LinkMaker`` makes them, ``reader_of_link``
and ``file_url`` resolve them.

A browser that follows a link sends no Authorization header, so the link contains a proof of a kind of its own, for one
document, one hour and whoever was given it: it opens what they may see when it is followed. It is no token: nothing
else accepts it, and access tokens are not accepted here.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import mimetypes
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from voicehelper.adapters.content import ContentStore
from voicehelper.adapters.database import Database, TenantDatabase
from voicehelper.errors import UnauthenticatedError
from voicehelper.identity.keys import KeyRing
from voicehelper.index.rights import maker_of_key
from voicehelper.knowledge.store import get_document
from voicehelper.shapes.document_ref import DocumentRef
from voicehelper.shapes.ids import NOWHERE, show
from voicehelper.shapes.viewer import Viewer

LIFE_S: Final = 3600
# Displayed in the browser. Everything else is downloaded: an uploaded HTML page must not run in our origin.
_INLINE_TYPES: Final = ("application/pdf", "image/png", "image/jpeg", "text/plain")
# Tenant, who was given the link and whether that is a key, and the second at which it ends; then a MAC of 128 bits
# (RFC 2104 §5) over all of them and the document.
_CLAIMS: Final = struct.Struct(">16s16s?Q")
_MAC_BYTES: Final = 16
_PURPOSE: Final = b"voicehelper document link\0"


class InvalidLinkError(UnauthenticatedError):
    """The proof is forged, of another document, or older than an hour."""

    code = "INVALID_TOKEN"


@dataclass(frozen=True, slots=True)
class LinkMaker:
    """(document, page) → URL; the page is a fragment, as PDF viewers read it (RFC 8118 §3).

    ``base_url`` empty makes links relative.
    """

    keys: KeyRing
    tenant_id: UUID
    viewer: Viewer
    base_url: str
    clock: Callable[[], float] = time.time

    def __call__(self, document_id: UUID, page: int | None) -> str:
        key_id, secret = self.keys.signing()
        given_to = self.viewer.key_id or self.viewer.user_id
        is_key = self.viewer.key_id is not None
        claims = _CLAIMS.pack(self.tenant_id.bytes, given_to.bytes, is_key, int(self.clock()) + LIFE_S)
        proof = base64.urlsafe_b64encode(claims + _mac(secret, document_id, claims)).decode().rstrip("=")
        fragment = f"#page={page}" if page else ""
        path = f"/api/v1/knowledge/documents/{show('doc', document_id)}/file"
        return f"{self.base_url}{path}?token={key_id}.{proof}{fragment}"


def _mac(secret: bytes, document_id: UUID, claims: bytes) -> bytes:
    return hmac.digest(secret, _PURPOSE + document_id.bytes + claims, hashlib.sha256)[:_MAC_BYTES]


@dataclass(frozen=True, slots=True)
class Proof:
    """``given_to`` is a member, or a key if ``is_key``."""

    tenant_id: UUID
    given_to: UUID
    is_key: bool


def verify_proof(keys: KeyRing, document_id: UUID, proof: str, *, now: float) -> Proof:
    """InvalidLinkError for a link that is not ours, or is over."""
    key_id, _, text = proof.partition(".")
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        tenant, given_to, is_key, ends_at = _CLAIMS.unpack(raw[: _CLAIMS.size])
    except (ValueError, struct.error) as error:
        raise InvalidLinkError(type(error).__name__) from error
    secret = keys.verifying(key_id)
    genuine = secret and hmac.compare_digest(raw[_CLAIMS.size :], _mac(secret, document_id, raw[: _CLAIMS.size]))
    if not genuine or ends_at <= now:
        raise InvalidLinkError
    return Proof(UUID(bytes=tenant), UUID(bytes=given_to), is_key)


def reader_of_link(database: Database, keys: KeyRing, document_id: UUID, token: str) -> TenantDatabase:
    """What the link was given for, read by whom it was given to; InvalidLinkError."""
    proof = verify_proof(keys, document_id, token, now=time.time())
    return TenantDatabase(database, proof.tenant_id, _viewer(database, proof))


def file_url(reader: TenantDatabase, content: ContentStore, document_id: UUID) -> str:
    """A short-lived URL of the file; DocumentNotFoundError for who may not see it (any more)."""
    with reader.transaction() as tx:
        row = get_document(tx, document_id)
    key = DocumentRef(reader.tenant_id, row.kb_id, document_id).source_key(row.source_attempt)
    guess = mimetypes.guess_type(row.filename)[0] or ""
    content_type = guess if guess in _INLINE_TYPES else "application/octet-stream"
    return content.link(key, filename=row.filename, content_type=content_type, expires_in=300)


def _viewer(database: Database, proof: Proof) -> Viewer:
    if not proof.is_key:
        return Viewer(proof.given_to)
    with database.transaction(proof.tenant_id) as tx:
        return Viewer(maker_of_key(tx, proof.given_to) or NOWHERE, proof.given_to)

"""Uploads of files: in the request, or announced and sent to storage directly.

``receive`` is the entry; ``functions/knowledge/upload_document.py`` calls it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from voicehelper.adapters.content import ContentStore
from voicehelper.adapters.database import TenantDatabase
from voicehelper.errors import InvalidInputError, PayloadTooLargeError
from voicehelper.index.rights import require_right
from voicehelper.ingestion.filenames import clean_filename, require_readable
from voicehelper.knowledge import store
from voicehelper.knowledge.models import DirectUpload, NewDirectUpload, UploadAccepted
from voicehelper.messages.catalogue import message_for
from voicehelper.messages.language import Language
from voicehelper.observability.traces import labels, note
from voicehelper.shapes.bodies import is_storable
from voicehelper.shapes.document_ref import DocumentRef
from voicehelper.shapes.ids import new_id

# Lambda takes 6 MB of request, base64 included: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
MAX_INLINE_BYTES: Final = 4_500_000
MAX_UPLOAD_BYTES: Final = 500_000_000
UPLOAD_FORM_LIFE_S: Final = 3600
MAX_METADATA_CHARS: Final = 16_384


class EmptyFileError(InvalidInputError):
    code = "EMPTY_FILE"


class MetadataInvalidError(InvalidInputError):
    code = "METADATA_INVALID"


@dataclass(frozen=True, slots=True)
class InlineFile:
    """A file in a multipart request; ``metadata`` is JSON text that has not been checked."""

    filename: str
    body: bytes
    metadata: str


def parse_metadata(text: str) -> dict[str, Any]:
    """The ``metadata`` field of an upload: a JSON object within bounds of size and depth; or MetadataInvalidError."""
    try:
        value = json.loads(text or "{}")
    except (ValueError, RecursionError) as error:
        raise MetadataInvalidError(str(error)) from error
    if not isinstance(value, dict) or len(text) > MAX_METADATA_CHARS or not is_storable(value):
        raise MetadataInvalidError("not a JSON object of at most 16 kB")
    return value


def receive(
    tenant: TenantDatabase, content: ContentStore, kb_id: UUID, upload: InlineFile | NewDirectUpload, language: Language
) -> UploadAccepted | DirectUpload:
    if isinstance(upload, InlineFile):
        return store_upload(tenant, content, kb_id, upload, language)
    return announce_upload(tenant, content, kb_id, upload, language)


def store_upload(
    tenant: TenantDatabase, content: ContentStore, kb_id: UUID, file: InlineFile, language: Language
) -> UploadAccepted:
    """Store a file from the request. The event of the stored object starts the pipeline, not this function.

    The row is written first: if the object is not stored after that, repeating the upload continues it.
    """
    name, metadata = _checked_name(file.filename), parse_metadata(file.metadata)
    _check_size(len(file.body), limit=MAX_INLINE_BYTES, use="direct upload (JSON body)")
    ref = DocumentRef(tenant.tenant_id, kb_id, new_id())
    new = store.NewDocument(ref, name, len(file.body), metadata, hashlib.sha256(file.body).digest())
    document = _announce(tenant, new)
    if document.awaits_file:
        content.put(_file_key(document, new), file.body)
    return upload_accepted(document.id, language, document.status)


def announce_upload(
    tenant: TenantDatabase, content: ContentStore, kb_id: UUID, new: NewDirectUpload, language: Language
) -> UploadAccepted | DirectUpload:
    """A form for sending a large file directly to storage; the event of the stored object starts the pipeline.

    Bytes that the base already holds or works on need no form, which would only let others take their place: the answer
    is that of an upload in the request.
    """
    name = _checked_name(new.filename)
    _check_size(new.size_bytes, limit=MAX_UPLOAD_BYTES)
    parse_metadata(json.dumps(new.metadata))
    digest = bytes.fromhex(new.sha256) if new.sha256 else None
    ref = DocumentRef(tenant.tenant_id, kb_id, new_id())
    new_document = store.NewDocument(ref, name, new.size_bytes, new.metadata, digest)
    document = _announce(tenant, new_document)
    if not document.awaits_file:
        return upload_accepted(document.id, language, document.status)
    key = _file_key(document, new_document)
    form = content.upload_form(key, size_bytes=new.size_bytes, sha256=digest, expires_in=UPLOAD_FORM_LIFE_S)
    return DirectUpload(
        document_id=document.id, upload_url=form["url"], fields=form["fields"], expires_in=UPLOAD_FORM_LIFE_S
    )


def _checked_name(filename: str) -> str:
    name = clean_filename(filename)
    require_readable(name)
    return name


def _check_size(size_bytes: int, *, limit: int, **advice: str) -> None:
    if not size_bytes:
        raise EmptyFileError
    if size_bytes > limit:
        raise PayloadTooLargeError(details={"max_bytes": limit, **advice})


def _announce(tenant: TenantDatabase, new: store.NewDocument) -> store.AnnouncedDocument:
    with tenant.transaction() as tx:
        require_right(tx, new.ref.kb_id, "write")
        document = store.announce_document(tx, new)
    note(**labels(document=document.id))
    return document


def _file_key(document: store.AnnouncedDocument, new: store.NewDocument) -> str:
    return DocumentRef(new.ref.tenant_id, new.ref.kb_id, document.id).source_key(document.attempt)


def upload_accepted(document_id: UUID, language: Language, status: str = "processing") -> UploadAccepted:
    code = "UPLOAD_ACCEPTED" if status == "processing" else "UPLOAD_KNOWN"
    return UploadAccepted(document_id=document_id, status=status, message=message_for(code, language))

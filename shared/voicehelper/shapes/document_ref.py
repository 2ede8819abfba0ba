"""``DocumentRef``: the ids of a document, its knowledge base and its tenant, and the storage keys derived from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

_FOLDER = "documents"


@dataclass(frozen=True, slots=True)
class DocumentRef:
    """All objects of a document are under ``prefix``, so events need not contain storage keys."""

    tenant_id: UUID
    kb_id: UUID
    document_id: UUID

    @property
    def prefix(self) -> str:
        return f"{base_prefix(self.tenant_id, self.kb_id)}{self.document_id}/"

    def source_key(self, attempt: int) -> str:
        """Key of the file that was uploaded for an attempt, so that the form of one never replaces another's file.

        0 stands for files from before attempts were part of the key.
        """
        return f"{self.prefix}{attempt}/source" if attempt else f"{self.prefix}source"


def base_prefix(tenant_id: UUID, kb_id: UUID) -> str:
    return f"{_FOLDER}/{tenant_id}/{kb_id}/"


class SourceFile(NamedTuple):
    """An uploaded file: of which document, and for which of its attempts."""

    ref: DocumentRef
    attempt: int


def source_of_key(key: str) -> SourceFile | None:
    """The inverse of ``source_key``; None for other keys."""
    *folders, name = key.split("/")
    ids = folders[1:]
    if folders[:1] != [_FOLDER] or name != "source" or len(ids) not in (3, 4):
        return None
    try:
        ref, attempt = DocumentRef(*map(UUID, ids[:3])), int(*ids[3:])
    except ValueError:
        return None
    return SourceFile(ref, attempt) if attempt >= 0 and key == ref.source_key(attempt) else None

"""``DocumentRef``: the ids of a document, its knowledge base and its tenant, and the storage keys derived from them."""

from __future__ import annotations

from dataclasses import dataclass
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

    @property
    def source_key(self) -> str:
        """Key of the uploaded file."""
        return f"{self.prefix}source"


def base_prefix(tenant_id: UUID, kb_id: UUID) -> str:
    return f"{_FOLDER}/{tenant_id}/{kb_id}/"


def ref_of_key(key: str) -> DocumentRef | None:
    """The document of an uploaded file; None for a key that is not a ``source_key``."""
    parts = key.split("/")
    if len(parts) != 5 or parts[0] != _FOLDER or parts[4] != "source":
        return None
    try:
        return DocumentRef(*map(UUID, parts[1:4]))
    except ValueError:
        return None

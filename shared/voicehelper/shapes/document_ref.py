"""Which document it is: of which base, of which tenant. The three ids always travel together, as one value."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

_FOLDER = "documents"


@dataclass(frozen=True, slots=True)
class DocumentRef:
    """Everything stored for a document lies under ``prefix``, so that no event carries a storage key."""

    tenant_id: UUID
    kb_id: UUID
    document_id: UUID

    @property
    def prefix(self) -> str:
        return f"{base_prefix(self.tenant_id, self.kb_id)}{self.document_id}/"

    @property
    def source_key(self) -> str:
        """Where the uploaded file is."""
        return f"{self.prefix}source"


def base_prefix(tenant_id: UUID, kb_id: UUID) -> str:
    return f"{_FOLDER}/{tenant_id}/{kb_id}/"


def ref_of_key(key: str) -> DocumentRef | None:
    """The document an uploaded object belongs to; None for a key that is not an upload's."""
    parts = key.split("/")
    if len(parts) != 5 or parts[0] != _FOLDER or parts[4] != "source":
        return None
    try:
        return DocumentRef(*map(UUID, parts[1:4]))
    except ValueError:
        return None

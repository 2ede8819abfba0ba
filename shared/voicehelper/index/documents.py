"""The facts of documents that sources show; ``answering`` reads them beside the search, in its transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from voicehelper.adapters.database import Transaction


@dataclass(frozen=True, slots=True)
class _NamedDocument:
    id: UUID
    filename: str


_FILENAMES: Final = "SELECT id, filename FROM document WHERE tenant_id = %(tenant_id)s AND id = ANY(%(ids)s)"


def read_filenames(tx: Transaction, document_ids: Iterable[UUID]) -> Mapping[UUID, str]:
    """By document; no statement without documents."""
    ids = list(set(document_ids))
    return {row.id: row.filename for row in tx.all(_NamedDocument, _FILENAMES, ids=ids)} if ids else {}


def hidden_documents(tx: Transaction, document_ids: Iterable[UUID]) -> set[UUID]:
    """Those that the viewer may not see (any more), or that are deleted; none, and no statement, for who sees all."""
    ids = set(document_ids) if tx.is_limited else set()
    return ids - read_filenames(tx, ids).keys()

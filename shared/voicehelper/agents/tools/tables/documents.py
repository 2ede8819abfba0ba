"""The document that a query names, by its id or its file's name; ``find_document`` is the entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final
from uuid import UUID

from voicehelper.adapters.database import Transaction
from voicehelper.agents.tools.protocol import ToolError
from voicehelper.shapes.ids import parse

_MAX_CANDIDATES: Final = 50
_SHOWN_NAMES: Final = 5


@dataclass(frozen=True, slots=True)
class NamedDocument:
    id: UUID
    kb_id: UUID
    filename: str


# Indexed documents that answer, so neither earlier versions nor deleted ones. The shorter a name, the more of it is
# the part that was named, so the limit leaves out no better match.
_CANDIDATES: Final = """
    SELECT d.id, d.kb_id, d.filename FROM document AS d
      JOIN knowledge_base AS b ON b.id = d.kb_id AND b.tenant_id = d.tenant_id AND b.status = 'active'
     WHERE d.tenant_id = %(tenant_id)s AND d.status = 'indexed' AND d.superseded_by IS NULL
       AND (cardinality(%(kb_ids)s::uuid[]) = 0 OR d.kb_id = ANY(%(kb_ids)s))
       AND (d.id = %(id)s OR position(lower(%(name)s) IN lower(d.filename)) > 0)
     ORDER BY coalesce(d.id = %(id)s, false) DESC, length(d.filename), d.created_at DESC, d.id DESC LIMIT %(limit)s
"""


def find_document(tx: Transaction, named: str, kb_ids: Sequence[UUID]) -> NamedDocument:
    """By id, whole name, name without extension, or a part of the name, in this order.

    ToolError TABLE_DOCUMENT_NOT_FOUND, or TABLE_DOCUMENT_AMBIGUOUS where several match alike. ``kb_ids`` empty means
    all bases of the tenant.
    """
    name = named.strip().strip("\"'《》“”「」").strip()
    values = {"id": _id_of(name), "name": name, "kb_ids": list(kb_ids), "limit": _MAX_CANDIDATES}
    candidates = tx.all(NamedDocument, _CANDIDATES, **values)
    best = min((_distance(name, document) for document in candidates), default=None)
    nearest = [document for document in candidates if _distance(name, document) == best]
    if not nearest:
        raise ToolError("TABLE_DOCUMENT_NOT_FOUND", document=name)
    if len(nearest) > 1:
        names = ", ".join(document.filename for document in nearest[:_SHOWN_NAMES])
        raise ToolError("TABLE_DOCUMENT_AMBIGUOUS", document=name, names=names)
    return nearest[0]


def _id_of(text: str) -> UUID | None:
    try:
        return parse("doc", text)
    except ValueError:
        return None


def _distance(name: str, document: NamedDocument) -> int:
    exact, folded = document.filename, document.filename.lower()
    forms = (document.id == _id_of(name), exact == name, folded == name.lower())
    stems = (PurePath(folded).stem == name.lower(), True)
    return next(rank for rank, matches in enumerate((*forms, *stems)) if matches)

"""The document that is expected to answer, by its id or its name; ``diagnose`` calls ``find_document``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from voicehelper.adapters.database import Transaction
from voicehelper.index.filters import parse_filter
from voicehelper.index.pgvector.conditions import condition_of
from voicehelper.retrieval.question import Question


@dataclass(frozen=True, slots=True)
class ExpectedDocument:
    """``replaced_by`` is the version that answers instead; ``passes_filter``: the question's filter lets it in."""

    id: UUID
    filename: str
    status: str
    error_code: str | None
    version: int
    replaced_by: int | None
    passes_filter: bool


# A current version before a superseded one, a searched one before one that is still read, the exact name before others.
DOCUMENT: Final = r"""
    SELECT d.id, d.filename, d.status, d.error_code, d.version, by.version AS replaced_by,
           ({condition}) AS passes_filter
      FROM document AS d
      LEFT JOIN document AS by ON by.id = d.superseded_by AND by.tenant_id = d.tenant_id
     WHERE d.tenant_id = %(tenant_id)s AND d.kb_id = %(kb_id)s AND d.status <> 'deleting'
       AND (%(id)s::uuid IS NULL OR d.id = %(id)s)
       AND (%(filename)s::text IS NULL
            OR lower(normalize(%(filename)s, NFKC)) IN (
               lower(normalize(d.filename, NFKC)), lower(normalize(regexp_replace(d.filename, '\.[^.]+$', ''), NFKC))))
     ORDER BY d.superseded_by IS NOT NULL, d.status <> 'indexed', d.filename <> %(filename)s, d.version DESC, d.id DESC
     LIMIT 1
"""


def find_document(
    tx: Transaction, question: Question, *, document_id: UUID | None, filename: str | None
) -> ExpectedDocument | None:
    """None if the question's only base has none of the id and name."""
    (kb_id,) = question.base_ids or ()
    values: dict[str, Any] = {"kb_id": kb_id, "id": document_id, "filename": filename}
    condition = condition_of(parse_filter(question.metadata), "d.metadata")
    return tx.one(ExpectedDocument, DOCUMENT.replace("{condition}", condition.text), **values, **condition.values)

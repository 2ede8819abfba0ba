"""The facts of knowledge bases that search and ingestion need; ``knowledge`` manages the bases themselves.

``read_bases`` is the entry of answering, ``require_base`` that of uploads and conversations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from voicehelper.adapters.database import Transaction
from voicehelper.errors import NotFoundError


class KnowledgeBaseNotFoundError(NotFoundError):
    code = "KNOWLEDGE_BASE_NOT_FOUND"


@dataclass(frozen=True, slots=True)
class BaseFacts:
    """``vector_leg`` is None until the self-check of the base's text has decided whether the embedding suits it.

    ``revision`` grows with every change of the base's searchable content. ``indexes`` are the kinds of partial indexes
    that a large base has and a search may use. ``names`` are (key, other name) of what the question names and the base
    calls something else, too.
    """

    id: UUID
    embedding_model: str
    vector_leg: bool | None
    revision: int
    indexes: Sequence[str] = ()
    names: Sequence[Sequence[str]] = ()


_FACTS: Final = """
    SELECT id, embedding_model, vector_leg, revision,
           ARRAY(SELECT x.kind FROM large_index AS x
                   JOIN pg_index AS i ON i.indexrelid = to_regclass('public.' || x.name) AND i.indisvalid
                  WHERE x.kb_id = knowledge_base.id AND x.tenant_id = %(tenant_id)s AND x.usable) AS indexes,
           ARRAY(SELECT ARRAY[n.key, n.other] FROM declared_name AS n
                  WHERE n.kb_id = knowledge_base.id AND n.tenant_id = %(tenant_id)s AND n.key = ANY(%(keys)s::text[])
                  GROUP BY n.key, n.other ORDER BY length(n.key) DESC, count(*) DESC, n.other LIMIT 12) AS names
      FROM knowledge_base
     WHERE tenant_id = %(tenant_id)s AND status = 'active' AND (%(ids)s::uuid[] IS NULL OR id = ANY(%(ids)s))
"""


def read_bases(tx: Transaction, base_ids: Sequence[UUID] | None, keys: Sequence[str] = ()) -> list[BaseFacts]:
    """None means every base of the tenant. KnowledgeBaseNotFoundError if one of ``base_ids`` does not exist.

    ``keys`` are those of the names that a question may hold.
    """
    bases = tx.all(BaseFacts, _FACTS, ids=None if base_ids is None else list(base_ids), keys=list(keys))
    if base_ids is not None and len(bases) < len(set(base_ids)):
        raise KnowledgeBaseNotFoundError
    return bases


def require_base(tx: Transaction, kb_id: UUID) -> BaseFacts:
    """KnowledgeBaseNotFoundError for a base that is unknown, another tenant's or being deleted."""
    return read_bases(tx, [kb_id])[0]


_TOUCH: Final = "UPDATE knowledge_base SET revision = revision + 1 WHERE id = %(kb_id)s AND tenant_id = %(tenant_id)s"
_FORGET_ANSWERS: Final = """
    DELETE FROM cached_answer WHERE tenant_id = %(tenant_id)s AND kb_ids @> ARRAY[%(kb_id)s::uuid]
"""


def touch_base(tx: Transaction, kb_id: UUID) -> None:
    """Increase the revision after a change of what the base can answer, and delete its cached answers.

    The index calls it for every change of its content. Whoever changes something else that an answer shows, such as a
    document's name, calls it in the same transaction.
    """
    tx.run(_TOUCH, kb_id=kb_id)
    # A statement of its own, after the row's lock: it sees the answers that were being stored until then.
    tx.run(_FORGET_ANSWERS, kb_id=kb_id)

"""Cached answers as rows beside the bases that they were read from; ``answering/cached.py`` says what is in them.

``read_bases_and_answer`` reads the facts of the bases and the answer in one statement, ``store_answer`` writes one, and
``bases.touch_base`` deletes those of a base that changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import psycopg

from voicehelper.adapters.database import Transaction
from voicehelper.errors import DatabaseError
from voicehelper.index.bases import BaseFacts, KnowledgeBaseNotFoundError
from voicehelper.index.literals import vector_literal
from voicehelper.models.protocols import Vector

MOST_ANSWERS: Final = 1000  # of one tenant; the oldest give way


class AnswerLookupError(DatabaseError):
    """The cached answers cannot be read; without them the question can be answered all the same."""


@dataclass(frozen=True, slots=True)
class AnswerKey:
    """Hashes: of all that shapes an answer but the question's words, of the words, and of their ``form`` without those
    that only ask. ``vector`` is the question's; None looks for the exact words alone.
    """

    options: bytes
    question: bytes
    form: bytes
    vector: Vector | None = None

    @property
    def values(self) -> dict[str, object]:
        literal = None if self.vector is None else vector_literal(self.vector)
        return {"options": self.options, "question": self.question, "form": self.form, "vector": literal}


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """``answer`` is JSON, valid for ``left_s`` seconds while the bases are at ``version``."""

    answer: str
    version: str
    is_exact: bool
    left_s: float


@dataclass(frozen=True, slots=True)
class _Row:
    id: UUID
    embedding_model: str
    vector_leg: bool | None
    revision: int
    indexes: Sequence[str]
    names: Sequence[Sequence[str]]
    answer: str | None
    version: str | None
    is_exact: bool | None
    left_s: float | None

    @property
    def facts(self) -> BaseFacts:
        return BaseFacts(self.id, self.embedding_model, self.vector_leg, self.revision, self.indexes, self.names)

    @property
    def stored(self) -> StoredAnswer | None:
        if self.answer is None or self.version is None:
            return None
        return StoredAnswer(self.answer, self.version, bool(self.is_exact), self.left_s or 0.0)


# The answer stands beside one of its bases only. The tenant's few rows of one form are read by key, so that no vector
# index is needed.
_FACTS_AND_ANSWER: Final = """
    WITH stored AS MATERIALIZED (
      SELECT kb_ids[1] AS kb_id, answer, version, question = %(question)s AS is_exact,
             extract(epoch FROM expires_at - now())::float8 AS left_s
        FROM cached_answer
       WHERE tenant_id = %(tenant_id)s AND options = %(options)s AND expires_at > now()
         AND (question = %(question)s
              OR form = %(form)s AND embedding IS NOT NULL
                 AND 1 - (embedding <=> %(vector)s::halfvec) >= %(least_similarity)s)
       ORDER BY question = %(question)s DESC, expires_at DESC LIMIT 1)
    SELECT b.id, b.embedding_model, b.vector_leg, b.revision,
           ARRAY(SELECT x.kind FROM large_index AS x
                   JOIN pg_index AS i ON i.indexrelid = to_regclass('public.' || x.name) AND i.indisvalid
                  WHERE x.kb_id = b.id AND x.tenant_id = %(tenant_id)s AND x.usable) AS indexes,
           ARRAY(SELECT ARRAY[n.key, n.other] FROM declared_name AS n
                  WHERE n.kb_id = b.id AND n.tenant_id = %(tenant_id)s AND n.key = ANY(%(keys)s::text[])
                  GROUP BY n.key, n.other ORDER BY length(n.key) DESC, count(*) DESC, n.other LIMIT 12) AS names,
           s.answer, s.version, s.is_exact, s.left_s
      FROM knowledge_base AS b LEFT JOIN stored AS s ON s.kb_id = b.id
     WHERE b.tenant_id = %(tenant_id)s AND b.status = 'active' AND (%(ids)s::uuid[] IS NULL OR b.id = ANY(%(ids)s))
"""


def read_bases_and_answer(
    tx: Transaction,
    base_ids: Sequence[UUID] | None,
    key: AnswerKey,
    *,
    least_similarity: float,
    keys: Sequence[str] = (),
) -> tuple[list[BaseFacts], StoredAnswer | None]:
    """As ``read_bases``, and the answer to the same words, or else to a question of the same form that is so near.

    The caller compares the answer's version. AnswerLookupError if the statement fails: the transaction is over then.
    """
    ids = None if base_ids is None else list(base_ids)
    try:
        more = {"ids": ids, "keys": list(keys), "least_similarity": least_similarity}
        rows = tx.all(_Row, _FACTS_AND_ANSWER, **more, **key.values)
    except psycopg.Error as error:
        raise AnswerLookupError(type(error).__name__) from error
    if base_ids is not None and len(rows) < len(set(base_ids)):
        raise KnowledgeBaseNotFoundError
    return [row.facts for row in rows], next((row.stored for row in rows if row.answer), None)


# A base that changes at this moment, or has changed since the question was asked, gets no answer: its row is locked
# until the insert is committed, and whoever changes it then deletes what was inserted. The same statement removes what
# has expired, and the oldest beyond the tenant's bound.
_STORE: Final = """
    WITH unchanged AS MATERIALIZED (
      SELECT b.id FROM knowledge_base AS b
        JOIN unnest(%(kb_ids)s::uuid[], %(revisions)s::bigint[]) AS t (id, revision)
          ON t.id = b.id AND t.revision = b.revision
       WHERE b.tenant_id = %(tenant_id)s AND b.status = 'active' FOR SHARE OF b SKIP LOCKED),
    oldest AS MATERIALIZED (
      SELECT expires_at FROM cached_answer WHERE tenant_id = %(tenant_id)s
       ORDER BY expires_at DESC OFFSET %(most)s - 1 LIMIT 1),
    surplus AS MATERIALIZED (
      SELECT options, question FROM cached_answer
       WHERE tenant_id = %(tenant_id)s AND expires_at <= greatest(now(), (SELECT expires_at FROM oldest))
         AND (options, question) <> (%(options)s, %(question)s)
         FOR UPDATE SKIP LOCKED),
    removed AS (
      DELETE FROM cached_answer AS a USING surplus AS s
       WHERE a.tenant_id = %(tenant_id)s AND a.options = s.options AND a.question = s.question)
    INSERT INTO cached_answer (tenant_id, options, question, form, kb_ids, version, embedding, answer, expires_at)
    SELECT %(tenant_id)s, %(options)s, %(question)s, %(form)s, %(kb_ids)s, %(version)s, %(vector)s::halfvec, %(answer)s,
           now() + make_interval(secs => %(ttl_s)s)
     WHERE (SELECT count(*) FROM unchanged) = cardinality(%(kb_ids)s::uuid[])
    ON CONFLICT (tenant_id, options, question) DO UPDATE SET form = excluded.form, kb_ids = excluded.kb_ids,
       version = excluded.version, embedding = excluded.embedding, answer = excluded.answer,
       expires_at = excluded.expires_at
"""


def store_answer(
    tx: Transaction,
    key: AnswerKey,
    bases: Sequence[BaseFacts],
    *,
    answer: str,
    version: str,
    ttl_s: float,
    most: int = MOST_ANSWERS,
) -> bool:
    """Whether it was stored. ``bases`` are those that the answer was read from, as they were then."""
    ordered = sorted(bases, key=lambda base: base.id)
    values = {"kb_ids": [base.id for base in ordered], "revisions": [base.revision for base in ordered]}
    values |= {"answer": answer, "version": version, "ttl_s": ttl_s, "most": most}
    return tx.run(_STORE, **values, **key.values) > 0

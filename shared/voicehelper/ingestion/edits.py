"""What people changed in a document's chunks, and how it outlives reindexing; ``apply_edits`` is the chunking step's.

``knowledge/chunks.py`` makes edits. An edit belongs to the text that its chunk had in the file: where the file is read
again and has this text, wherever it stands now, the edit holds; else it waits, and the document says how many do.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal
from uuid import UUID

from psycopg.types.json import Jsonb

from voicehelper.adapters.database import Transaction
from voicehelper.index.chunk import Chunk, Place
from voicehelper.shapes.document_ref import DocumentRef
from voicehelper.text.tokens import approximate_tokens

WARNING: Final = "edits_not_applied"


@dataclass(frozen=True, slots=True)
class EditedChunk:
    """A chunk as it is now; ``original`` is the digest of its text in the file, None for one that was added."""

    id: UUID
    seq: int
    origin: Literal["file", "added"]
    original: bytes | None
    title: str
    content: str
    page: int | None
    place: dict[str, Any]
    enabled: bool

    @property
    def chunk(self) -> Chunk:
        rest = dict(self.place)
        path = tuple(rest.pop("heading_path", None) or ())
        place = Place(page=self.page, **rest)
        return Chunk(self.id, self.seq, self.title, self.content, place, path, approximate_tokens(self.content))


@dataclass(frozen=True, slots=True)
class Applied:
    """``chunks`` as they are to be indexed; the ids of the edits that hold, with their places in the document's order,
    and the number of those that do not.
    """

    chunks: Sequence[Chunk]
    sequences: dict[UUID, int]
    stale: int


def text_digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def apply_edits(chunks: Sequence[Chunk], edits: Sequence[EditedChunk]) -> Applied:
    """``edits`` in the document's order. What was added stands at the end."""
    by_chunk = _matches(chunks, [edit for edit in edits if edit.origin == "file"])
    kept = list(_changed(chunks, by_chunk))
    sequences = {edit.id: chunk.sequence for chunk in chunks if (edit := by_chunk.get(chunk.chunk_id))}
    end = max((chunk.sequence for chunk in chunks), default=-1) + 1
    for number, edit in enumerate(edit for edit in edits if edit.origin == "added"):
        sequences[edit.id] = end + number
        if edit.enabled:
            kept.append(replace(edit.chunk, sequence=end + number))
    return Applied(kept, sequences, len(edits) - len(sequences))


def _changed(chunks: Sequence[Chunk], by_chunk: dict[UUID, EditedChunk]) -> Iterator[Chunk]:
    for chunk in chunks:
        edit = by_chunk.get(chunk.chunk_id)
        if edit is None:
            yield chunk
        elif edit.enabled:
            tokens = approximate_tokens(edit.content)
            yield replace(chunk, chunk_id=edit.id, title=edit.title, text=edit.content, token_count=tokens)


def _matches(chunks: Sequence[Chunk], edits: Sequence[EditedChunk]) -> dict[UUID, EditedChunk]:
    """{chunk id: its edit}: by the id, which stands for place and text, and then by the text, each chunk once."""
    by_id = {edit.id: edit for edit in edits}
    found = {chunk.chunk_id: by_id.pop(chunk.chunk_id) for chunk in chunks if chunk.chunk_id in by_id}
    waiting: defaultdict[bytes | None, list[EditedChunk]] = defaultdict(list)
    for edit in by_id.values():
        waiting[edit.original].append(edit)
    for chunk in chunks if waiting else ():
        if chunk.chunk_id not in found and (same := waiting.get(text_digest(chunk.text))):
            found[chunk.chunk_id] = same.pop(0)
    return found


_COLUMNS: Final = "id, seq, origin, original, title, content, page, place, enabled"
_READ: Final = f"""
    SELECT {_COLUMNS} FROM chunk_edit
     WHERE tenant_id = %(tenant_id)s AND document_id = %(document_id)s ORDER BY seq, id
"""  # noqa: S608  (_COLUMNS is a constant)


def read_edits(tx: Transaction, document_id: UUID) -> list[EditedChunk]:
    return tx.all(EditedChunk, _READ, document_id=document_id)


_FIND: Final = f"""
    SELECT {_COLUMNS} FROM chunk_edit
     WHERE tenant_id = %(tenant_id)s AND document_id = %(document_id)s AND id = %(id)s AND NOT stale
    UNION ALL
    SELECT id, seq, 'file', NULL, title, content, page, place, true FROM chunk
     WHERE tenant_id = %(tenant_id)s AND document_id = %(document_id)s AND id = %(id)s AND NOT EXISTS (
       SELECT FROM chunk_edit WHERE tenant_id = %(tenant_id)s AND id = %(id)s AND NOT stale)
"""  # noqa: S608  (_COLUMNS is a constant)


def find_chunk(tx: Transaction, document_id: UUID, chunk_id: UUID) -> EditedChunk | None:
    """The chunk, searched or not."""
    found = tx.one(EditedChunk, _FIND, document_id=document_id, id=chunk_id)
    if found and found.origin == "file" and found.original is None:
        return replace(found, original=text_digest(found.content))
    return found


_SAVE: Final = """
    INSERT INTO chunk_edit (id, tenant_id, kb_id, document_id, seq, origin, original, title, content, page, place,
                            enabled)
    VALUES (%(id)s, %(tenant_id)s, %(kb_id)s, %(document_id)s, %(seq)s, %(origin)s, %(original)s, %(title)s,
            %(content)s, %(page)s, %(place)s, %(enabled)s)
    ON CONFLICT (id) DO UPDATE SET title = excluded.title, content = excluded.content, enabled = excluded.enabled,
       updated_at = now()
"""


def save_edit(tx: Transaction, ref: DocumentRef, edit: EditedChunk) -> None:
    tx.run(
        _SAVE,
        id=edit.id,
        kb_id=ref.kb_id,
        document_id=ref.document_id,
        seq=edit.seq,
        origin=edit.origin,
        original=edit.original,
        title=edit.title,
        content=edit.content,
        page=edit.page,
        place=Jsonb(edit.place),
        enabled=edit.enabled,
    )


_DELETE: Final = "DELETE FROM chunk_edit WHERE tenant_id = %(tenant_id)s AND id = %(id)s"


def delete_edit(tx: Transaction, chunk_id: UUID) -> None:
    tx.run(_DELETE, id=chunk_id)


_NEXT: Final = """
    SELECT 1 + greatest(
      (SELECT max(seq) FROM chunk WHERE tenant_id = %(tenant_id)s AND document_id = %(document_id)s),
      (SELECT max(seq) FROM chunk_edit WHERE tenant_id = %(tenant_id)s AND document_id = %(document_id)s), -1)
"""


def next_sequence(tx: Transaction, document_id: UUID) -> int:
    return tx.count(_NEXT, document_id=document_id)


_RECORD: Final = """
    UPDATE chunk_edit AS e SET stale = t.seq IS NULL, seq = coalesce(t.seq, e.seq)
      FROM chunk_edit AS o LEFT JOIN unnest(%(ids)s::uuid[], %(seqs)s::int[]) AS t (id, seq) ON t.id = o.id
     WHERE o.id = e.id AND e.tenant_id = %(tenant_id)s AND e.document_id = %(document_id)s
"""
_WARN: Final = """
    UPDATE document SET warnings = ARRAY(SELECT w FROM unnest(warnings) AS w WHERE split_part(w, ':', 1) <> %(code)s)
                                   || %(added)s::text[]
     WHERE tenant_id = %(tenant_id)s AND id = %(document_id)s
"""


def record_applied(tx: Transaction, document_id: UUID, applied: Applied) -> None:
    """Which edits hold, and the document's warning about those that do not."""
    ids, seqs = list(applied.sequences), list(applied.sequences.values())
    tx.run(_RECORD, document_id=document_id, ids=ids, seqs=seqs)
    added = [f"{WARNING}:{applied.stale}"] if applied.stale else []
    tx.run(_WARN, document_id=document_id, code=WARNING, added=added)

"""Large bases have partial indexes of their own: which kinds there are, and which bases are due for some.

The table ``large_index`` says which of them a search may use. ``upkeep`` makes and drops them, ``index.bases`` reads
the table with a base's facts, ``search_large`` uses what it says.
"""

from __future__ import annotations

from typing import Final, Literal
from uuid import UUID

from voicehelper.adapters.database import Transaction

Kind = Literal["words", "chinese", "others"]  # terms of all chunks; vectors of one of the two languages

# From so many chunks, or vectors of one language, an index is worth its upkeep.
LARGE: Final = 20_000
# A large base may grow this much before its indexes are looked at again, and an interrupted one is tried so often.
GROWTH: Final = 2
MOST_ATTEMPTS: Final = 3

_DUE: Final = """
    SELECT count(*)
      FROM lex_stats AS s
      CROSS JOIN LATERAL (
        VALUES ('words', s.chunks),
               ('chinese', (SELECT count(*) FROM chunk_vec AS v WHERE v.kb_id = s.kb_id AND v.han)),
               ('others', (SELECT count(*) FROM chunk_vec AS v WHERE v.kb_id = s.kb_id AND NOT v.han))
      ) AS part (kind, rows)
      LEFT JOIN large_index AS x ON x.kb_id = s.kb_id AND x.kind = part.kind AND x.tenant_id = s.tenant_id
     WHERE s.kb_id = %(kb_id)s AND s.tenant_id = %(tenant_id)s AND s.chunks >= %(large)s AND part.rows >= %(large)s
       AND (x.rows IS NULL OR part.rows >= %(growth)s * x.rows OR (x.usable IS NULL AND x.attempts < %(most_attempts)s))
"""


def needs_upkeep(tx: Transaction, kb_id: UUID, *, large: int = LARGE) -> bool:
    """Whether a base has become so large that ``upkeep`` should run. One look-up for all other bases."""
    return tx.count(_DUE, kb_id=kb_id, large=large, growth=GROWTH, most_attempts=MOST_ATTEMPTS) > 0


_FORGET_VECTORS: Final = """
    DELETE FROM large_index WHERE kb_id = %(kb_id)s AND tenant_id = %(tenant_id)s AND kind <> 'words'
"""


def forget_vectors(tx: Transaction, kb_id: UUID) -> None:
    """A base that is embedded anew needs new indexes of its vectors; the next upkeep drops the old ones."""
    tx.run(_FORGET_VECTORS, kb_id=kb_id)

"""What the viewer of a transaction may do with a base; ``app.rights`` in the database is the one place that says it.

Reading needs no call: policies hide what the viewer may not see. ``require_right`` is for what changes a base.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal
from uuid import UUID

from voicehelper.adapters.database import Transaction
from voicehelper.errors import ForbiddenError
from voicehelper.index.bases import KnowledgeBaseNotFoundError

Right = Literal["read", "write", "manage"]
RIGHTS: Final[tuple[Right, ...]] = ("read", "write", "manage")  # each includes those before it; level 1 is the first


class RightMissingError(ForbiddenError):
    """The caller sees the base and may not do this with it; ``details`` has the ``right`` that is missing."""

    code = "RIGHT_MISSING"


_LEVEL: Final = """
    SELECT coalesce((SELECT r.level FROM app.rights(%(tenant_id)s, %(member)s, %(key)s) AS r
                      WHERE r.kb_id = %(kb_id)s), 0)
"""


def require_right(tx: Transaction, kb_id: UUID, right: Right) -> None:
    """RightMissingError, or KnowledgeBaseNotFoundError for a base that is not seen. The pipeline may all."""
    if tx.viewer is None:
        return
    level = tx.count(_LEVEL, member=tx.viewer.user_id, key=tx.viewer.key_id, kb_id=kb_id)
    if not level:
        raise KnowledgeBaseNotFoundError
    if level <= RIGHTS.index(right):
        raise RightMissingError(details={"right": right})


_SEE: Final = "SELECT set_config('app.bases', array_append(app.visible_bases(), %(kb_id)s::uuid)::text, true)"


def see_new_base(tx: Transaction, kb_id: UUID) -> None:
    """The rest of the transaction sees the base that it is about to insert."""
    if tx.is_limited:
        tx.run(_SEE, kb_id=kb_id)


@dataclass(frozen=True, slots=True)
class _Maker:
    user_id: UUID


_MAKER: Final = "SELECT user_id FROM api_key WHERE id = %(key_id)s AND tenant_id = %(tenant_id)s"


def maker_of_key(tx: Transaction, key_id: UUID) -> UUID | None:
    """The member who made the key, however it ended."""
    maker = tx.one(_Maker, _MAKER, key_id=key_id)
    return maker.user_id if maker else None

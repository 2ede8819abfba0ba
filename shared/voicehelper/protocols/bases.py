"""Knowledge bases as clients of other protocols name them: ``find_base`` resolves a name, ``list_bases`` lists them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from voicehelper.adapters.database import Transaction
from voicehelper.index.bases import KnowledgeBaseNotFoundError
from voicehelper.shapes.bodies import is_storable
from voicehelper.shapes.ids import NOWHERE, parse

MODEL_PREFIX: Final = "kb:"
MOST_BASES: Final = 1000  # of a list; these protocols have no pages


@dataclass(frozen=True, slots=True)
class NamedBase:
    id: UUID
    name: str
    display_name: str
    description: str
    embedding_model: str
    created_at: datetime

    @property
    def model(self) -> str:
        return MODEL_PREFIX + self.name


_BASES: Final = """
    SELECT id, name, display_name, description, embedding_model, created_at FROM knowledge_base
     WHERE tenant_id = %(tenant_id)s AND status = 'active'
     ORDER BY created_at DESC, id DESC LIMIT %(limit)s
"""


def list_bases(tx: Transaction) -> list[NamedBase]:
    """Newest first."""
    return tx.all(NamedBase, _BASES, limit=MOST_BASES)


_BASE: Final = """
    SELECT id, name, display_name, description, embedding_model, created_at FROM knowledge_base
     WHERE tenant_id = %(tenant_id)s AND status = 'active' AND (id = %(id)s OR name = %(name)s)
"""


def find_base(tx: Transaction, named: str, *, takes_bare_name: bool = False) -> NamedBase:
    """The base that ``named`` names, as kb:<name> or by its id; KnowledgeBaseNotFoundError if there is none.

    With ``takes_bare_name`` its name alone does, too. No name of a base looks like an id.
    """
    if not is_storable(named):  # a path can hold what a body must not
        raise KnowledgeBaseNotFoundError
    has_prefix = named.startswith(MODEL_PREFIX)
    text = named.removeprefix(MODEL_PREFIX)
    name = text if has_prefix or takes_bare_name else ""
    if base := tx.one(NamedBase, _BASE, id=_id_of(text), name=name):
        return base
    raise KnowledgeBaseNotFoundError


def _id_of(text: str) -> UUID:
    return parse("kb", text) if text.startswith("kb-") else NOWHERE

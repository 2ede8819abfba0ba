"""``Viewer``: with whose rights a transaction reads."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Viewer:
    """A member of a workspace, or a key that the member made; ``ip`` is where they call from."""

    user_id: UUID
    key_id: UUID | None = None
    ip: str | None = None

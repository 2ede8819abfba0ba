"""Which user a provider's person is, in PostgreSQL; ``accounts`` calls it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from voicehelper.adapters.database import Transaction


@dataclass(frozen=True, slots=True)
class LinkedUser:
    user_id: UUID


@dataclass(frozen=True, slots=True)
class Workspace:
    id: UUID


_FIND: Final = "SELECT user_id FROM oidc_identity WHERE issuer = %(issuer)s AND subject = %(subject)s"


def find_linked(tx: Transaction, *, issuer: str, subject: str) -> UUID | None:
    found = tx.one(LinkedUser, _FIND, issuer=issuer, subject=subject)
    return found.user_id if found else None


_LINK: Final = """
    INSERT INTO oidc_identity (issuer, subject, user_id) VALUES (%(issuer)s, %(subject)s, %(user_id)s)
    ON CONFLICT DO NOTHING
"""


def link(tx: Transaction, user_id: UUID, *, issuer: str, subject: str) -> bool:
    """False where the person is linked already, or the user is another person of the issuer's."""
    return tx.run(_LINK, issuer=issuer, subject=subject, user_id=user_id) == 1


_WORKSPACES: Final = """
    SELECT m.tenant_id AS id FROM membership AS m
     WHERE m.user_id = %(user_id)s
       AND NOT EXISTS (SELECT FROM oidc_identity AS o WHERE o.user_id = m.user_id AND o.issuer = %(issuer)s)
"""


def workspaces_of_unlinked(tx: Transaction, user_id: UUID, *, issuer: str) -> list[UUID]:
    """The user's workspaces; none if the user is a person of the issuer's already."""
    return [workspace.id for workspace in tx.all(Workspace, _WORKSPACES, user_id=user_id, issuer=issuer)]

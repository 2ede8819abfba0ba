"""The sessions of a user: one for each sign-in that may still be refreshed. A session is a family of refresh tokens.

``end_session`` serves ``functions/identity/end_session.py``; ``service`` ends sessions when a password changes.
Ending also publishes the family, because its access tokens live on. That happens before the commit: if it fails,
nothing has changed, and the call can be repeated.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from uuid import UUID

from voicehelper.adapters.database import Database, Transaction
from voicehelper.errors import NotFoundError
from voicehelper.identity import store
from voicehelper.identity.revocation import RevocationTable
from voicehelper.identity.tokens import ACCESS_LIFE_S


class SessionNotFoundError(NotFoundError):
    code = "SESSION_NOT_FOUND"


@dataclass(frozen=True, slots=True)
class SessionRef:
    """The session of a request and its user, both from the access token."""

    user_id: UUID
    family_id: UUID


def end_session(database: Database, revocations: RevocationTable, family_id: UUID, *, user_id: UUID) -> None:
    """SessionNotFoundError for a session that has ended or is another user's."""
    with database.transaction() as tx:
        if not store.revoke_own_family(tx, family_id, user_id=user_id):
            raise SessionNotFoundError
        revocations.publish(family_id, now=int(time.time()))


def end_other_sessions(tx: Transaction, revocations: RevocationTable, current: SessionRef) -> None:
    ended = store.revoke_other_families(tx, current.user_id, current_id=current.family_id, recent_s=ACCESS_LIFE_S)
    for family in ended:
        if family.is_recent:
            revocations.publish(family.id, now=int(time.time()))

"""The sessions of a user: one for each sign-in that may still be refreshed. A session is a family of refresh tokens.

``end_session`` serves ``functions/identity/end_session.py``; ``service`` ends sessions when a password changes,
``members`` when a role does.
Ending also publishes the family, because its access tokens live on. That happens before the commit: if it fails,
nothing has changed, and the call can be repeated.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from voicehelper.adapters.database import Database, Transaction
from voicehelper.errors import NotFoundError
from voicehelper.identity import store
from voicehelper.identity.revocation import RevocationTable
from voicehelper.identity.store import RevokedFamily
from voicehelper.identity.tokens import ACCESS_LIFE_S
from voicehelper.shapes.ids import NOWHERE


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
    _publish(
        revocations,
        store.revoke_other_families(tx, current.user_id, current_id=current.family_id, recent_s=ACCESS_LIFE_S),
    )


def end_all_sessions(tx: Transaction, revocations: RevocationTable, user_id: UUID) -> None:
    _publish(revocations, store.revoke_other_families(tx, user_id, current_id=NOWHERE, recent_s=ACCESS_LIFE_S))


def end_sessions_here(tx: Transaction, revocations: RevocationTable, user_id: UUID) -> None:
    """Those of the transaction's workspace, the caller's own among them; sessions of other workspaces stay."""
    _publish(revocations, store.revoke_families_here(tx, user_id, recent_s=ACCESS_LIFE_S))


def _publish(revocations: RevocationTable, ended: Iterable[RevokedFamily]) -> None:
    """Those whose access tokens may live."""
    for family in ended:
        if family.is_recent:
            revocations.publish(family.id, now=int(time.time()))

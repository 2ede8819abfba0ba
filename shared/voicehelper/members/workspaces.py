"""A session in another workspace of the same person.

``functions/identity/switch_workspace.py`` calls it; ``own`` lists them.
"""

from __future__ import annotations

import hashlib
from typing import Final
from uuid import UUID

from voicehelper.adapters.database import Database, Transaction
from voicehelper.identity import service
from voicehelper.identity import store as users
from voicehelper.identity.keys import KeyRing
from voicehelper.identity.models import SignedIn, SignedInUser
from voicehelper.identity.sessions import SessionRef
from voicehelper.identity.tokens import REFRESH_LIFE_S, Claims, InvalidTokenError
from voicehelper.members.own import WorkspaceNotFoundError
from voicehelper.members.roles import role_of
from voicehelper.shapes.ids import new_id

# The membership first, then the user: in the order in which signing in locks them. The workspace is the one that the
# next sign-in leads to. No switch carries a session past its absolute end.
_SWITCH: Final = """
    WITH m AS (
      UPDATE membership SET last_seen_at = now()
       WHERE user_id = %(user_id)s AND tenant_id = %(tenant_id)s AND role = %(role)s
      RETURNING user_id, tenant_id),
    u AS (
      UPDATE app_user AS o SET tenant_id = m.tenant_id FROM m WHERE o.id = m.user_id AND o.status = 'active'
      RETURNING o.id, o.tenant_id)
    INSERT INTO refresh_family (id, user_id, tenant_id, token_hash, user_agent, expires_at, ends_at)
    SELECT %(id)s, u.id, u.tenant_id, %(token_hash)s, f.user_agent,
           least(now() + make_interval(secs => %(life_s)s), f.ends_at), f.ends_at
      FROM u JOIN refresh_family AS f ON f.user_id = u.id
     WHERE f.id = %(current_id)s AND f.revoked_at IS NULL AND f.ends_at > now()
       FOR SHARE OF f
"""


def switch(database: Database, keys: KeyRing, workspace_id: UUID, *, session: SessionRef) -> SignedIn:
    """Tokens for another workspace, of a session of its own; the caller's goes on, so that both can be used.

    WorkspaceNotFoundError for one that the user is no member of, InvalidTokenError where the session has ended.
    """
    with database.transaction(workspace_id) as tx:
        if (role := role_of(tx, session.user_id)) is None:
            raise WorkspaceNotFoundError
        account = users.get_account(tx, session.user_id)
        claims = Claims(session.user_id, workspace_id, new_id(), (role,))
        pair = service.new_pair(keys, claims)
        _insert(tx, claims, pair.refresh_token, session)
    user = SignedInUser(id=account.id, email=account.email, username=account.username)
    return SignedIn(**pair.model_dump(), user=user)


def _insert(tx: Transaction, claims: Claims, refresh_token: str, session: SessionRef) -> None:
    values = {"id": claims.family_id, "user_id": claims.subject, "role": claims.roles[0]}
    values |= {"token_hash": hashlib.sha256(refresh_token.encode()).digest(), "life_s": REFRESH_LIFE_S}
    if not tx.run(_SWITCH, **values, current_id=session.family_id):
        raise InvalidTokenError("the session has ended, or its user's role has changed meanwhile")

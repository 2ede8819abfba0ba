"""Register, sign in, refresh, sign out."""

from __future__ import annotations

import hashlib
import time
from uuid import UUID

from voicehelper.adapters.database import Database
from voicehelper.errors import UnauthenticatedError
from voicehelper.identity import store
from voicehelper.identity.keys import KeyRing
from voicehelper.identity.models import Login, Registration, SignedIn, SignedInUser, TokenPair, User
from voicehelper.identity.passwords import hash_password, matches
from voicehelper.identity.revocation import publish_revocation
from voicehelper.identity.tokens import ACCESS_LIFE_S, REFRESH_LIFE_S, Identity, InvalidTokenError, issue, verify
from voicehelper.shapes.ids import new_id


class InvalidCredentialsError(UnauthenticatedError):
    """The same for an unknown e-mail and a wrong password (ID-2)."""

    code = "INVALID_CREDENTIALS"


def register(database: Database, new: Registration) -> User:
    """EmailTakenError for an address that is registered already, in whatever case."""
    password_hash = hash_password(new.password)
    with database.transaction() as conn:
        return store.insert_user(conn, new, user_id=new_id(), tenant_id=new_id(), password_hash=password_hash)


def sign_in(database: Database, keys: KeyRing, login: Login) -> SignedIn:
    with database.transaction() as conn:
        row = store.find_by_email(conn, login.email.strip())
        if not matches(login.password, row["password_hash"] if row else None) or row is None:
            raise InvalidCredentialsError
        identity = Identity(row["id"], row["tenant_id"], new_id(), tuple(row["roles"]))
        pair = _new_pair(keys, identity)
        store.insert_family(
            conn,
            identity.family_id,
            user_id=identity.user_id,
            token_hash=_digest(pair.refresh_token),
            life_s=REFRESH_LIFE_S,
        )
    user = SignedInUser(id=row["id"], email=row["email"], username=row["username"])
    return SignedIn(**pair.model_dump(), user=user)


def refresh(database: Database, keys: KeyRing, token: str) -> TokenPair:
    """A new pair; the old token is dead. One that is dead already ends its whole family (ID-9).

    RFC 9700 §4.14.2: a refresh token that comes twice was stolen, and nobody can tell which holder is the thief.
    """
    identity = verify(keys, token, "rt+jwt")
    pair = _new_pair(keys, identity)
    hashes = {"old_hash": _digest(token), "new_hash": _digest(pair.refresh_token)}
    with database.transaction() as conn:
        roles = store.rotate(conn, identity.family_id, life_s=REFRESH_LIFE_S, **hashes)
        if roles is None:
            store.revoke_family(conn, identity.family_id)
    if roles is None:
        publish_revocation(identity.family_id, now=int(time.time()))
        raise InvalidTokenError("refresh token reused")
    return pair


def sign_out(database: Database, family_id: UUID) -> None:
    with database.transaction() as conn:
        store.revoke_family(conn, family_id)
    publish_revocation(family_id, now=int(time.time()))


def _new_pair(keys: KeyRing, identity: Identity) -> TokenPair:
    now = int(time.time())
    return TokenPair(
        access_token=issue(keys, identity, "at+jwt", life_s=ACCESS_LIFE_S, now=now),
        refresh_token=issue(keys, identity, "rt+jwt", life_s=REFRESH_LIFE_S, now=now),
        expires_in=ACCESS_LIFE_S,
    )


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()

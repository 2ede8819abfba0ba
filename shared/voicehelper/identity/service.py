"""Register, sign in, refresh, sign out; called by the identity functions."""

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
from voicehelper.identity.revocation import RevocationTable
from voicehelper.identity.tokens import ACCESS_LIFE_S, REFRESH_LIFE_S, Claims, InvalidTokenError, issue, verify
from voicehelper.shapes.ids import new_id


class InvalidCredentialsError(UnauthenticatedError):
    """Raised alike for an unknown e-mail and a wrong password."""

    code = "INVALID_CREDENTIALS"


def register(database: Database, new: Registration) -> User:
    """EmailTakenError for an address that is already registered; case does not count."""
    password_hash = hash_password(new.password)
    with database.transaction() as tx:
        return store.insert_user(tx, new, user_id=new_id(), tenant_id=new_id(), password_hash=password_hash)


def sign_in(database: Database, keys: KeyRing, login: Login) -> SignedIn:
    with database.transaction() as tx:
        account = store.find_account(tx, login.email.strip())
        if not matches(login.password, account.password_hash if account else None) or account is None:
            raise InvalidCredentialsError
        claims = Claims(account.id, account.tenant_id, new_id(), tuple(account.roles))
        pair = _new_pair(keys, claims)
        token_hash = _digest(pair.refresh_token)
        store.insert_family(tx, claims.family_id, user_id=account.id, token_hash=token_hash, life_s=REFRESH_LIFE_S)
    user = SignedInUser(id=account.id, email=account.email, username=account.username)
    return SignedIn(**pair.model_dump(), user=user)


def refresh(database: Database, keys: KeyRing, revocations: RevocationTable, token: str) -> TokenPair:
    """A new pair; the old refresh token becomes invalid, and its reuse revokes the whole family.

    RFC 9700 §4.14.2: a reused refresh token may be stolen, and the server cannot tell the thief from the user.
    """
    claims = verify(keys, token, "rt+jwt")
    pair = _new_pair(keys, claims)
    hashes = {"old_hash": _digest(token), "new_hash": _digest(pair.refresh_token)}
    with database.transaction() as tx:
        family = store.rotate(tx, claims.family_id, life_s=REFRESH_LIFE_S, **hashes)
        if family is None:
            store.revoke_family(tx, claims.family_id)
    if family is None:
        revocations.publish(claims.family_id, now=int(time.time()))
        raise InvalidTokenError("refresh token reused")
    return pair


def sign_out(database: Database, revocations: RevocationTable, family_id: UUID) -> None:
    with database.transaction() as tx:
        store.revoke_family(tx, family_id)
    revocations.publish(family_id, now=int(time.time()))


def _new_pair(keys: KeyRing, claims: Claims) -> TokenPair:
    now = int(time.time())
    return TokenPair(
        access_token=issue(keys, claims, "at+jwt", life_s=ACCESS_LIFE_S, now=now),
        refresh_token=issue(keys, claims, "rt+jwt", life_s=REFRESH_LIFE_S, now=now),
        expires_in=ACCESS_LIFE_S,
    )


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()

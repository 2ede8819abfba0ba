"""Register, sign in, refresh, sign out, change the password; called by the identity functions."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from voicehelper.adapters.database import Database, Transaction
from voicehelper.errors import UnauthenticatedError
from voicehelper.identity import store
from voicehelper.identity.attempts import Attempt, Origin
from voicehelper.identity.audit import record
from voicehelper.identity.keys import KeyRing
from voicehelper.identity.limits import Limits, count_attempt, refuse_if_waiting, wait_s
from voicehelper.identity.models import (
    Login,
    PasswordChange,
    Registration,
    SignedIn,
    SignedInUser,
    TokenPair,
    User,
)
from voicehelper.identity.passwords import hash_password, matches
from voicehelper.identity.revocation import RevocationTable
from voicehelper.identity.sessions import SessionRef, end_other_sessions
from voicehelper.identity.store import Account
from voicehelper.identity.tokens import (
    ACCESS_LIFE_S,
    REFRESH_LIFE_S,
    SESSION_LIFE_S,
    Claims,
    InvalidTokenError,
    issue,
    verify,
)
from voicehelper.shapes.ids import NOWHERE, new_id


class InvalidCredentialsError(UnauthenticatedError):
    """Raised alike for an unknown e-mail and a wrong password, when signing in or changing the password."""

    code = "INVALID_CREDENTIALS"


def register(database: Database, new: Registration, *, origin: Origin, limits: Limits) -> User:
    """EmailTakenError for an address that is already registered; case does not count.

    Every attempt counts, because the answer tells whether an address is registered.
    """
    count_registration(database, origin=origin, limits=limits)
    password_hash = hash_password(new.password)
    with database.transaction() as tx:
        return store.insert_user(tx, new, user_id=new_id(), tenant_id=new_id(), password_hash=password_hash)


def count_registration(database: Database, *, origin: Origin, limits: Limits) -> None:
    """TooManyRequestsError where the network has tried too often."""
    with database.transaction() as tx:
        counted = count_attempt(tx, limits.registrations, origin.network)
        wait = 0 if counted else wait_s(tx, limits.registrations, origin.network)
    refuse_if_waiting(wait)


def sign_in(database: Database, keys: KeyRing, login: Login, *, origin: Origin, limits: Limits) -> SignedIn:
    """InvalidCredentialsError, or TooManyRequestsError while the account or the network is locked."""
    attempt = Attempt(limits, login.email, origin.network)
    with database.transaction() as tx:
        attempt.require_allowed(tx)
        found = store.find_account(tx, login.email)
    account = require_password(database, attempt, found, login.password)
    return open_session(database, keys, account, origin=origin, confirm=attempt.count_success)


def open_session(
    database: Database,
    keys: KeyRing,
    account: Account,
    *,
    origin: Origin,
    confirm: Callable[[Transaction], None] = lambda _: None,
) -> SignedIn:
    """A session for whoever has proved to be the account's user; ``confirm`` may still refuse, in its transaction.

    InvalidCredentialsError if the password was changed since the account was read.
    """
    account = _in_a_workspace(database, account)
    claims = Claims(account.id, account.tenant_id, new_id(), tuple(account.roles))
    pair = new_pair(keys, claims)
    family = store.NewFamily(
        claims.family_id,
        account.id,
        claims.tenant_id,
        account.roles[0],
        _digest(pair.refresh_token),
        origin.user_agent,
    )
    with database.transaction(claims.tenant_id) as tx:
        confirm(tx)
        lives = {"life_s": REFRESH_LIFE_S, "longest_s": SESSION_LIFE_S}
        if not store.insert_family(tx, family, password_hash=account.password_hash, **lives):
            raise InvalidCredentialsError  # the password or the role was changed meanwhile
        record(tx, "sign_in.succeeded", account.email, actor_id=account.id, ip=origin.network)
    user = SignedInUser(id=account.id, email=account.email, username=account.username)
    return SignedIn(**pair.model_dump(), user=user)


def _in_a_workspace(database: Database, account: Account) -> Account:
    """Whoever has been removed from every workspace gets one of their own, as at registration."""
    if account.roles:
        return account
    workspace_id = new_id()
    with database.transaction() as tx:
        store.open_workspace(tx, account.id, workspace_id=workspace_id)
    return replace(account, tenant_id=workspace_id, roles=["owner"])


def require_password(database: Database, attempt: Attempt, account: Account | None, password: str) -> Account:
    """The account, if the password is its own. Unknown and known accounts take the same time and the same statements.

    A failure is committed before it is reported: an error inside the transaction would take it back.
    """
    if matches(password, account.password_hash if account else None) and account is not None:
        return account
    with database.transaction(account.tenant_id if account else NOWHERE) as tx:
        wait = attempt.count_failure(tx)
        record(tx, "sign_in.failed", attempt.email, actor_id=account.id if account else None, ip=attempt.network)
    refuse_if_waiting(wait)
    raise InvalidCredentialsError


def change_password(
    database: Database,
    revocations: RevocationTable,
    change: PasswordChange,
    *,
    session: SessionRef,
    origin: Origin,
    limits: Limits,
) -> None:
    """Set the new password and end every other session. A wrong current password counts as a failed sign-in."""
    with database.transaction() as tx:
        found = store.get_account(tx, session.user_id)
        attempt = Attempt(limits, found.email, origin.network)
        attempt.require_allowed(tx)
    account = require_password(database, attempt, found, change.current_password)
    new_hash = hash_password(change.new_password)
    with database.transaction(account.tenant_id) as tx:
        attempt.count_success(tx)
        if not store.update_password(tx, account.id, old_hash=account.password_hash, new_hash=new_hash):
            raise InvalidCredentialsError  # it was changed meanwhile
        record(tx, "password.changed", account.email, actor_id=account.id, ip=origin.network)
        end_other_sessions(tx, revocations, session)


def refresh(database: Database, keys: KeyRing, revocations: RevocationTable, token: str) -> TokenPair:
    """A new pair; the old refresh token becomes invalid, and its reuse revokes the whole family.

    RFC 9700 §4.14.2: a reused refresh token may be stolen, and the server cannot tell the thief from the user. No
    refresh extends a session beyond its absolute end.
    """
    claims = verify(keys, token, "rt+jwt")
    pair = new_pair(keys, claims)
    hashes = {"old_hash": _digest(token), "new_hash": _digest(pair.refresh_token)}
    with database.transaction() as tx:
        family = store.rotate(tx, claims.family_id, workspace_id=claims.tenant_id, life_s=REFRESH_LIFE_S, **hashes)
        if family is None:
            store.revoke_family(tx, claims.family_id)
    if family is None:
        revocations.publish(claims.family_id, now=int(time.time()))
        raise InvalidTokenError("refresh token reused, or its user is no longer a member")
    access_token = _access_token(keys, replace(claims, roles=tuple(family.roles)))
    return pair.model_copy(update={"access_token": access_token})


def sign_out(database: Database, revocations: RevocationTable, family_id: UUID) -> None:
    with database.transaction() as tx:
        store.revoke_family(tx, family_id)
    revocations.publish(family_id, now=int(time.time()))


def new_pair(keys: KeyRing, claims: Claims) -> TokenPair:
    """Tokens of one family; who calls stores the digest of the refresh token."""
    return TokenPair(
        access_token=_access_token(keys, claims),
        refresh_token=issue(keys, claims, "rt+jwt", life_s=REFRESH_LIFE_S, now=int(time.time())),
        expires_in=ACCESS_LIFE_S,
    )


def _access_token(keys: KeyRing, claims: Claims) -> str:
    return issue(keys, claims, "at+jwt", life_s=ACCESS_LIFE_S, now=int(time.time()))


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()

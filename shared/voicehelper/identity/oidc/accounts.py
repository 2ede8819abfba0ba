"""``account_of``: the account of a person whom a provider has named; ``flow`` calls it.

Nobody proves an e-mail address when registering, so whoever made the account with a person's address may be somebody
else. When the provider's person first signs in to it, its password, sessions and keys therefore end.
Sudhodanan and Paverd, Pre-hijacked accounts, USENIX Security 2022.
"""

from __future__ import annotations

import secrets
from uuid import UUID

from voicehelper.adapters.database import Database
from voicehelper.identity import store as users
from voicehelper.identity.api_keys.service import end_keys_of
from voicehelper.identity.api_keys.table import KeyTable
from voicehelper.identity.ends import Ends
from voicehelper.identity.models import Registration
from voicehelper.identity.oidc import store
from voicehelper.identity.oidc.errors import (
    OidcAccountNeededError,
    OidcAccountTakenError,
    OidcEmailError,
    OidcRefusedError,
)
from voicehelper.identity.oidc.id_token import Person
from voicehelper.identity.passwords import hash_password
from voicehelper.identity.sessions import SessionRef, end_other_sessions
from voicehelper.identity.store import Account, EmailTakenError, UserNotFoundError
from voicehelper.shapes.ids import NOWHERE, new_id


def account_of(database: Database, ends: Ends, person: Person, *, open_registration: bool) -> Account:
    """The account that the person used before, the one with their verified address, or a new one.

    OidcEmailError, OidcAccountNeededError, OidcAccountTakenError; OidcRefusedError for an account that is not active.
    """
    try:
        account = _known(database, person)
        return account or _first_sign_in(database, ends, person, open_registration=open_registration)
    except EmailTakenError:  # the person's other browser was first
        if account := _known(database, person):
            return account
        raise OidcRefusedError("the account with this address is not active") from None


def _known(database: Database, person: Person) -> Account | None:
    with database.transaction() as tx:
        user_id = store.find_linked(tx, issuer=person.issuer, subject=person.subject)
        try:
            return users.get_account(tx, user_id) if user_id else None
        except UserNotFoundError as error:
            raise OidcRefusedError("the account is not active") from error


def _first_sign_in(database: Database, ends: Ends, person: Person, *, open_registration: bool) -> Account:
    if not person.email:
        raise OidcEmailError
    with database.transaction() as tx:
        found = users.find_account(tx, person.email)
    if found is not None:
        return _take_over(database, ends, found, person)
    if not open_registration:
        raise OidcAccountNeededError
    return _create(database, person)


def _create(database: Database, person: Person) -> Account:
    """With a password that nobody knows; whoever wants one has it reset."""
    new = Registration(email=person.email, username=person.username, password=_unknown_password())
    password_hash = hash_password(new.password)
    with database.transaction() as tx:
        user = users.insert_user(tx, new, user_id=new_id(), tenant_id=new_id(), password_hash=password_hash)
        if not store.link(tx, user.id, issuer=person.issuer, subject=person.subject):
            raise EmailTakenError(person.email)
        return users.get_account(tx, user.id)


def _take_over(database: Database, ends: Ends, found: Account, person: Person) -> Account:
    """OidcAccountTakenError where the account is another person's of the same provider."""
    new_hash = hash_password(_unknown_password())
    _end_keys(database, ends.keys, found.id, issuer=person.issuer)
    with database.transaction() as tx:
        if not store.link(tx, found.id, issuer=person.issuer, subject=person.subject):
            if store.find_linked(tx, issuer=person.issuer, subject=person.subject) != found.id:
                raise OidcAccountTakenError
            return users.get_account(tx, found.id)
        if not users.update_password(tx, found.id, old_hash=found.password_hash, new_hash=new_hash):
            raise OidcRefusedError("the password was changed meanwhile")
        end_other_sessions(tx, ends.revocations, SessionRef(found.id, NOWHERE))
        return users.get_account(tx, found.id)


def _end_keys(database: Database, keys: KeyTable, user_id: UUID, *, issuer: str) -> None:
    """Before the link, so that a call that fails in between is made again as a whole."""
    with database.transaction() as tx:
        workspaces = store.workspaces_of_unlinked(tx, user_id, issuer=issuer)
    for workspace_id in workspaces:
        with database.transaction(workspace_id) as tx:
            end_keys_of(tx, keys, user_id)


def _unknown_password() -> str:
    """Of 256 random bits, with a letter of each kind and a digit."""
    return f"{secrets.token_urlsafe(32)}Aa1"

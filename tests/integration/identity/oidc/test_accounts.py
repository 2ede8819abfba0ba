"""Whose account a person gets: the one of before, the one with the verified address, or a new one."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import psycopg
import pytest
from voicehelper.adapters.database import Database
from voicehelper.identity import service
from voicehelper.identity.ends import Ends
from voicehelper.identity.oidc.accounts import account_of
from voicehelper.identity.oidc.id_token import Person
from voicehelper.identity.revocation import RevocationTable

from tests.integration.identity.conftest import Identity, Published, outcome
from tests.integration.identity.oidc.conftest import Aws, Browser
from tests.support.api_keys import Records


@pytest.fixture
def identity(database: Database, admin: psycopg.Connection[Any]) -> Identity:
    return Identity(database, admin)


def test_the_second_time_it_is_the_same_account_whatever_the_address_has_become(browser: Browser) -> None:
    first = browser.visit().body["user"]
    browser.provider.person |= {"email": "jana.new@example.org", "email_verified": False, "name": "Jana Nová"}

    assert browser.visit().body["user"] == first


def test_two_persons_are_two_accounts_in_two_workspaces(browser: Browser, admin: psycopg.Connection[Any]) -> None:
    first = browser.visit().body["user"]["id"]
    browser.provider.person |= {"sub": "2", "email": "olga@example.org"}
    second = browser.visit().body["user"]["id"]

    assert first != second
    rows = admin.execute("SELECT count(DISTINCT tenant_id), count(*) FROM membership WHERE role = 'owner'").fetchone()
    assert rows == (2, 2)


def test_subjects_differ_by_case(browser: Browser) -> None:
    browser.provider.person |= {"sub": "aBc"}
    browser.visit()
    browser.provider.person |= {"sub": "abc", "email": "olga@example.org"}

    assert browser.visit().body["user"]["email"] == "olga@example.org"


@pytest.mark.parametrize("claims", [{"email_verified": False}, {"email": ""}, {"email": "jana"}])
def test_without_a_verified_address_nobody_gets_an_account(
    browser: Browser, admin: psycopg.Connection[Any], claims: dict[str, Any]
) -> None:
    browser.provider.person |= claims

    assert browser.visit().code == "OIDC_EMAIL_UNVERIFIED"
    assert admin.execute("SELECT count(*) FROM app_user").fetchone() == (0,)


def test_an_unverified_address_opens_nobodys_account(browser: Browser, identity: Identity) -> None:
    identity.register("jana@example.org")
    browser.provider.person |= {"email_verified": False}

    assert browser.visit().code == "OIDC_EMAIL_UNVERIFIED"
    assert outcome(lambda: identity.sign_in("jana@example.org")) == "ok"


def test_nobody_knows_the_password_of_a_new_account(browser: Browser, identity: Identity) -> None:
    browser.visit()

    assert outcome(lambda: identity.sign_in("jana@example.org", "")) == "INVALID_CREDENTIALS"
    assert outcome(lambda: identity.sign_in("jana@example.org")) == "INVALID_CREDENTIALS"


def test_where_registration_is_closed_only_who_has_an_account_gets_in(
    browser: Browser, identity: Identity, configure: Callable[..., None]
) -> None:
    configure(OPEN_REGISTRATION="no")
    assert browser.visit().code == "OIDC_ACCOUNT_NEEDED"

    registered = identity.register("JANA@example.org")
    assert browser.visit().body["user"]["id"] == str(registered.id)


def test_whoever_registered_with_the_address_before_is_out(
    browser: Browser, identity: Identity, admin: psycopg.Connection[Any], aws: Aws
) -> None:
    registered = identity.register("jana@example.org")
    session = identity.sign_in("jana@example.org")
    family = identity.session(session).family_id
    add_key(admin, registered.id)

    assert browser.visit().body["user"]["id"] == str(registered.id)
    assert outcome(lambda: identity.sign_in("jana@example.org")) == "INVALID_CREDENTIALS"
    assert outcome(lambda: refresh(identity, session.refresh_token)) == "INVALID_TOKEN"
    assert aws.revoked == ["vh_abc", str(family)]  # the key of add_key, and the session
    assert admin.execute("SELECT count(*) FROM api_key WHERE revoked_at IS NULL").fetchone() == (0,)


def test_the_second_sign_in_ends_no_session_and_no_key(
    browser: Browser, identity: Identity, admin: psycopg.Connection[Any], aws: Aws
) -> None:
    registered = identity.register("jana@example.org")
    first = browser.visit()
    add_key(admin, registered.id)

    assert browser.visit().code == "ok"
    assert aws.revoked == []
    assert admin.execute("SELECT count(*) FROM api_key WHERE revoked_at IS NULL").fetchone() == (1,)
    assert admin.execute("SELECT count(*) FROM refresh_family WHERE revoked_at IS NULL").fetchone() == (2,)
    assert first.code == "ok"


def test_an_address_that_was_given_to_somebody_new_does_not_open_the_old_account(
    browser: Browser, admin: psycopg.Connection[Any]
) -> None:
    registered = browser.visit().body["user"]["id"]
    add_key(admin, registered)
    browser.provider.person |= {"sub": "her successor"}
    response = browser.visit()

    assert (response.status, response.code) == (409, "OIDC_ACCOUNT_TAKEN")
    assert admin.execute("SELECT count(*) FROM api_key WHERE revoked_at IS NULL").fetchone() == (1,)


@pytest.mark.parametrize("is_linked", [True, False])
def test_an_account_that_is_not_active_stays_closed(
    browser: Browser, identity: Identity, admin: psycopg.Connection[Any], is_linked: bool
) -> None:
    if is_linked:
        browser.visit()
    else:
        identity.register("jana@example.org")
    admin.execute("UPDATE app_user SET status = 'disabled'")

    assert browser.visit().code == "OIDC_REFUSED"


def test_whoever_was_removed_from_every_workspace_gets_one_of_their_own(
    browser: Browser, admin: psycopg.Connection[Any]
) -> None:
    browser.visit()
    admin.execute("DELETE FROM membership")

    assert browser.visit().code == "ok"
    assert admin.execute("SELECT count(*) FROM membership WHERE role = 'owner'").fetchone() == (1,)


@pytest.mark.parametrize("is_registered", [True, False])
def test_of_many_first_sign_ins_at_once_all_lead_to_one_account(
    database_url: str, identity: Identity, is_registered: bool
) -> None:
    person = Person("https://login.example.com", "7", "jana@example.org", "Jana")
    if is_registered:
        identity.register(person.email)

    def sign_in(_: int) -> str:
        own = Database(lambda: database_url)
        try:
            ends = Ends(cast("RevocationTable", Published()), Records().table)
            return str(account_of(own, ends, person, open_registration=True).id)
        finally:
            own.close()

    with ThreadPoolExecutor(6) as pool:
        accounts = list(pool.map(sign_in, range(6)))

    assert len(set(accounts)) == 1


def refresh(identity: Identity, token: str) -> object:
    return service.refresh(identity.database, identity.keys, identity.revocations, token)


def add_key(admin: psycopg.Connection[Any], user_id: object) -> None:
    admin.execute(
        """INSERT INTO api_key (id, tenant_id, user_id, name, prefix, secret_hash, scopes)
           SELECT %(id)s, tenant_id, id, 'job', 'vh_abc', 'x', '{ask}' FROM app_user WHERE id = %(user_id)s""",
        {"id": uuid.uuid4(), "user_id": user_id},
    )

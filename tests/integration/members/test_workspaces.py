"""A person switches between the workspaces that have them as a member, and no session outlives its end by it."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from voicehelper.identity.models import SignedIn, User
from voicehelper.identity.sessions import SessionRef
from voicehelper.identity.tokens import verify
from voicehelper.members import own, workspaces
from voicehelper.members.changes import remove_member
from voicehelper.shapes.pages import PageRequest

from tests.integration.identity.conftest import outcome
from tests.integration.members.conftest import Company
from tests.integration.members.test_changes import alive, change

DAY_S = 24 * 3600


@pytest.fixture
def user(company: Company) -> User:
    """A member of the company, with a workspace of their own besides."""
    user = company.identity.register("ana@example.com")
    company.accept(company.invite(user.email, "editor").token, user.id)
    return user


def switch(company: Company, session: SessionRef, workspace_id: UUID) -> SignedIn:
    return workspaces.switch(company.identity.database, company.identity.keys, workspace_id, session=session)


def test_a_switch_gives_tokens_of_the_role_there(company: Company, user: User) -> None:
    identity, there = company.identity, company.workspace.tenant_id
    before = identity.sign_in(user.email)

    after = switch(company, identity.session(before), there)

    claims = verify(identity.keys, after.access_token, "at+jwt")
    assert (claims.subject, claims.tenant_id, claims.roles) == (user.id, there, ("editor",))
    assert claims.family_id != identity.session(before).family_id
    assert [alive(company, item.refresh_token) for item in (before, after)] == [True, True]


def test_the_next_sign_in_leads_where_the_last_switch_did(company: Company, user: User) -> None:
    signed_in = company.identity.sign_in(user.email)
    home = verify(company.identity.keys, signed_in.access_token, "at+jwt").tenant_id

    switch(company, company.identity.session(signed_in), company.workspace.tenant_id)
    there = company.claims(user.email).tenant_id
    switch(company, company.identity.session(signed_in), home)

    assert there == company.workspace.tenant_id
    assert company.claims(user.email).tenant_id == home


def test_a_workspace_without_the_user_is_not_found(company: Company, user: User) -> None:
    session = company.identity.session(company.identity.sign_in(user.email))
    other = Company(type(company.workspace)(company.workspace.admin, company.workspace.database), company.identity)

    for workspace_id in (other.workspace.tenant_id, uuid4(), UUID(int=0)):
        refused = outcome(lambda workspace_id=workspace_id: switch(company, session, workspace_id))  # type: ignore[misc]
        assert refused == "WORKSPACE_NOT_FOUND"


def test_who_was_removed_does_not_come_back_by_a_switch(company: Company, user: User) -> None:
    session = company.identity.session(company.identity.sign_in(user.email))
    tenant = company.workspace.as_(company.owner)
    remove_member(tenant, user.id, caller=company.owner, ends=company.ends)

    assert outcome(lambda: switch(company, session, company.workspace.tenant_id)) == "WORKSPACE_NOT_FOUND"


def test_an_ended_session_switches_nowhere(company: Company, user: User) -> None:
    session = company.identity.session(company.identity.sign_in(user.email))
    company.workspace.admin.execute("UPDATE refresh_family SET revoked_at = now()")

    assert outcome(lambda: switch(company, session, company.workspace.tenant_id)) == "INVALID_TOKEN"


def test_switching_does_not_carry_a_session_past_its_end(company: Company, user: User) -> None:
    session = company.identity.session(company.identity.sign_in(user.email))
    company.identity.let_pass(29 * DAY_S)
    company.workspace.admin.execute("UPDATE refresh_family SET expires_at = ends_at")

    late = switch(company, session, company.workspace.tenant_id)

    ends = company.workspace.rows("SELECT max(expires_at) <= now() + interval '1 day' FROM refresh_family")
    assert alive(company, late.refresh_token)
    assert ends == [(True,)]


def test_another_role_ends_the_session_of_the_switch(company: Company, user: User) -> None:
    home = company.identity.sign_in(user.email)
    there = switch(company, company.identity.session(home), company.workspace.tenant_id)

    change(company, company.owner, user.id, "reader")

    assert [alive(company, item.refresh_token) for item in (home, there)] == [True, False]


def test_workspaces_are_listed_with_the_role_in_each(company: Company, user: User) -> None:
    home = company.claims(user.email).tenant_id
    page = PageRequest(page=1, page_size=1)

    first = own.list_workspaces(company.workspace.as_(user.id), page, user_id=user.id)
    second = own.list_workspaces(company.workspace.as_(user.id), PageRequest(page=2, page_size=1), user_id=user.id)

    assert [(item.id, item.role, item.current) for item in (*first.items, *second.items)] == [
        (home, "owner", False),
        (company.workspace.tenant_id, "editor", True),
    ]
    assert (first.total, first.has_next, second.has_next) == (2, True, False)

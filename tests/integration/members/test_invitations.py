"""Invitations are made by administrators, are for one address, and are taken once within a week."""

from __future__ import annotations

import threading
from uuid import uuid4

import pytest
from voicehelper.adapters.database import Database
from voicehelper.knowledge import store as knowledge
from voicehelper.knowledge.access import Access, put_access
from voicehelper.members import invitations, joining
from voicehelper.members.invitations import Invitation
from voicehelper.shapes.pages import PageRequest

from tests.integration.identity.conftest import outcome
from tests.integration.members.conftest import BASE_URL, Company

PAGE = PageRequest(page=1, page_size=50)
WEEK_S = 7 * 24 * 3600


def pending(company: Company) -> list[Invitation]:
    caller = company.owner
    return invitations.list_invitations(company.workspace.as_(caller), PAGE, caller=caller).items


def let_pass(company: Company, seconds: int) -> None:
    company.workspace.admin.execute(
        "UPDATE invitation SET expires_at = expires_at - make_interval(secs => %s)", (seconds,)
    )


@pytest.mark.parametrize("role", ["owner", "admin", "editor", "reader"])
def test_who_registers_with_an_invitation_has_its_role_there_and_no_other_workspace(
    company: Company, role: str
) -> None:
    user = company.register("lin@firma.cn", company.invite("lin@firma.cn", role).token)

    claims = company.claims("lin@firma.cn")

    assert (claims.tenant_id, claims.roles) == (company.workspace.tenant_id, (role,))
    assert company.workspace.rows("SELECT tenant_id FROM membership WHERE user_id = %s", user.id) == [
        (company.workspace.tenant_id,)
    ]


def test_the_link_has_the_token_of_which_the_database_has_the_hash_alone(company: Company) -> None:
    link = company.invite("mia@example.org")

    [(token_hash,)] = company.workspace.rows("SELECT token_hash FROM invitation")
    assert link.url == f"{BASE_URL}/?invitation={link.token}"
    assert len(link.token) >= 43
    assert token_hash == invitations.token_hash(link.token)
    assert len(token_hash) == 32


def test_somebody_who_has_an_account_joins_besides(company: Company) -> None:
    user = company.identity.register("ola@example.no")
    own = company.claims(user.email).tenant_id

    joined = company.accept(company.invite("ola@example.no", "editor").token, user.id)

    assert (joined.id, joined.role, joined.current) == (company.workspace.tenant_id, "editor", False)
    assert company.role(user.id) == "editor"
    assert company.claims(user.email).tenant_id == own


@pytest.mark.parametrize(
    ("invited", "registers"),
    [
        ("Zoe@Example.com", "zoe@example.com"),
        ("max@büro.example", "MAX@BÜRO.example"),
        (" ｎｉａ@example.com", "nia@example.com"),
    ],
)
def test_an_address_is_the_same_in_any_case_and_width(company: Company, invited: str, registers: str) -> None:
    user = company.register(registers, company.invite(invited).token)

    assert company.role(user.id) == "reader"


@pytest.mark.parametrize("other", ["eva+1@example.com", "eva@example.org", "eva.@example.com"])
def test_an_invitation_is_for_no_other_address(company: Company, other: str) -> None:
    token = company.invite("eva@example.com").token
    user = company.identity.register(other)

    assert outcome(lambda: company.register(f"x{other}", token)) == "INVITATION_FOR_ANOTHER"
    assert outcome(lambda: company.accept(token, user.id)) == "INVITATION_FOR_ANOTHER"
    assert outcome(lambda: company.register("eva@example.com", token)) == "ok"


def test_it_is_taken_once(company: Company) -> None:
    token = company.invite("tom@example.com").token
    user = company.register("tom@example.com", token)

    assert outcome(lambda: company.accept(token, user.id)) == "INVITATION_NOT_FOUND"
    assert pending(company) == []


def test_of_many_who_take_it_at_once_it_makes_one_member(company: Company, database_url: str) -> None:
    user = company.identity.register("kim@example.com")
    token, outcomes = company.invite("kim@example.com").token, list[str]()

    def take() -> None:
        own = Database(lambda: database_url)
        outcomes.append(outcome(lambda: joining.accept_invitation(own, token, user_id=user.id)))
        own.close()

    threads = [threading.Thread(target=take) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["INVITATION_NOT_FOUND"] * 5 + ["ok"]


def test_it_ends_after_seven_days(company: Company) -> None:
    early, late = company.invite("a@example.com").token, company.invite("b@example.com").token
    let_pass(company, WEEK_S - 60)
    in_time = outcome(lambda: company.register("a@example.com", early))

    let_pass(company, 60)

    assert in_time == "ok"
    assert outcome(lambda: company.register("b@example.com", late)) == "INVITATION_NOT_FOUND"
    assert pending(company) == []


def test_a_revoked_one_is_gone(company: Company) -> None:
    link, caller = company.invite("uma@example.com"), company.owner

    def revoke() -> None:
        invitations.revoke_invitation(company.workspace.as_(caller), link.id, caller=caller)

    assert [outcome(revoke), outcome(revoke)] == ["ok", "INVITATION_NOT_FOUND"]
    assert outcome(lambda: company.register("uma@example.com", link.token)) == "INVITATION_NOT_FOUND"


def test_a_second_invitation_of_an_address_ends_the_first(company: Company) -> None:
    first, second = company.invite("jan@example.com"), company.invite("JAN@example.com", "admin")

    assert [item.id for item in pending(company)] == [second.id]
    assert outcome(lambda: company.register("jan@example.com", first.token)) == "INVITATION_NOT_FOUND"


@pytest.mark.parametrize("token", ["", "x", "邀请", "' OR 1=1", "A" * 43])
def test_what_is_no_invitation_is_not_found(company: Company, token: str) -> None:
    user = company.identity.register()

    assert outcome(lambda: company.accept(token, user.id)) == "INVITATION_NOT_FOUND"


def test_an_address_that_is_taken_leaves_the_invitation_for_accepting_it(company: Company) -> None:
    user = company.identity.register("pia@example.com")
    token = company.invite("pia@example.com").token

    assert outcome(lambda: company.register("pia@example.com", token)) == "EMAIL_TAKEN"
    assert outcome(lambda: company.accept(token, user.id)) == "ok"


def test_members_are_not_invited_again(company: Company) -> None:
    company.register("rob@example.com", company.invite("rob@example.com").token)

    assert outcome(lambda: company.invite("Rob@example.com", "admin")) == "ALREADY_MEMBER"


@pytest.mark.parametrize(
    ("caller", "invited", "result"),
    [
        ("owner", "owner", "ok"),
        ("admin", "admin", "ok"),
        ("admin", "owner", "ROLE_MISSING"),
        ("editor", "reader", "ROLE_MISSING"),
        ("reader", "reader", "ROLE_MISSING"),
    ],
)
def test_nobody_invites_above_themselves(company: Company, caller: str, invited: str, result: str) -> None:
    user = company.workspace.member(caller)

    assert outcome(lambda: company.invite("neu@example.com", invited, caller=user)) == result


def test_the_bases_of_an_invitation_are_readable_and_no_more(company: Company) -> None:
    workspace, owner = company.workspace, company.owner
    named, other = workspace.base, workspace.other_base()
    for base in (named, other):
        put_access(workspace.as_(owner), base.kb_id, Access(visibility="restricted", grants=[]))

    user = company.register("ida@example.com", company.invite("ida@example.com", bases=[named.kb_id]).token)

    with workspace.as_(user.id).transaction() as tx:
        assert [base.id for base in knowledge.list_bases(tx, limit=9, offset=0)] == [named.kb_id]
    assert workspace.rows("SELECT level FROM base_grant WHERE user_id = %s", user.id) == [(1,)]


def test_only_bases_of_the_workspace_are_given(company: Company) -> None:
    assert outcome(lambda: company.invite("ida@example.com", bases=[uuid4()])) == "KNOWLEDGE_BASE_NOT_FOUND"


def test_a_base_that_was_deleted_since_is_left_out(company: Company) -> None:
    base = company.workspace.other_base()
    token = company.invite("ida@example.com", bases=[base.kb_id]).token
    company.workspace.admin.execute("DELETE FROM knowledge_base WHERE id = %s", (base.kb_id,))

    assert outcome(lambda: company.register("ida@example.com", token)) == "ok"


def test_invitations_of_other_workspaces_are_not_seen_nor_revoked(company: Company) -> None:
    other = Company(type(company.workspace)(company.workspace.admin, company.workspace.database), company.identity)
    link = company.invite("eli@example.com")

    revoke = outcome(
        lambda: invitations.revoke_invitation(other.workspace.as_(other.owner), link.id, caller=other.owner)
    )

    assert revoke == "INVITATION_NOT_FOUND"
    assert pending(other) == []
    assert [item.email for item in pending(company)] == ["eli@example.com"]

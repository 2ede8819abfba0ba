"""Roles change and members go as the rules of owners say, and what they had ends with it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from voicehelper.adapters.database import Database, TenantDatabase
from voicehelper.errors import UpstreamUnavailableError
from voicehelper.identity import service, store
from voicehelper.members import changes
from voicehelper.members.store import get_member, list_members, list_users
from voicehelper.shapes.pages import PageRequest
from voicehelper.shapes.viewer import Viewer

from tests.integration.identity.conftest import outcome
from tests.integration.members.conftest import Company

PAGE = PageRequest(page=1, page_size=50)


def change(company: Company, caller: UUID, user: UUID, role: Any) -> str:
    tenant = company.workspace.as_(caller)
    return outcome(lambda: changes.change_role(tenant, user, role, caller=caller, ends=company.ends))


def remove(company: Company, caller: UUID, user: UUID) -> str:
    tenant = company.workspace.as_(caller)
    return outcome(lambda: changes.remove_member(tenant, user, caller=caller, ends=company.ends))


def end(company: Company, user: UUID, role: str) -> str:
    """The owner gives the member another role, or, without one, removes them."""
    return change(company, company.owner, user, role) if role else remove(company, company.owner, user)


def joined(company: Company, role: str) -> tuple[str, UUID]:
    """Address and id of a member who can sign in."""
    email = f"{uuid4().hex}@example.org"
    return email, company.register(email, company.invite(email, role).token).id


def alive(company: Company, refresh_token: str) -> bool:
    identity = company.identity
    database, keys, revocations = identity.database, identity.keys, identity.revocations
    return outcome(lambda: service.refresh(database, keys, revocations, refresh_token)) == "ok"


@pytest.mark.parametrize(
    ("caller", "before", "after", "result"),
    [
        ("owner", "reader", "owner", "ok"),
        ("owner", "owner", "reader", "ok"),
        ("owner", "editor", "admin", "ok"),
        ("admin", "reader", "admin", "ok"),
        ("admin", "admin", "reader", "ok"),
        ("admin", "editor", "owner", "ROLE_MISSING"),
        ("admin", "owner", "admin", "ROLE_MISSING"),
        ("editor", "reader", "editor", "ROLE_MISSING"),
        ("reader", "reader", "editor", "ROLE_MISSING"),
    ],
)
def test_administrators_change_roles_and_owners_alone_those_of_owners(
    company: Company, caller: str, before: str, after: str, result: str
) -> None:
    user = company.workspace.member(before)

    assert change(company, company.workspace.member(caller), user, after) == result
    assert company.role(user) == (after if result == "ok" else before)


@pytest.mark.parametrize(
    ("caller", "removed", "result"),
    [
        ("owner", "owner", "ok"),
        ("owner", "admin", "ok"),
        ("admin", "admin", "ok"),
        ("admin", "reader", "ok"),
        ("admin", "owner", "ROLE_MISSING"),
        ("editor", "reader", "ROLE_MISSING"),
        ("reader", "reader", "ROLE_MISSING"),
    ],
)
def test_administrators_remove_members_and_owners_alone_owners(
    company: Company, caller: str, removed: str, result: str
) -> None:
    user = company.workspace.member(removed)

    assert remove(company, company.workspace.member(caller), user) == result
    assert company.role(user) == (None if result == "ok" else removed)


@pytest.mark.parametrize("role", ["reader", "editor", "admin", "owner"])
def test_everybody_may_leave(company: Company, role: str) -> None:
    user = company.workspace.member(role)

    assert [remove(company, user, user), remove(company, user, user)] == ["ok", "MEMBER_NOT_FOUND"]


def test_nobody_raises_themselves(company: Company) -> None:
    for role in ("admin", "editor", "reader"):
        user = company.workspace.member(role)
        assert change(company, user, user, "owner") == "ROLE_MISSING"


def test_the_last_owner_neither_leaves_nor_is_lowered(company: Company) -> None:
    company.workspace.member("admin")

    assert remove(company, company.owner, company.owner) == "LAST_OWNER"
    assert change(company, company.owner, company.owner, "admin") == "LAST_OWNER"
    assert change(company, company.owner, company.owner, "owner") == "ok"
    assert company.role(company.owner) == "owner"


@pytest.mark.parametrize("way", ["leave", "lower themselves", "remove the next", "lower the next"])
def test_of_owners_who_go_at_once_one_stays(company: Company, way: str, database_url: str) -> None:
    owners = [company.owner, *(company.workspace.member("owner") for _ in range(3))]
    outcomes: list[str] = []

    def go(caller: UUID, user: UUID) -> None:
        own = Database(lambda: database_url)
        tenant = TenantDatabase(own, company.workspace.tenant_id, Viewer(caller))
        calls: dict[bool, Callable[[], object]] = {
            True: lambda: changes.change_role(tenant, user, "reader", caller=caller, ends=company.ends),
            False: lambda: changes.remove_member(tenant, user, caller=caller, ends=company.ends),
        }
        outcomes.append(outcome(calls["lower" in way]))
        own.close()

    following = owners if "next" not in way else [*owners[1:], owners[0]]
    threads = [threading.Thread(target=go, args=pair) for pair in zip(owners, following, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    left = sum(company.role(user) == "owner" for user in owners)
    assert left >= 1
    assert outcomes.count("ok") == len(owners) - left
    assert set(outcomes) <= {"ok", "LAST_OWNER", "ROLE_MISSING", "MEMBER_NOT_FOUND"}


def test_members_of_other_workspaces_are_not_found(company: Company) -> None:
    other = Company(type(company.workspace)(company.workspace.admin, company.workspace.database), company.identity)

    for user in (other.owner, uuid4()):
        assert change(company, company.owner, user, "reader") == "MEMBER_NOT_FOUND"
        assert remove(company, company.owner, user) == "MEMBER_NOT_FOUND"
    assert other.role(other.owner) == "owner"


def test_who_is_no_member_changes_nothing_whatever_the_token_says(company: Company) -> None:
    gone, user = company.workspace.member("owner"), company.workspace.member()
    remove(company, company.owner, gone)

    assert change(company, gone, user, "owner") == "ROLE_MISSING"
    assert remove(company, gone, user) == "ROLE_MISSING"


@pytest.mark.parametrize("way", ["removed", "lowered"])
def test_sessions_of_this_workspace_end_and_those_of_others_stay(company: Company, way: str) -> None:
    identity = company.identity
    user = identity.register("moe@example.com")
    elsewhere = identity.sign_in(user.email)
    company.accept(company.invite(user.email, "editor").token, user.id)
    company.workspace.admin.execute(
        "UPDATE app_user SET tenant_id = %s WHERE id = %s", (company.workspace.tenant_id, user.id)
    )
    here = identity.sign_in(user.email)

    done = end(company, user.id, "" if way == "removed" else "reader")

    assert done == "ok"
    assert identity.published.families == [identity.session(here).family_id]
    assert [alive(company, token.refresh_token) for token in (elsewhere, here)] == [True, False]


def test_the_role_that_a_member_has_already_ends_nothing(company: Company) -> None:
    email, user = joined(company, "editor")
    session = company.identity.sign_in(email)

    assert change(company, company.owner, user, "editor") == "ok"
    assert alive(company, session.refresh_token)


def test_sessions_that_cannot_be_revoked_everywhere_keep_the_member(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    email, user = joined(company, "editor")
    session = company.identity.sign_in(email)

    def fail(*_: object, **__: object) -> None:
        raise UpstreamUnavailableError

    with monkeypatch.context() as broken:
        broken.setattr(company.identity.published, "publish", fail)
        failed = remove(company, company.owner, user)

    assert (failed, company.role(user)) == ("UPSTREAM_UNAVAILABLE", "editor")
    assert alive(company, session.refresh_token)


def test_a_removed_member_loses_keys_groups_and_grants_and_no_base(company: Company) -> None:
    workspace, user = company.workspace, company.workspace.member("editor")
    base = workspace.other_base(made_by=user)
    workspace.admin.execute(
        "INSERT INTO api_key (id, tenant_id, user_id, name, prefix, secret_hash, scopes)"
        " VALUES (%s, %s, %s, 'k', 'p', 'h', '{ask}')",
        (uuid4(), workspace.tenant_id, user),
    )
    workspace.admin.execute(
        "INSERT INTO base_grant (kb_id, tenant_id, user_id, level) VALUES (%s, %s, %s, 3)",
        (base.kb_id, workspace.tenant_id, user),
    )

    remove(company, company.owner, user)

    assert workspace.rows("SELECT revoked_at IS NOT NULL FROM api_key") == [(True,)]
    assert workspace.rows("SELECT * FROM base_grant") == []
    assert workspace.rows("SELECT status FROM knowledge_base WHERE id = %s", base.kb_id) == [("active",)]


def test_keys_of_other_members_and_of_other_workspaces_stay(company: Company) -> None:
    user = company.workspace.member("editor")
    other = Company(type(company.workspace)(company.workspace.admin, company.workspace.database), company.identity)
    other.workspace.admin.execute("INSERT INTO membership VALUES (%s, %s, 'editor')", (other.workspace.tenant_id, user))
    for tenant_id, owner in ((company.workspace.tenant_id, company.owner), (other.workspace.tenant_id, user)):
        company.workspace.admin.execute(
            "INSERT INTO api_key (id, tenant_id, user_id, name, prefix, secret_hash, scopes)"
            " VALUES (%s, %s, %s, 'k', %s, 'h', '{ask}')",
            (uuid4(), tenant_id, owner, str(owner)),
        )

    remove(company, company.owner, user)

    assert company.workspace.rows("SELECT count(*) FROM api_key WHERE revoked_at IS NULL") == [(2,)]


@pytest.mark.parametrize(
    ("change_to", "left"), [("removed", []), ("reader", []), ("admin", ["reader"]), ("owner", ["owner", "reader"])]
)
def test_invitations_end_that_their_maker_could_no_longer_make(
    company: Company, change_to: str, left: list[str]
) -> None:
    user = company.workspace.member("owner")
    tokens = {role: company.invite(f"{role}@example.com", role, caller=user).token for role in ("owner", "reader")}

    end(company, user, "" if change_to == "removed" else change_to)

    taken = [
        role
        for role, token in tokens.items()
        if outcome(lambda role=role, token=token: company.register(f"{role}@example.com", token)) == "ok"  # type: ignore[misc]
    ]
    assert taken == left


def test_a_sign_in_that_a_removal_or_another_role_overtakes_gets_no_session(company: Company) -> None:
    email, user = joined(company, "admin")
    with company.identity.database.transaction() as tx:
        verified = store.find_account(tx, email)
    assert verified
    change(company, company.owner, user, "reader")

    def start(role: str) -> bool:
        family = store.NewFamily(uuid4(), user, company.workspace.tenant_id, role, uuid4().bytes, None)
        with company.identity.database.transaction() as tx:
            return store.insert_family(tx, family, password_hash=verified.password_hash, life_s=60, longest_s=60)

    lowered, now = start("admin"), start("reader")
    remove(company, company.owner, user)

    assert (lowered, now, start("reader")) == (False, True, False)


def test_a_member_is_seen_at_sign_in_and_at_refresh(company: Company) -> None:
    email, user = joined(company, "reader")
    tenant = company.workspace.as_(company.owner)

    def seen() -> Any:
        with tenant.transaction() as tx:
            return get_member(tx, user).last_seen_at

    before, signed_in = seen(), company.identity.sign_in(email)
    at_sign_in = seen()
    alive(company, signed_in.refresh_token)

    assert before is None
    assert at_sign_in is not None
    assert seen() > at_sign_in


def test_members_and_users_are_those_of_the_workspace_in_pages(company: Company) -> None:
    Company(type(company.workspace)(company.workspace.admin, company.workspace.database), company.identity)
    users = [company.owner, *(company.workspace.member() for _ in range(4))]
    tenant = company.workspace.as_(company.owner)

    pages = [list_members(tenant, PageRequest(page=number, page_size=2)) for number in (1, 2, 3)]
    all_users = list_users(tenant, PAGE, caller=company.owner)

    assert [member.user_id for page in pages for member in page.items] == users
    assert [(page.total, page.has_next) for page in pages] == [(5, True), (5, True), (5, False)]
    assert {user.id for user in all_users.items} == set(users)
    assert outcome(lambda: list_users(tenant, PAGE, caller=users[1])) == "ROLE_MISSING"

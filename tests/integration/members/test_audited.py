"""What administrators and members change is in the audit log, and no failed change is."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from voicehelper.errors import ConflictError
from voicehelper.knowledge.access import Access, Grant, put_access
from voicehelper.members import changes, groups
from voicehelper.members.export import export_user
from voicehelper.members.groups import NewGroup
from voicehelper.members.store import MemberNotFoundError
from voicehelper.shapes.pages import PageRequest

from tests.integration.members.conftest import Company


def entries(company: Company) -> list[tuple[str, UUID | None]]:
    """(action, who), the oldest first."""
    return [
        (action, actor)
        for action, actor in company.workspace.rows("SELECT action, actor_id FROM audit_entry ORDER BY at, id")
        if not action.startswith("sign_in")
    ]


def test_each_change_is_recorded_with_who_made_it(company: Company) -> None:
    owner, tenant = company.owner, company.workspace.as_(company.owner)
    member = company.register("li@example.org", company.invite("li@example.org", "editor").token).id
    group = groups.create_group(tenant, NewGroup(name="finance"), caller=owner)
    groups.set_members(tenant, group.id, [member], caller=owner)
    base = company.workspace.other_base(made_by=owner)
    put_access(tenant, base.kb_id, Access(visibility="restricted", grants=[Grant(group=group.id, right="read")]))
    export_user(tenant, PageRequest(page=1, page_size=9), user_id=owner, language="en")
    groups.delete_group(tenant, group.id, caller=owner)
    changes.change_role(tenant, member, "reader", caller=owner, ends=company.ends)
    changes.remove_member(tenant, member, caller=owner, ends=company.ends)

    assert entries(company) == [
        ("member.invited", owner),
        ("member.joined", member),
        ("group.changed", owner),
        ("group.changed", owner),
        ("access.changed", owner),
        ("export.made", owner),
        ("group.changed", owner),
        ("member.role_changed", owner),
        ("member.removed", owner),
    ]


def test_what_was_refused_is_not_recorded(company: Company) -> None:
    tenant = company.workspace.as_(company.owner)
    groups.create_group(tenant, NewGroup(name="finance"), caller=company.owner)

    with pytest.raises(ConflictError):
        groups.create_group(tenant, NewGroup(name="finance"), caller=company.owner)
    with pytest.raises(MemberNotFoundError):
        changes.remove_member(tenant, uuid4(), caller=company.owner, ends=company.ends)

    assert len(entries(company)) == 1


def test_a_role_that_changes_reaches_the_authorizer_s_record_of_keys(company: Company) -> None:
    member = company.register("li@example.org", company.invite("li@example.org", "editor").token).id
    tenant = company.workspace.as_(company.owner)
    key = company.make_key(member)

    changes.change_role(tenant, member, "reader", caller=company.owner, ends=company.ends)
    lowered = company.keys.records[key].role
    changes.remove_member(tenant, member, caller=company.owner, ends=company.ends)

    assert (lowered, key in company.keys.records) == ("reader", False)

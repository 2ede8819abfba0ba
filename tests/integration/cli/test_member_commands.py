"""Members, access and workspaces at the command line."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.integration.cli.conftest import Command
from tests.integration.cli.service import Service

ANN, BEN = "0193f0aa-1111-7aaa-8aaa-00000000000a", "0193f0aa-1111-7aaa-8aaa-00000000000b"
GROUP, BASE = "group-0193f0aa-2222-7aaa-8aaa-00000000000c", "kb-0193f0aa-3333-7aaa-8aaa-00000000000d"
HOME, FIRM = "0193f0aa-4444-7aaa-8aaa-00000000000e", "0193f0aa-4444-7aaa-8aaa-00000000000f"


def page(*items: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    return 200, {"items": list(items), "total": len(items), "page": 1, "page_size": 100, "has_next": False}


@pytest.fixture
def company(signed_in: Command, service: Service) -> Command:
    """A workspace of two with a group and a base, as a signed-in member sees it."""
    group = {"id": GROUP, "name": "客服", "member_count": 1}
    service.forced["GET /members"] = page(
        {"user_id": ANN, "email": "ann@example.com", "role": "owner", "groups": []},
        {"user_id": BEN, "email": "Ben@example.com", "role": "reader", "groups": [{"id": GROUP, "name": "客服"}]},
    )
    service.forced["GET /groups"] = page(group)
    service.forced["GET /knowledge/bases"] = page({"id": BASE, "name": "legal", "display_name": "Legal"})
    service.forced["GET /workspaces"] = page(
        {"id": HOME, "name": "Home", "role": "owner", "current": True},
        {"id": FIRM, "name": "Firma", "role": "reader", "current": False},
    )
    return signed_in


def test_members_are_listed_with_role_and_groups(company: Command) -> None:
    listed = company("members", "list")

    assert listed.returncode == 0
    assert "ann@example.com" in listed.stdout
    assert "客服" in listed.stdout


def test_an_invitation_prints_its_link(company: Command, service: Service) -> None:
    made = {"id": "invitation-x", "url": "https://help.example.com/?invitation=abc", "token": "abc", "expires_at": "x"}
    service.forced["POST /members/invitations"] = (201, made)

    shown = company("members", "invite", "new@example.com", "--role", "editor", "--base", "Legal")

    assert shown.returncode == 0
    assert "https://help.example.com/?invitation=abc" in shown.stdout


@pytest.mark.parametrize("given", ["https://help.example.com/?invitation=abc", "abc"])
def test_a_link_or_its_token_joins(company: Command, service: Service, given: str) -> None:
    joined = {"id": FIRM, "name": "Firma", "role": "reader", "current": False}
    service.forced["POST /members/invitations/accept"] = (200, joined)

    assert "Firma" in company("members", "join", given).stdout


def test_a_member_is_named_by_address_in_any_case(company: Command, service: Service) -> None:
    service.forced[f"PATCH /members/{BEN}"] = (200, {"email": "Ben@example.com", "role": "editor"})
    service.forced[f"DELETE /members/{BEN}"] = (204, {})

    assert "editor" in company("members", "role", "ben@example.com", "editor").stdout
    assert company("members", "remove", "BEN@example.com", "--yes").returncode == 0
    assert company("members", "remove", "ben@example.com", answer="n\n").returncode != 0
    assert company("members", "role", "eve@example.com", "editor").returncode == 4


def test_groups_are_made_filled_and_deleted_by_name(company: Command, service: Service) -> None:
    service.forced["POST /groups"] = (201, {"id": GROUP, "name": "客服", "member_count": 0})
    service.forced[f"PUT /groups/{GROUP}/members"] = (200, {"id": GROUP, "name": "客服", "member_count": 2})
    service.forced[f"DELETE /groups/{GROUP}"] = (204, {})

    done = [
        company("members", "groups", "create", "客服"),
        company("members", "groups", "set", "客服", "ann@example.com", "ben@example.com"),
        company("members", "groups", "list"),
        company("members", "groups", "delete", "客服"),
    ]

    assert [result.returncode for result in done] == [0] * 4
    assert company("members", "groups", "delete", "none").returncode == 4


def test_access_is_shown_by_name_and_changed_by_what_is_said(company: Command, service: Service) -> None:
    path = f"/knowledge/bases/{BASE}/access"
    before = {
        "visibility": "restricted",
        "grants": [{"member": BEN, "right": "read"}, {"group": GROUP, "right": "write"}],
    }
    service.forced[f"GET {path}"] = (200, before)
    service.forced[f"PUT {path}"] = (200, {"visibility": "workspace", "grants": []})

    shown = company("access", "Legal")
    changed = company(
        "access", "Legal", "--open", "--grant", "ann@example.com=manage", "--revoke", "group:客服", "--json"
    )

    assert "Ben@example.com = read" in shown.stdout
    assert "group:客服 = write" in shown.stdout
    assert json.loads(changed.stdout) == {"visibility": "workspace", "grants": []}
    assert company("access", "Legal", "--grant", "ann@example.com=own").returncode == 2


def test_a_switch_goes_on_with_the_tokens_of_the_other_workspace(company: Command, service: Service) -> None:
    user = {"id": ANN, "email": "ann@example.com", "username": "ann"}
    tokens = {"access_token": "other", "refresh_token": "other", "expires_in": 3600, "user": user}
    service.forced["POST /auth/switch"] = (200, tokens)

    listed = company("workspaces")
    switched = company("switch", "firma")

    assert "* Home" in listed.stdout
    assert (switched.returncode, "Firma" in switched.stdout) == (0, True)
    assert company("switch", "nowhere").returncode == 4

"""What is a grant, and what a set of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError
from voicehelper.knowledge.access import Access, Grant
from voicehelper.shapes.ids import NOWHERE

ANNA, GROUP = "0193f0aa-1111-7aaa-8aaa-00000000000a", "group-0193f0aa-2222-7aaa-8aaa-00000000000b"


def test_a_grant_names_a_member_or_a_group() -> None:
    assert Grant.model_validate({"member": ANNA, "right": "write"}).grantee == (UUID(ANNA), None)
    assert Grant.model_validate({"group": GROUP, "right": "read"}).grantee == (None, UUID(GROUP[6:]))


@pytest.mark.parametrize(
    "grant",
    [
        {"right": "read"},
        {"member": ANNA, "group": GROUP, "right": "read"},
        {"member": None, "group": None, "right": "read"},
        {"member": ANNA},
        {"member": ANNA, "right": "own"},
        {"member": ANNA, "right": "READ"},
        {"member": ANNA, "right": "read", "until": "2027-01-01"},
        {"member": 7, "right": "read"},
    ],
)
def test_what_is_no_grant_is_refused(grant: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Access.model_validate({"visibility": "restricted", "grants": [grant]})


@pytest.mark.parametrize("member", ["", "anna@example.com", "张三", ANNA[:-1], f"user-{ANNA}", GROUP])
def test_an_id_that_is_none_is_that_of_nobody(member: str) -> None:
    assert Grant.model_validate({"member": member, "right": "read"}).member == NOWHERE


@pytest.mark.parametrize("twice", [{"member": ANNA}, {"group": GROUP}])
def test_nobody_is_named_twice_whatever_the_rights(twice: dict[str, str]) -> None:
    grants = [{**twice, "right": "read"}, {**twice, "right": "manage"}]

    with pytest.raises(ValidationError, match="GRANT_REPEATED"):
        Access.model_validate({"visibility": "workspace", "grants": grants})


@pytest.mark.parametrize("visibility", ["public", "", None, "RESTRICTED"])
def test_a_base_is_open_to_the_workspace_or_restricted(visibility: Any) -> None:
    with pytest.raises(ValidationError):
        Access.model_validate({"visibility": visibility, "grants": []})


def test_both_parts_are_said_each_time() -> None:
    bodies: list[dict[str, Any]] = [{"visibility": "restricted"}, {"grants": []}]
    for body in bodies:
        with pytest.raises(ValidationError):
            Access.model_validate(body)

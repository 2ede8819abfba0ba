"""Commands that set, list and remove budgets."""

from __future__ import annotations

import json
from typing import Any

from tests.integration.cli.conftest import Command
from tests.integration.cli.service import Service
from tests.integration.cli.test_key_commands import listed, page


def budget(subject: str, **more: Any) -> dict[str, Any]:
    return {
        "id": subject, "kind": "key", "name": "nightly (abc)", "limit_usd": 5.0, "used_usd": 1.25, "reserved_usd": 0.0,
        "resets_at": "2026-12-01T00:00:00Z", **more,
    }  # fmt: skip


def test_budgets_are_listed_with_what_is_used(signed_in: Command, service: Service) -> None:
    service.forced["GET /budgets"] = page(budget("key-1"), budget("workspace", kind="workspace", name=""))

    lines = signed_in("budgets", "list").stdout

    assert "nightly (abc)" in lines
    assert "$1.25" in lines
    assert "2026-12-01" in lines
    assert json.loads(signed_in("budgets", "list", "--json").stdout)[1]["id"] == "workspace"


def test_a_budget_is_set_by_the_name_of_a_key(signed_in: Command, service: Service) -> None:
    key = listed(1, "nightly")
    service.forced["GET /keys"] = page(key)
    service.forced[f"PUT /budgets/{key['id']}"] = (200, budget(key["id"]))

    assert "$5.00" in signed_in("budgets", "set", "nightly", "5").stdout
    assert signed_in("budgets", "set", "nobody", "5").returncode == 4


def test_the_workspaces_budget_is_removed(signed_in: Command, service: Service) -> None:
    service.forced["DELETE /budgets/workspace"] = (204, None)

    assert "workspace" in signed_in("budgets", "remove", "workspace").stdout

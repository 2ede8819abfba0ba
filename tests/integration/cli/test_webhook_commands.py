"""Commands that make, list, try and delete webhooks."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from tests.integration.cli.conftest import Command
from tests.integration.cli.service import Service
from tests.integration.cli.test_key_commands import page

ID, DELIVERY = f"webhook-{UUID(int=1)}", f"delivery-{UUID(int=2)}"
WEBHOOK = {
    "id": ID, "url": "https://example.com/hook", "events": ["document.indexed"], "bases": None, "description": "",
    "enabled": True, "disabled_reason": "", "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z",
}  # fmt: skip


def told(**more: Any) -> dict[str, Any]:
    return {
        "id": DELIVERY, "event": "ping", "content": {}, "status": "dead", "attempts": 3, "last_status": 500,
        "last_error": "status", "created_at": "2026-01-01T00:00:00Z", "next_attempt_at": None, "ended_at": None, **more,
    }  # fmt: skip


def test_a_secret_is_printed_alone_so_that_it_can_be_piped(signed_in: Command, service: Service) -> None:
    signed_in("base", "create", "manuals")
    service.forced["POST /webhooks"] = (201, WEBHOOK | {"secret": "whsec_x"})

    result = signed_in("webhooks", "create", "https://example.com/hook", "--event", "task.failed", "--base", "manuals")
    plain = signed_in("webhooks", "create", "https://example.com/hook")

    assert result.stdout.splitlines()[0] == "whsec_x"
    first, second = map(json.loads, service.posted("/webhooks"))
    assert (first["events"], len(first["bases"])) == (["task.failed"], 1)
    assert (second["events"], second["bases"]) == (["document.indexed", "document.failed"], None)
    assert plain.returncode == 0


def test_webhooks_are_listed_with_their_state(signed_in: Command, service: Service) -> None:
    service.forced["GET /webhooks"] = page(
        WEBHOOK, WEBHOOK | {"enabled": False}, WEBHOOK | {"enabled": False, "disabled_reason": "gone"}
    )

    lines = signed_in("webhooks", "list").stdout.splitlines()

    assert [line.split()[1] for line in lines[1:]] == ["on", "off", "gone"]


def test_deliveries_are_listed_with_the_answer_and_asked_for_by_status(signed_in: Command, service: Service) -> None:
    path = f"/webhooks/{ID}/deliveries"
    service.forced[f"GET {path}"] = page(told(), told(last_status=None, last_error="timed_out"))

    lines = signed_in("webhooks", "deliveries", ID, "--status", "dead").stdout.splitlines()

    shown = [line.split()[:4] for line in lines[1:]]
    assert shown == [["ping", "dead", "3", "500"], ["ping", "dead", "3", "timed_out"]]
    assert [path for _, path, _ in service.requests if path.startswith(f"/webhooks/{ID}")] == [
        f"/webhooks/{ID}/deliveries?page=1&page_size=100&status=dead"
    ]


def test_a_webhook_is_tried_told_again_and_deleted(signed_in: Command, service: Service) -> None:
    service.forced[f"POST /webhooks/{ID}/ping"] = (202, told())
    service.forced[f"POST /webhooks/{ID}/deliveries/{DELIVERY}/redeliver"] = (202, told())
    service.forced[f"DELETE /webhooks/{ID}"] = (204, None)

    assert DELIVERY in signed_in("webhooks", "ping", ID).stdout
    assert DELIVERY in signed_in("webhooks", "redeliver", ID, DELIVERY).stdout
    assert signed_in("webhooks", "delete", ID).returncode == 0

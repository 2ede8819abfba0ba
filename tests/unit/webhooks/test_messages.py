"""When the message about due deliveries comes, and where it goes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from voicehelper.webhooks.messages import WebhooksDue, pass_on, send_when_due

from tests.support.fakes import FakeQueue

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def due(seconds: float | None) -> WebhooksDue:
    return WebhooksDue(tenant_id=UUID(int=1), not_before=None if seconds is None else NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize("seconds", [None, -60, 0, 0.5])
def test_a_message_whose_time_has_come_is_handed_over(seconds: float | None) -> None:
    queue, handed = FakeQueue(), list[Mapping[str, Any]]()

    pass_on(due(seconds), queue=queue, deliver_later=handed.append, now=NOW)

    assert [item["tenant_id"] for item in handed] == [str(UUID(int=1))]
    assert queue.messages == []


def test_an_early_message_goes_back_into_the_queue() -> None:
    queue, handed = FakeQueue(), list[Mapping[str, Any]]()

    pass_on(due(3600), queue=queue, deliver_later=handed.append, now=NOW)

    assert (handed, WebhooksDue.model_validate_json(queue.messages[0])) == ([], due(3600))


@pytest.mark.parametrize(("seconds", "delay_s"), [(-5.0, 0), (0.2, 1), (30.0, 30), (3600.0, 900)])
def test_a_message_waits_until_its_time_or_as_long_as_the_queue_can(seconds: float, delay_s: int) -> None:
    delays = list[int]()

    class Queue:
        def send(self, message: Mapping[str, Any], *, delay_s: int = 0) -> None:
            delays.append(delay_s)
            assert json.dumps(message)

    send_when_due(Queue(), due(seconds), now=NOW)

    assert delays == [delay_s]

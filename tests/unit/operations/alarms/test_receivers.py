"""Who is told what, in which form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from voicehelper.operations.alarms.changes import Severity, StateChange
from voicehelper.operations.alarms.grouping import Alarm, Group
from voicehelper.operations.alarms.receivers import Receivers

DOWN = StateChange(
    alarm="stack-ServiceDown", severity="critical", summary="Nobody is answered.", is_firing=True, at_ms=0, value=100
)
BOTH = {"pager": "https://pager.invalid/v2?a=b", "pager_key": "key", "chat": "https://chat.invalid/x"}


class Sent(list[tuple[str, Mapping[str, Any]]]):
    def post(self, url: str, body: Mapping[str, Any]) -> None:
        self.append((url, body))


def tell(secret: Mapping[str, Any], severity: Severity, change: StateChange = DOWN) -> Sent:
    sent, alarm = Sent(), Alarm(change.model_copy(update={"severity": severity}))
    group = Group(severity, (alarm,))
    replace(Receivers.of(secret, "https://wiki.invalid/operations"), post=sent.post).tell(group, [alarm])
    return sent


@pytest.mark.parametrize(
    ("secret", "severity", "urls"),
    [
        (BOTH, "critical", [BOTH["pager"]]), (BOTH, "warning", [BOTH["chat"]]), (BOTH, "info", []),
        ({"chat": BOTH["chat"]}, "critical", [BOTH["chat"]]), ({"pager": BOTH["pager"]}, "warning", []),
        ({}, "critical", []), ({"pager": None, "chat": ""}, "critical", []),
    ],
)  # fmt: skip
def test_a_severity_goes_to_its_receiver_or_the_next_quieter_one(
    secret: Mapping[str, Any], severity: Severity, urls: list[str]
) -> None:
    assert [url for url, _ in tell(secret, severity)] == urls


def test_every_notice_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    tell({}, "info")

    assert "[FIRING] Nobody is answered." in caplog.text


def test_a_page_has_the_shape_that_pagers_know() -> None:
    [(_, page)] = tell(BOTH, "critical")

    assert {name: page[name] for name in ("routing_key", "event_action", "dedup_key")} == {
        "routing_key": "key", "event_action": "trigger", "dedup_key": "stack-critical"
    }  # fmt: skip
    assert page["payload"]["summary"] == "[FIRING] Nobody is answered."
    assert page["links"] == [{"href": "https://wiki.invalid/operations#servicedown", "text": "ServiceDown"}]


def test_the_end_resolves_the_incident() -> None:
    [(_, page)] = tell(BOTH, "critical", DOWN.model_copy(update={"is_firing": False, "value": None}))

    assert page["event_action"] == "resolve"
    assert "Value no data" in page["payload"]["custom_details"]["text"]


def test_a_chat_is_sent_nothing_but_text() -> None:
    """Some refuse fields that they do not know."""
    [(_, message)] = tell(BOTH, "warning")

    assert set(message) == {"text"}
    assert str(message["text"]).startswith("[FIRING] Nobody is answered.")

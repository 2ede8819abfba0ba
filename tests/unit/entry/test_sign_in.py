"""Where a request comes from, as the gateway saw it."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from voicehelper.entry.sign_in import request_origin
from voicehelper.identity.attempts import Origin


def origin(http: dict[str, Any], **headers: str) -> Origin:
    raw = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()]
    return request_origin(Request({"type": "http", "headers": raw, "aws.event": {"requestContext": {"http": http}}}))


def test_the_address_is_the_gateway_s_and_never_a_header_s() -> None:
    found = origin({"sourceIp": "203.0.113.4"}, x_forwarded_for="198.51.100.1", forwarded="for=198.51.100.1")

    assert found == Origin("203.0.113.4", None)


def test_a_client_s_name_is_printable_and_short() -> None:
    assert origin({}, user_agent="tool/2\x07\x85 (x)").user_agent == "tool/2 (x)"
    assert origin({}, user_agent="  ").user_agent is None
    assert origin({}, user_agent="a" * 5000).user_agent == "a" * 256

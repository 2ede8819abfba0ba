"""Secrets are derived and told apart; a signature is what the documentation's snippet accepts."""

from __future__ import annotations

import re
import time
from typing import Any
from uuid import UUID

import pytest
from voicehelper.webhooks.secrets import SecretName, WebhookKeys, secret_of, sign

from infra.local.paths import ROOT

ONE, OTHER = UUID(int=1), UUID(int=2)
BODY = b'{"id":"event-1"}'


@pytest.fixture(scope="module")
def is_genuine() -> Any:
    """The function of docs/webhooks.md."""
    [snippet] = re.findall(r"```python\n(.*?)```", (ROOT / "docs/webhooks.md").read_text("utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    exec(snippet, names)
    return names["is_genuine"]


def test_a_secret_follows_from_the_key_the_webhook_and_its_number() -> None:
    secret = secret_of(b"k", SecretName(ONE, 1, 1))
    others = [
        secret_of(b"other", SecretName(ONE, 1, 1)),
        secret_of(b"k", SecretName(OTHER, 1, 1)),
        secret_of(b"k", SecretName(ONE, 2, 1)),
    ]

    assert secret == secret_of(b"k", SecretName(ONE, 1, 1))
    assert re.fullmatch(r"whsec_[\w-]{43}", secret)
    assert len({secret, *others}) == 4


def test_a_signature_is_accepted_by_either_of_two_secrets_as_documented(is_genuine: Any) -> None:
    header = sign(["new", "old"], BODY, at=int(time.time()))

    assert is_genuine("new", header, BODY)
    assert is_genuine("old", header, BODY)


def test_another_secret_body_or_time_is_refused_as_documented(is_genuine: Any) -> None:
    now = int(time.time())
    header = sign(["s"], BODY, at=now)

    assert not is_genuine("x", header, BODY)
    assert not is_genuine("s", header, BODY + b" ")
    assert not is_genuine("s", header.replace(f"t={now}", f"t={now - 1}"), BODY)
    assert not is_genuine("s", sign(["s"], BODY, at=now - 3600), BODY)


def test_a_key_that_was_replaced_still_makes_the_secrets_of_its_time() -> None:
    values, asked = {"/key": (2, "new"), "/key:1": (1, "old")}, list[str]()

    def read(name: str) -> tuple[int, str]:
        asked.append(name)
        return values[name]

    keys = WebhookKeys("/key", read)

    assert keys.current_version == 2
    assert keys.secret_of(SecretName(ONE, 2, 2)) == secret_of(b"new", SecretName(ONE, 2, 2))
    assert [keys.secret_of(SecretName(ONE, 1, 1)) for _ in range(2)] == [secret_of(b"old", SecretName(ONE, 1, 1))] * 2
    assert asked == ["/key", "/key:1"]

"""Secrets of webhooks, which are stored nowhere: ``secret_of`` derives one, ``sign`` signs with one or two.

Derived from the deployment's key for webhooks, so that neither the database nor a copy of it can sign. ``WebhookKeys``
reads that key by its version: writing another value changes no secret that is in use.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple
from uuid import UUID

from voicehelper.adapters.aws_call import read_version

_PREFIX: Final = "whsec_"


class SecretName(NamedTuple):
    """Which of a webhook's secrets: the first, the one after its first rotation, …"""

    webhook_id: UUID
    number: int
    key_version: int


@dataclass(frozen=True)
class WebhookKeys:
    """``parameter`` is a SecureString; its earlier versions stay readable. ``read`` is that of the parameter store."""

    parameter: str
    read: Callable[[str], tuple[int, str]] = read_version

    @functools.cached_property
    def _current(self) -> tuple[int, str]:
        return self.read(self.parameter)

    @property
    def current_version(self) -> int:
        """As this process has met it; another one since then is used by processes to come."""
        return self._current[0]

    @functools.cache  # noqa: B019 - one object a process
    def by_version(self, version: int) -> bytes:
        current, value = self._current
        return (value if version == current else self.read(f"{self.parameter}:{version}")[1]).encode()

    def secret_of(self, name: SecretName) -> str:
        return secret_of(self.by_version(name.key_version), name)


def secret_of(key: bytes, name: SecretName) -> str:
    digest = hmac.digest(key, f"webhook {name.webhook_id} {name.number}".encode(), hashlib.sha256)
    return _PREFIX + base64.urlsafe_b64encode(digest).decode().rstrip("=")


def sign(secrets: Sequence[str], body: bytes, *, at: int) -> str:
    """The header's value: t=<unix time>,v1=<hex HMAC-SHA256 of "t.body">, a v1 for each secret."""
    message = f"{at}.".encode() + body
    signatures = [hmac.new(secret.encode(), message, hashlib.sha256).hexdigest() for secret in secrets]
    return ",".join([f"t={at}", *(f"v1={signature}" for signature in signatures)])

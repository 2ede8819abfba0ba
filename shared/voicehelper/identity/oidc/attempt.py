"""``Attempt``: one sign-in with a provider between its two requests, kept in the browser that began it.

A cookie holds 256 random bits and when they were made. State, nonce and PKCE's verifier follow from both, so nothing
is stored here, and an answer that another browser asked for, or one too old, does not fit.
RFC 9700 §2.1: https://www.rfc-editor.org/rfc/rfc9700#section-2.1
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from typing import Final

LIFE_S: Final = 600
_COOKIE: Final = re.compile(r"([1-9][0-9]{0,11})\.([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True)
class Attempt:
    """``begun_at`` is in seconds since 1970."""

    begun_at: int
    secret: str

    @classmethod
    def new(cls, now: int) -> Attempt:
        return cls(now, secrets.token_urlsafe(32))

    @classmethod
    def from_cookie(cls, value: str, *, now: int) -> Attempt | None:
        """None for what is no attempt, or one that has ended."""
        if not (match := _COOKIE.fullmatch(value)):
            return None
        attempt = cls(int(match[1]), match[2])
        return attempt if now - LIFE_S <= attempt.begun_at <= now else None

    @property
    def cookie(self) -> str:
        return f"{self.begun_at}.{self.secret}"

    @property
    def state(self) -> str:
        return self._derived("state")

    @property
    def nonce(self) -> str:
        return self._derived("nonce")

    @property
    def verifier(self) -> str:
        """43 characters, as RFC 7636 §4.1 asks at least."""
        return self._derived("verifier")

    @property
    def challenge(self) -> str:
        return _base64url(hashlib.sha256(self.verifier.encode()).digest())

    def is_answered_by(self, state: str) -> bool:
        return hmac.compare_digest(self.state.encode(), state.encode())

    def _derived(self, use: str) -> str:
        return _base64url(hmac.digest(self.secret.encode(), f"{use} {self.begun_at}".encode(), "sha256"))


def _base64url(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()

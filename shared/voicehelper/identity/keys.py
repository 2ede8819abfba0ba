"""Signing keys: two versions of one secret. The current one signs; the previous one still verifies.

The key id is the secret's version id, so a rotation in Secrets Manager is a rotation here, with overlap and
without a deploy (ID-4). https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from voicehelper.adapters.aws_call import AwsCallError, read_secret
from voicehelper.settings import settings

CACHE_S: Final = 300.0
MIN_REFETCH_S: Final = 10.0
MIN_SECRET_BYTES: Final = 32
_PLACEHOLDERS: Final = ("changeme", "change-me", "placeholder", "secret", "your-secret", "example", "default")


class WeakSigningKeyError(RuntimeError):
    """ID-6: a deployed service does not start with a placeholder or a short secret."""


@dataclass(frozen=True, slots=True)
class SigningKeys:
    """``by_id`` holds the current and, during a rotation, the previous secret."""

    current_id: str
    by_id: dict[str, bytes]


def check_strength(secret: str, *, stage: str) -> None:
    if stage == "local":
        return
    lowered = secret.lower()
    if len(secret.encode()) < MIN_SECRET_BYTES or any(lowered.startswith(word) for word in _PLACEHOLDERS):
        raise WeakSigningKeyError("the signing secret is a placeholder or shorter than 32 bytes")


def fetch_keys() -> SigningKeys:
    arn = settings().signing_key_secret_arn
    current_id, current = read_secret(arn)
    check_strength(str(current.get("secret", "")), stage=settings().stage)
    by_id = {current_id: str(current["secret"]).encode()}
    try:
        previous_id, previous = read_secret(arn, stage="AWSPREVIOUS")
        by_id.setdefault(previous_id, str(previous["secret"]).encode())
    except AwsCallError as error:
        if error.service_code not in ("ResourceNotFoundException", "InvalidRequestException"):
            raise
    return SigningKeys(current_id, by_id)


class KeyRing:
    """The keys of this process: fetched on first use, again after five minutes or at an unknown key id."""

    def __init__(self, fetch: Callable[[], SigningKeys] = fetch_keys, clock: Callable[[], float] = time.monotonic):
        self._fetch, self._clock = fetch, clock
        self._keys: SigningKeys | None = None
        self._fetched_at = 0.0
        self._lock = threading.Lock()

    def signing(self) -> tuple[str, bytes]:
        keys = self._current(max_age_s=CACHE_S)
        return keys.current_id, keys.by_id[keys.current_id]

    def verifying(self, key_id: str) -> bytes | None:
        """None for a key nobody knows; a forged key id costs at most one fetch in ten seconds."""
        secret = self._current(max_age_s=CACHE_S).by_id.get(key_id)
        return secret or self._current(max_age_s=MIN_REFETCH_S).by_id.get(key_id)

    def _current(self, *, max_age_s: float) -> SigningKeys:
        with self._lock:
            if self._keys is None or self._clock() - self._fetched_at > max_age_s:
                self._keys = self._fetch()
                self._fetched_at = self._clock()
            return self._keys


KEYS = KeyRing()

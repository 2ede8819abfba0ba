"""Signing keys: two versions of one SecureString parameter. The current one signs; the previous one still verifies.

The key id is the parameter's version, so writing another value rotates the key, with overlap and without a deployment.
https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-versions.html

``KeyRing`` is the entry; ``resources`` builds it, ``tokens`` signs and verifies with it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from voicehelper.adapters.aws_call import USUAL, AwsCallError, Patience, read_version
from voicehelper.adapters.refreshing import Refreshing

MAX_AGE_S: Final = 300.0
MIN_REFETCH_S: Final = 10.0
MIN_SECRET_BYTES: Final = 32
_PLACEHOLDERS: Final = ("changeme", "change-me", "placeholder", "secret", "your-secret", "example", "default")


class WeakSigningKeyError(RuntimeError):
    """The signing secret of a deployed stage is a placeholder or too short."""


@dataclass(frozen=True, slots=True)
class SigningKeys:
    """``by_id`` contains the current secret, and may contain others that verify."""

    current_id: str
    by_id: dict[str, bytes]


def check_strength(secret: str, *, stage: str) -> None:
    if stage == "local":
        return
    lowered = secret.lower()
    if len(secret.encode()) < MIN_SECRET_BYTES or any(lowered.startswith(word) for word in _PLACEHOLDERS):
        raise WeakSigningKeyError("the signing secret is a placeholder or shorter than 32 bytes")


def fetch_keys(parameter: str, *, stage: str, patience: Patience = USUAL) -> SigningKeys:
    """The current one alone."""
    version, secret = read_version(parameter, patience=patience)
    check_strength(secret, stage=stage)
    return SigningKeys(str(version), {str(version): secret.encode()})


def fetch_previous(parameter: str, *, patience: Patience = USUAL) -> dict[str, bytes]:
    """By its id; empty before the first rotation."""
    current, _ = read_version(parameter, patience=patience)
    if current == 1:
        return {}
    try:
        previous, secret = read_version(f"{parameter}:{current - 1}", patience=patience)
    except AwsCallError as error:
        if error.service_code != "ParameterVersionNotFound":
            raise
        return {}
    return {str(previous): secret.encode()}


class KeyRing:
    """The keys of this process: fetched on first use, again after five minutes or at an unknown key id.

    ``fetch_previous`` is called for a key id that the current keys do not know: only during a rotation.
    """

    def __init__(
        self,
        fetch: Callable[[], SigningKeys],
        fetch_previous: Callable[[], dict[str, bytes]] = dict,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._current = Refreshing(fetch, max_age_s=MAX_AGE_S, keep_stale=False, clock=clock)
        self._previous = Refreshing(fetch_previous, max_age_s=MAX_AGE_S, keep_stale=False, clock=clock)

    def signing(self) -> tuple[str, bytes]:
        """(key id, secret) to sign with."""
        keys = self._current.get()
        return keys.current_id, keys.by_id[keys.current_id]

    def verifying(self, key_id: str) -> bytes | None:
        """None for an unknown key; forged key ids cause at most one fetch of each in ten seconds."""
        for max_age_s in (None, MIN_REFETCH_S):
            secret = self._current.get(max_age_s=max_age_s).by_id.get(key_id)
            if secret := secret or self._previous.get(max_age_s=max_age_s).get(key_id):
                return secret
        return None

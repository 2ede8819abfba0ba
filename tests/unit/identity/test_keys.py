from __future__ import annotations

import pytest
from voicehelper.identity.keys import KeyRing, SigningKeys, WeakSigningKeyError, check_strength

from tests.unit.identity.forging import CURRENT, PREVIOUS


@pytest.mark.parametrize("secret", ["", "short", "a" * 31, "changeme" * 8, "placeholder" + "x" * 40])
def test_a_deployed_service_refuses_weak_secrets(secret: str) -> None:
    with pytest.raises(WeakSigningKeyError):
        check_strength(secret, stage="prod")


def test_unknown_key_ids_cost_at_most_one_fetch_in_ten_seconds() -> None:
    fetches: list[float] = []
    now = [0.0]

    def fetch() -> SigningKeys:
        fetches.append(now[0])
        return SigningKeys("new", {"new": CURRENT})

    ring = KeyRing(fetch, clock=lambda: now[0])
    verifying = [ring.verifying("forged") for _ in range(100)]
    now[0] = 11.0
    ring.verifying("forged")

    assert verifying == [None] * 100
    assert fetches == [0.0, 11.0]


def test_the_previous_key_is_asked_for_when_an_unknown_id_comes_and_no_earlier() -> None:
    fetched: list[str] = []

    def previous() -> dict[str, bytes]:
        fetched.append("previous")
        return {"old": PREVIOUS}

    ring = KeyRing(lambda: SigningKeys("new", {"new": CURRENT}), previous)

    assert ring.verifying("new") == CURRENT
    assert fetched == []
    assert [ring.verifying("old") for _ in range(3)] == [PREVIOUS] * 3
    assert fetched == ["previous"]

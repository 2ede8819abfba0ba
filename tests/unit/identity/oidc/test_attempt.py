"""An attempt lives in one browser for ten minutes, and its values follow from the cookie alone."""

from __future__ import annotations

import base64
import hashlib

import pytest
from voicehelper.identity.oidc.attempt import LIFE_S, Attempt

NOW = 1_800_000_000


def test_a_cookie_gives_back_the_attempt() -> None:
    attempt = Attempt.new(NOW)

    assert Attempt.from_cookie(attempt.cookie, now=NOW + LIFE_S) == attempt


def test_two_attempts_share_nothing() -> None:
    one, other = Attempt.new(NOW), Attempt.new(NOW)
    values = {one.state, one.nonce, one.verifier, one.challenge, other.state, other.nonce, other.verifier}

    assert len(values) == 7
    assert not one.is_answered_by(other.state)


def test_the_challenge_is_the_verifiers_digest_and_the_verifier_long_enough() -> None:
    """RFC 7636 §4.1 and §4.2."""
    attempt = Attempt.new(NOW)
    digest = hashlib.sha256(attempt.verifier.encode()).digest()

    assert base64.urlsafe_b64decode(attempt.challenge + "=") == digest
    assert 43 <= len(attempt.verifier) <= 128
    assert set(attempt.verifier) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


def test_what_goes_through_the_browsers_address_tells_nothing_of_the_cookie() -> None:
    attempt = Attempt.new(NOW)

    assert attempt.secret not in attempt.state + attempt.nonce + attempt.challenge
    assert attempt.verifier not in (attempt.state, attempt.nonce)


def test_another_time_in_the_cookie_is_another_attempt() -> None:
    """So nobody makes an old answer young."""
    attempt = Attempt.new(NOW)
    younger = Attempt.from_cookie(f"{NOW + 300}.{attempt.secret}", now=NOW + 700)

    assert younger is not None
    assert not younger.is_answered_by(attempt.state)


@pytest.mark.parametrize("late_s", [LIFE_S + 1, 86_400, -1])
def test_an_attempt_ends_and_none_comes_from_the_future(late_s: int) -> None:
    assert Attempt.from_cookie(Attempt.new(NOW).cookie, now=NOW + late_s) is None


@pytest.mark.parametrize(
    "value",
    [
        "",
        ".",
        "1800000000",
        f"1800000000.{'a' * 42}",
        f"1800000000.{'a' * 44}",
        f"+1800000000.{'a' * 43}",
        f"01800000000.{'a' * 43}",
        f"1_800_000_000.{'a' * 43}",
        f"１８００００００００.{'a' * 43}",
        f"1800000000.{'ä' * 43}",
        f"1800000000.{'a' * 43}\n",
        f" 1800000000.{'a' * 43}",
        f"{'9' * 4000}.{'a' * 43}",
    ],
)
def test_what_is_no_cookie_of_ours_is_no_attempt(value: str) -> None:
    assert Attempt.from_cookie(value, now=NOW) is None


@pytest.mark.parametrize("state", ["", "x", "状态", "\ud800".encode("utf-8", "replace").decode()])
def test_any_text_may_come_as_a_state(state: str) -> None:
    assert not Attempt.new(NOW).is_answered_by(state)

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from voicehelper.errors import UpstreamUnavailableError
from voicehelper.identity.authorizer import authorize as authorize_request
from voicehelper.identity.keys import KeyRing, SigningKeys
from voicehelper.identity.revocation import RevocationList
from voicehelper.identity.tokens import issue

from tests.support.api_keys import OFFICE, Machine
from tests.unit.identity.forging import CURRENT, WHO, forged


def authorize(
    headers: dict[str, str], *, keys: KeyRing, revocations: RevocationList, machine: Machine | None = None
) -> dict[str, Any]:
    reader = (machine or Machine()).reader
    return authorize_request(headers, OFFICE, keys=keys, revocations=revocations, api_keys=reader)


@pytest.mark.parametrize("header", ["", "Bearer", "bearer ", "Basic abc", "Bearer x y z"])
def test_callers_without_a_valid_token_have_an_empty_context(keys: KeyRing, header: str) -> None:
    answer = authorize({"authorization": header}, keys=keys, revocations=RevocationList(lambda: frozenset()))

    assert answer == {"isAuthorized": True, "context": {}}


@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
def test_the_context_names_the_caller_and_their_roles(keys: KeyRing, scheme: str) -> None:
    token = issue(keys, WHO, "at+jwt", life_s=60, now=int(time.time()))

    answer = authorize(
        {"authorization": f"{scheme} {token}"}, keys=keys, revocations=RevocationList(lambda: frozenset())
    )

    assert answer["context"]["user_id"] == str(WHO.subject)
    assert answer["context"]["roles"] == "admin"


def test_valid_tokens_of_a_revoked_family_have_an_empty_context(keys: KeyRing) -> None:
    token = issue(keys, WHO, "at+jwt", life_s=60, now=int(time.time()))
    revoked = RevocationList(lambda: frozenset({str(WHO.family_id)}))

    answer = authorize({"authorization": f"Bearer {token}"}, keys=keys, revocations=revoked)

    assert answer["context"] == {}


def test_keys_and_revocations_are_fetched_side_by_side() -> None:
    """Each fetch ends only when the other has begun."""
    both = threading.Barrier(2, timeout=10)

    def fetch_keys() -> SigningKeys:
        both.wait()
        return SigningKeys("new", {"new": CURRENT})

    def fetch_revoked() -> frozenset[str]:
        both.wait()
        return frozenset()

    answer = authorize(
        {"authorization": f"Bearer {forged()}"}, keys=KeyRing(fetch_keys), revocations=RevocationList(fetch_revoked)
    )

    assert answer["context"]["user_id"] == str(WHO.subject)


def _unreachable() -> Any:
    raise UpstreamUnavailableError("no answer")


@pytest.mark.parametrize("what", ["keys", "revocations"])
def test_what_cannot_be_read_is_said_and_lets_nobody_in(keys: KeyRing, what: str) -> None:
    answer = authorize(
        {"authorization": f"Bearer {forged()}"},
        keys=KeyRing(_unreachable) if what == "keys" else keys,
        revocations=RevocationList(_unreachable if what == "revocations" else frozenset),
    )

    assert answer == {"isAuthorized": True, "context": {"unavailable": "true"}}


def _fails() -> Any:
    raise AssertionError("not needed for a key")


@pytest.mark.parametrize("header", ["Bearer {}", "bearer {}", "BEARER   {}", "Bearer {}\t "])
def test_a_key_is_accepted_in_the_place_of_a_token(header: str) -> None:
    machine = Machine()

    answer = authorize(
        {"authorization": header.format(machine.text)},
        keys=KeyRing(_fails),
        revocations=RevocationList(_fails),
        machine=machine,
    )

    assert answer["isAuthorized"] is True
    assert answer["context"]["key_id"] == "00000000-0000-0000-0000-000000000007"


@pytest.mark.parametrize("header", ["Basic {}", "{}", "Bearer {}\u00a0", "Bearer {},Bearer {}", "Key {}", "Bearer\t{}"])
def test_a_key_opens_nothing_in_any_other_form(keys: KeyRing, header: str) -> None:
    machine = Machine()

    answer = authorize(
        {"authorization": header.format(*[machine.text] * 2)},
        keys=keys,
        revocations=RevocationList(frozenset),
        machine=machine,
    )

    assert answer["context"] == {}


def test_records_that_cannot_be_read_are_said_so() -> None:
    machine = Machine()
    machine.records.down = ["find"]

    answer = authorize(
        {"authorization": f"Bearer {machine.text}"},
        keys=KeyRing(_fails),
        revocations=RevocationList(_fails),
        machine=machine,
    )

    assert answer == {"isAuthorized": True, "context": {"unavailable": "true"}}

from __future__ import annotations

import time

import pytest
from voicehelper.identity.authorizer import authorize
from voicehelper.identity.keys import KeyRing
from voicehelper.identity.revocation import RevocationList
from voicehelper.identity.tokens import issue

from tests.unit.identity.forging import WHO


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

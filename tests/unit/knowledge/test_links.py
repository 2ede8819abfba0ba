"""Links of documents: short, for one document, one tenant and one hour."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import pytest
from voicehelper.errors import UnauthenticatedError
from voicehelper.identity.keys import KeyRing, SigningKeys
from voicehelper.knowledge.links import LIFE_S, LinkMaker, Proof, verify_proof
from voicehelper.shapes.viewer import Viewer

TENANT, DOCUMENT, MEMBER, KEY = uuid4(), uuid4(), uuid4(), uuid4()
KEYS = KeyRing(lambda: SigningKeys("12", {"12": b"k" * 32, "11": b"o" * 32}))
NOW = 1_760_000_000.0


def link(page: int | None = None, keys: KeyRing = KEYS, key_id: UUID | None = None) -> str:
    return LinkMaker(keys, TENANT, Viewer(MEMBER, key_id), "https://example.org", clock=lambda: NOW)(DOCUMENT, page)


def proof_of(url: str) -> str:
    return parse_qs(urlsplit(url).query)["token"][0]


def opened(proof: str, document_id: UUID = DOCUMENT, *, later_s: float = 0) -> Proof:
    return verify_proof(KEYS, document_id, proof, now=NOW + later_s)


def test_a_link_leads_to_its_document_of_its_tenant_at_its_page() -> None:
    url = urlsplit(link(7))

    assert (url.path, url.fragment) == (f"/api/v1/knowledge/documents/doc-{DOCUMENT}/file", "page=7")
    assert opened(proof_of(link(7)), later_s=LIFE_S - 1) == Proof(TENANT, MEMBER, is_key=False)
    assert urlsplit(link()).fragment == ""


def test_a_link_is_short() -> None:
    assert len(link(1234)) < 200  # with tenant and member


def test_a_link_given_to_a_key_says_so() -> None:
    assert opened(proof_of(link(key_id=KEY))) == Proof(TENANT, KEY, is_key=True)


def test_a_link_of_the_key_before_still_opens() -> None:
    before = KeyRing(lambda: SigningKeys("11", {"11": b"o" * 32}))

    assert opened(proof_of(link(keys=before))).tenant_id == TENANT


def changed(proof: str, place: int) -> str:
    other = "A" if proof[place] != "A" else "B"
    return proof[:place] + other + proof[place + 1 :]


@pytest.mark.parametrize("place", range(3, 79))
def test_no_character_of_a_proof_can_be_changed(place: int) -> None:
    proof = proof_of(link())

    with pytest.raises(UnauthenticatedError):
        opened(changed(proof, place) if place < len(proof) - 1 else proof[:-1])


@pytest.mark.parametrize("proof", ["", ".", "12", "12.", "12.====", "12.é", "9.AAAA", "12." + "A" * 64, "a.b.c", "\0"])
def test_what_is_no_proof_opens_nothing(proof: str) -> None:
    with pytest.raises(UnauthenticatedError):
        opened(proof)


def test_a_proof_opens_no_other_document_and_not_for_ever() -> None:
    with pytest.raises(UnauthenticatedError):
        opened(proof_of(link()), uuid4())
    with pytest.raises(UnauthenticatedError):
        opened(proof_of(link()), later_s=LIFE_S)

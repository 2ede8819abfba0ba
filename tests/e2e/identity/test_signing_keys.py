"""The keys where they are kept: made once, never replaced, rotated by writing another value."""

from __future__ import annotations

import jwt
import pytest
from voicehelper.identity.keys import fetch_keys, fetch_previous
from voicehelper.operations.keys import make_missing_keys

from infra.local.paths import STACK_NAME
from tests.support.client import Client
from tests.support.product import Product

NAME = "/test/keys/signing"


@pytest.fixture(autouse=True)
def as_a_function(product: Product, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the emulator's address and key, as functions have them."""
    for name, value in {**product.endpoint.environment, "AWS_ENDPOINT_URL": product.endpoint.url}.items():
        monkeypatch.setenv(name, value)


def test_a_key_is_made_once_and_another_value_rotates_it(product: Product) -> None:
    assert make_missing_keys([NAME]) == [NAME]
    assert make_missing_keys([NAME]) == []
    first = fetch_keys(NAME, stage="prod")
    assert fetch_previous(NAME) == {}

    product.endpoint.client("ssm").put_parameter(Name=NAME, Value="n" * 64, Type="SecureString", Overwrite=True)
    second = fetch_keys(NAME, stage="prod")

    assert (first.current_id, second.current_id) == ("1", "2")
    assert second.by_id == {"2": b"n" * 64}
    assert fetch_previous(NAME) == first.by_id


def test_who_makes_links_of_documents_cannot_make_tokens(product: Product, client: Client) -> None:
    tokens, links = (fetch_keys(f"/{STACK_NAME}/keys/{name}", stage="prod") for name in ("signing", "links"))
    access = str(client.http.headers["authorization"]).removeprefix("Bearer ")
    claims = jwt.decode(access, options={"verify_signature": False})
    forged = jwt.encode(claims, links.by_id["1"], "HS256", headers={"kid": "1", "typ": "at+jwt"})
    genuine = jwt.encode(claims, tokens.by_id["1"], "HS256", headers={"kid": "1", "typ": "at+jwt"})

    def status(token: str) -> int:
        return client.call("GET", "/api/v1/users/me", headers={"authorization": f"Bearer {token}"}).status_code

    assert (status(forged), status(genuine)) == (401, 200)
